"""What an inventory found wrong with a set of images, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from micm_desktop.fewshot.resolution import LEAST_PATCHES, Resolution
from micm_desktop.inventory.coverage import SMALLEST_GROUP
from micm_desktop.inventory.imbalance import Attribute, attributes, find_ties, go_together
from micm_desktop.inventory.quality import Rows
from micm_desktop.inventory.taking import Inventory
from micm_desktop.micm.config import EncoderConfig, Preset, PretrainConfig
from micm_desktop.micm.presets import ENOUGH_PASSES, MINUTES, NOMINAL_SPEED, ImageFacts, Views, choose

Kind = Literal[
    "unreadable", "pages", "equal", "near", "bursts", "blurred", "noisy", "dark", "bright", "clipped", "lighting",
    "tint", "one_group", "one_folder", "one_day", "one_camera", "cameras", "tied_day", "tied_camera", "tied_light",
    "sizes", "bits", "too_small", "few", "rare", "drop", "detail", "preset",
]  # fmt: skip
"""In the order in which they are told."""
ADVICE: Final[frozenset[Kind]] = frozenset({"rare", "drop", "detail", "preset"})
"""What to do next; the others are warnings."""

ONE_GROUP: Final = 0.5
"""Share of the images above which a single group is too much of the set."""
ONE_LEVEL: Final = 0.7
"""Share of the images of one folder, day or camera, above which the others are rare."""
RARE: Final = 0.25
"""Of the size that equally large groups would have, as many as there are in effect; smaller groups are rare."""
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


def find_faults(
    inventory: Inventory,
    threads: int = 2,
    *,
    tags: Sequence[str] | None = None,
    resolution: Resolution | None = None,
    configs: Sequence[EncoderConfig] = (),
) -> list[Finding]:
    """All findings about a set, faults first, advice for pretraining on ``threads`` of a CPU last.

    ``tags`` (N,): the class of each image, empty for none; ``resolution``: of marked defects; ``configs`` of the
    encoder that will look at the images.
    """
    total = len(inventory.measures)
    found: list[Finding] = []

    def add(kind: Kind, rows: Sequence[int], least: float = 0.0, **values: str | float | int) -> None:
        if len(rows) and len(rows) >= least * total:
            found.append(Finding(kind, len(rows), total, tuple(int(row) for row in rows), values))

    files = total + len(inventory.unreadable)
    if inventory.unreadable:
        found.append(Finding("unreadable", len(inventory.unreadable), files))
    several = [row for row, one in enumerate(inventory.measures) if one.pages > 1]
    add("pages", several, left_out=sum(inventory.measures[row].pages - 1 for row in several))
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
    if quality.tint is not None:
        add("tint", quality.tint.bright_rows.tolist())
    found += _imbalance(inventory)
    found += _ties(inventory, tags or ())
    found += _mixed(inventory)
    if resolution is not None and resolution.too_small:
        found.append(_too_small(resolution))
    if 0 < inventory.distinct < FEW_IMAGES:
        found.append(Finding("few", inventory.distinct, total))
    found += _rare(inventory)
    copies, soft = {*_extra(inventory.equal), *_extra(inventory.near)}, set(quality.blurred.tolist())
    rest = total - len(copies | soft)
    add("drop", sorted(copies | soft), NOTABLE, copies=len(copies), soft=len(soft - copies), rest=rest)
    if total:
        found += _detail(inventory, configs)
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
    levels = attributes(inventory)
    dominated: tuple[tuple[Kind, Attribute], ...] = (
        ("one_folder", "folder"), ("one_day", "day"), ("one_camera", "camera"),
    )  # fmt: skip
    for kind, attribute in dominated:
        names = levels[attribute]
        counts = Counter(name for name in names if name or attribute == "folder")
        level, most = counts.most_common(1)[0] if counts else ("", 0)
        if len(counts) < 2 or not go_together(inventory, names):
            continue
        if most >= ONE_LEVEL * total:
            rows = tuple(row for row, name in enumerate(names) if name != level)
            found.append(Finding(kind, most, total, rows, {"level": level, "levels": len(counts)}))
        elif attribute == "camera":
            told = ", ".join(f"{camera} ({count})" for camera, count in counts.most_common(4))
            found.append(Finding("cameras", sum(counts.values()), total, (), {"cameras": told}))
    return found


def _ties(inventory: Inventory, tags: Sequence[str]) -> list[Finding]:
    kinds: dict[Attribute, Kind] = {"day": "tied_day", "camera": "tied_camera", "light": "tied_light"}
    return [
        Finding(
            kinds[tie.attribute],
            len(tie.rows),
            sum(map(bool, tags)),
            tie.rows,
            {"level": tie.level, "tag": tie.tag, "inside": tie.share, "outside": tie.other_share},
        )
        for tie in find_ties(inventory, tags)
    ]


def _rare(inventory: Inventory) -> list[Finding]:
    """The kinds of image of which there are few, as far as a kind can be told from a stray image."""
    coverage = inventory.coverage
    if coverage is None:
        return []
    total = len(inventory.grouped)
    few = [
        number
        for number, size in enumerate(coverage.sizes)
        if SMALLEST_GROUP <= size < RARE * total / coverage.effective
    ]
    rows = tuple(row for row, group in zip(inventory.grouped, coverage.group.tolist(), strict=True) if group in few)
    return [Finding("rare", len(rows), total, rows, {"kinds": len(few)})] if few else []


def _too_small(found: Resolution) -> Finding:
    values: dict[str, str | float | int] = {
        "pixels": found.smallest,
        "patches": found.smallest_patches,
        "grid": found.grid,
        "input": found.larger_input,
    }
    return Finding("too_small", found.regions, found.regions, (), values)


def _detail(inventory: Inventory, configs: Sequence[EncoderConfig]) -> list[Finding]:
    """The smallest defect that the encoder can see, where images have more pixels than it looks at."""
    edge = _edge(inventory)
    finest = max(configs, key=lambda one: one.grid, default=None)
    if finest is None or edge <= finest.image_size:
        return []
    least = LEAST_PATCHES * finest.patch_size * edge / finest.image_size
    return [Finding("detail", edge, edge, (), {"least": round(least), "edge": edge, "input": finest.image_size})]


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
    usable, edge = max(1, inventory.distinct), _edge(inventory)
    speed = NOMINAL_SPEED["cpu"] * threads * 60
    enough = [name for name, minutes in MINUTES.items() if speed * minutes / usable >= 2 * ENOUGH_PASSES]
    preset: Preset = enough[0] if enough else "thorough"  # type: ignore[assignment]
    chosen = choose(PretrainConfig(preset=preset), ImageFacts(usable, edge), "cpu", threads).config
    cost = Views(chosen.crop_size, chosen.local_crops, chosen.local_crop_size).cost
    passes = chosen.epochs or round(speed * MINUTES[preset] / usable / cost)
    values: dict[str, str | float | int] = {"preset": preset, "edge": edge, "passes": passes, "crop": chosen.crop_size}
    return Finding("preset", inventory.distinct, len(inventory.measures), (), values)


def _edge(inventory: Inventory) -> int:
    return int(np.median([min(one.width, one.height) for one in inventory.measures]))
