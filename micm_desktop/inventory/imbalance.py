"""Whether folder, day, camera or light go together with what the images show, or with their tags: then a model may
learn the camera for the defect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.inventory.taking import Inventory

Attribute = Literal["folder", "day", "camera", "light"]

ASSOCIATED: Final = 0.2
"""Cramer's V from which two attributes go together; 0.1 to 0.3 is called weak to medium (Cohen 1988)."""
SURE: Final = 0.01
PERMUTATIONS: Final = 499
FEWEST: Final = 5
"""Images that a folder, day or camera must have; the others are taken together."""


@dataclass(frozen=True)
class Tie:
    """Of the images with tag ``tag``, ``share`` are of ``level``; of those with other tags ``other_share``."""

    attribute: Attribute
    level: str
    tag: str
    share: float
    other_share: float
    rows: tuple[int, ...]


def attributes(inventory: Inventory) -> Mapping[Attribute, Sequence[str]]:
    """Folder, day, camera and light of each image; empty where unknown. Days are those of the files where fewer than
    half of the images say when they were taken."""
    measures, lighting = inventory.measures, inventory.quality.lighting
    told = sum(bool(one.taken) for one in measures) * 2 >= len(measures)
    bright = set() if lighting is None else set(lighting.bright_rows.tolist())
    return {
        "folder": [one.path.rpartition("/")[0] for one in measures],
        "day": [one.taken[:10] if told else _day(one.modified) for one in measures],
        "camera": [one.camera for one in measures],
        "light": ["bright" if row in bright else "dark" for row in range(len(measures))],
    }


def go_together(inventory: Inventory, values: Sequence[str]) -> bool:
    """Whether an attribute (N,) goes together with the groups that were found; True where none were looked for."""
    if inventory.coverage is None:
        return True
    return associated([values[row] for row in inventory.grouped], list(map(str, inventory.coverage.group.tolist())))


def associated(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two attributes (n,) of the same images go together: by Cramer's V, corrected for chance (Bergsma 2013),
    and by permutations of the second."""
    one, other = _numbered(first), _numbered(second)
    rows, columns = int(one.max()) + 1, int(other.max()) + 1
    if min(rows, columns) < 2:
        return False
    observed = _chi_square(one, other, rows, columns)
    count = len(one)
    corrected = max(0.0, observed / count - (rows - 1) * (columns - 1) / (count - 1))
    least = min(size - (size - 1) ** 2 / (count - 1) for size in (rows, columns)) - 1
    if least <= 0 or np.sqrt(corrected / least) < ASSOCIATED:
        return False
    rng = np.random.default_rng(0)
    chance = [_chi_square(one, rng.permutation(other), rows, columns) for _ in range(PERMUTATIONS)]
    return (1 + sum(value >= observed for value in chance)) / (PERMUTATIONS + 1) < SURE


def find_ties(inventory: Inventory, tags: Sequence[str]) -> list[Tie]:
    """Day, camera and light that go together with ``tags`` (N,), empty where there is none; the worst of each. Folders
    are left out: they often are sorted by tag."""
    tagged = [row for row, tag in enumerate(tags) if tag]
    found = []
    for attribute, values in attributes(inventory).items():
        if attribute == "folder" or not tagged:
            continue
        known = [row for row in tagged if values[row]]
        of_tag, of_level = [tags[row] for row in known], [values[row] for row in known]
        if known and associated(of_level, of_tag):
            found.append(_worst(attribute, known, of_tag, of_level))
    return found


def _worst(attribute: Attribute, rows: Sequence[int], tags: Sequence[str], levels: Sequence[str]) -> Tie:
    """The tag and level that most go together, of those that are frequent enough."""
    of_tag, of_level = np.array(tags), np.array(levels)
    best: Tie | None = None
    for tag in (name for name, count in sorted(Counter(tags).items()) if count >= FEWEST):
        for level in (name for name, count in sorted(Counter(levels).items()) if count >= FEWEST):
            inside, here = of_tag == tag, of_level == level
            share, other = float(here[inside].mean()), float(here[~inside].mean()) if (~inside).any() else 0.0
            if best is None or share - other > best.share - best.other_share:
                chosen = tuple(np.array(rows)[inside & here].tolist())
                best = Tie(attribute, level, tag, share, other, chosen)
    assert best is not None, "attributes of rare levels alone do not go together"
    return best


def _day(modified: float) -> str:
    return datetime.fromtimestamp(modified).date().isoformat() if modified else ""


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Numbers of the names (n,); those of fewer than ``FEWEST`` images have one together."""
    counts = Counter(names)
    order = {name: place for place, name in enumerate(sorted(one for one, count in counts.items() if count >= FEWEST))}
    found = np.array([order.get(name, len(order)) for name in names], np.int64)
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def _chi_square(one: NDArray[np.int64], other: NDArray[np.int64], rows: int, columns: int) -> float:
    table = np.bincount(one * columns + other, minlength=rows * columns).reshape(rows, columns)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / len(one)
    return float(((table - expected) ** 2 / expected).sum())
