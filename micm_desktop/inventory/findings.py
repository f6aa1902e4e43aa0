"""What an inventory found wrong with a set of images, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from micm_desktop.inventory.quality import Rows
from micm_desktop.inventory.taking import Inventory
from micm_desktop.micm.presets import ENOUGH_PASSES, MINUTES, NOMINAL_SPEED

Kind = Literal[
    "unreadable", "equal", "near", "bursts", "blurred", "noisy", "dark", "bright", "clipped", "lighting", "one_group",
    "one_folder", "cameras", "sizes", "bits", "few", "preset",
]  # fmt: skip
"""In the order in which they are told. ``preset`` is advice, the others are warnings."""

ONE_GROUP: Final = 0.5
"""Share of the images above which a single group is too much of the set."""
ONE_FOLDER: Final = 0.7
NOTABLE: Final = 0.01
"""Share of images from which blur, noise and the like are worth a word."""
FEW_IMAGES: Final = 100
"""Different images below which pretraining has little to learn from."""


@dataclass(frozen=True)
class Finding:
    """``count`` images of ``total`` are concerned, ``rows`` of the inventory among them; ``values`` for the words."""

    kind: Kind
    count: int
    total: int
    rows: tuple[int, ...] = ()
    values: dict[str, str | float | int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


def find_faults(inventory: Inventory, threads: int = 2) -> list[Finding]:
    """All findings about a set, faults first, advice for pretraining on ``threads`` of a CPU last."""
    total = len(inventory.measures)
    found: list[Finding] = []

    def add(kind: Kind, rows: Sequence[int], least: float = 0.0, **values: str | float | int) -> None:
        if len(rows) and len(rows) >= least * total:
            found.append(Finding(kind, len(rows), total, tuple(int(row) for row in rows), values))

    files = total + len(inventory.unreadable)
    if inventory.unreadable:
        found.append(Finding("unreadable", len(inventory.unreadable), files))
    add("equal", _extra(inventory.equal), groups=len(inventory.equal))
    add("near", _extra(inventory.near), groups=len(inventory.near))
    add("bursts", [row for burst in inventory.bursts for row in burst], groups=len(inventory.bursts))
    quality = inventory.quality
    outliers: tuple[tuple[Kind, Rows], ...] = (
        ("blurred", quality.blurred), ("noisy", quality.noisy), ("dark", quality.dark), ("bright", quality.bright),
        ("clipped", quality.clipped),
    )  # fmt: skip
    for kind, rows in outliers:
        add(kind, rows.tolist(), NOTABLE)
    if quality.lighting is not None:
        light = quality.lighting
        add("lighting", light.bright_rows.tolist(), darker=light.darker, brighter=light.brighter)
    found += _imbalance(inventory)
    found += _mixed(inventory)
    if 0 < inventory.distinct < FEW_IMAGES:
        found.append(Finding("few", inventory.distinct, total))
    if total:
        found.append(_preset(inventory, threads))
    return found


def _extra(groups: Sequence[Sequence[int]]) -> list[int]:
    """The images that could be left out: all but the first of each group."""
    return sorted({row for group in groups for row in group[1:]})


def _imbalance(inventory: Inventory) -> list[Finding]:
    found = []
    total, coverage = len(inventory.measures), inventory.coverage
    if coverage is not None and len(coverage.sizes) > 1 and coverage.sizes[0] > ONE_GROUP * sum(coverage.sizes):
        rows = tuple(row for row, group in zip(inventory.grouped, coverage.group.tolist(), strict=True) if group == 0)
        values: dict[str, str | float | int] = {"groups": len(coverage.sizes), "effective": coverage.effective}
        found.append(Finding("one_group", len(rows), len(inventory.grouped), rows, values))
    folders = Counter(one.path.rpartition("/")[0] for one in inventory.measures)
    name, most = folders.most_common(1)[0] if folders else ("", 0)
    if len(folders) > 1 and most >= ONE_FOLDER * total:
        rows = tuple(row for row, one in enumerate(inventory.measures) if one.path.rpartition("/")[0] == name)
        found.append(Finding("one_folder", most, total, rows, {"folder": name, "folders": len(folders)}))
    cameras = Counter(one.camera for one in inventory.measures if one.camera)
    if len(cameras) > 1:
        names = ", ".join(f"{camera} ({count})" for camera, count in cameras.most_common(4))
        found.append(Finding("cameras", sum(cameras.values()), total, (), {"cameras": names}))
    return found


def _mixed(inventory: Inventory) -> list[Finding]:
    found = []
    total = len(inventory.measures)
    sizes = Counter((one.width, one.height) for one in inventory.measures)
    if len(sizes) > 1:
        names = ", ".join(f"{width} × {height} ({count})" for (width, height), count in sizes.most_common(4))
        found.append(Finding("sizes", total - sizes.most_common(1)[0][1], total, (), {"sizes": names}))
    stored = Counter((one.bits, one.colour) for one in inventory.measures)
    if len(stored) > 1:
        rest = total - stored.most_common(1)[0][1]
        found.append(Finding("bits", rest, total, (), {"kinds": len(stored)}))
    return found


def _preset(inventory: Inventory, threads: int) -> Finding:
    """The shortest preset in which a CPU sees each different image often enough."""
    usable = max(1, inventory.distinct)
    speed = NOMINAL_SPEED["cpu"] * threads * 60
    enough = [name for name, minutes in MINUTES.items() if speed * minutes / usable >= 2 * ENOUGH_PASSES]
    edge = int(np.median([min(one.width, one.height) for one in inventory.measures]))
    values: dict[str, str | float | int] = {"preset": enough[0] if enough else "thorough", "edge": edge}
    return Finding("preset", inventory.distinct, len(inventory.measures), (), values)
