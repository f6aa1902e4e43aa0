"""The whole inventory of a folder of unlabeled images."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.images.scan import find_images
from micm_desktop.inventory.coverage import Coverage, evenly, find_groups
from micm_desktop.inventory.duplicates import (
    NearPair,
    candidate_pairs,
    correlation,
    equal_groups,
    least_correlation,
    linked_groups,
    small_grey,
)
from micm_desktop.inventory.embedding import EmbeddedImages, embed_images
from micm_desktop.inventory.measures import ImageMeasures
from micm_desktop.inventory.measuring import MeasuredImages, measure_images
from micm_desktop.inventory.quality import Quality, judge_quality
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress, UserError

EMBEDDED: Final = 2000
"""Images whose features are looked at, evenly spread over the folder."""
TYPICAL_PAIRS: Final = 200
KEPT: Final = 20_000
"""Small images of 8 KiB that are kept in memory while pairs are compared."""
_REPORTED: Final = 50
SHORTEST_BURST: Final = 4
"""Nearly equal images in a row, by name, from which they are a burst."""


@dataclass(frozen=True)
class Inventory:
    """What is in a folder. Rows are indices into ``measures`` and ``files``; ``equal``, ``near`` and ``bursts`` are
    groups of them.

    ``grouped`` (n,) are the rows that ``coverage`` speaks of, and whose ``embeddings`` (n, E) these are; both are None
    where no image can be read, or no encoder was used.
    """

    root: Path
    measures: tuple[ImageMeasures, ...]
    files: tuple[Path, ...]
    unreadable: tuple[UnreadableImage, ...]
    equal: tuple[tuple[int, ...], ...]
    near: tuple[tuple[int, ...], ...]
    pairs: tuple[NearPair, ...]
    bursts: tuple[tuple[int, ...], ...]
    quality: Quality
    grouped: tuple[int, ...]
    coverage: Coverage | None
    embeddings: npt.NDArray[np.float32] | None

    @property
    def distinct(self) -> int:
        """Readable images without the extra copies of equal and nearly equal ones."""
        extra = {row for group in (*self.equal, *self.near) for row in group[1:]}
        return len(self.measures) - len(extra)

    def path(self, row: int) -> Path:
        return self.files[row]


def take_inventory(
    root: Path, encoder: LoadedEncoder | None, cache: Path, control: JobControl, paths: Sequence[Path] | None = None
) -> Iterator[Progress | Inventory]:
    """Measure every image below ``root``, or ``paths``, find copies, and group some of them by their features.

    The last value is the inventory. Without an encoder no groups are found, which is much faster. Raises UserError
    where ``root`` is no folder or holds no image, OSError, Cancelled.
    """
    if paths is None:
        # A link that leads nowhere is no image.
        paths = [path for path in find_images(root) if not path.is_symlink() or path.exists()]
    if not paths:
        raise UserError(
            f"There are no images in {root}. BMP, PNG, JPEG, TIFF and WebP files are looked for, in sub-folders too."
        )
    measured = None
    for event in measure_images(root, paths, cache, control):
        if isinstance(event, MeasuredImages):
            measured = event
        else:
            yield Progress(event.done, event.total, "measure")
    assert measured is not None
    measures, files = measured.measures, measured.files
    equal = equal_groups([one.sha256 for one in measures])
    pairs: list[NearPair] = []
    for compared in near_pairs(files, measures, control):
        if isinstance(compared, Progress):
            yield compared
        else:
            pairs.append(compared)
    pairs.sort(key=lambda pair: -pair.correlation)
    chosen = evenly(len(measures), EMBEDDED) if measures and encoder is not None else np.empty(0, np.int64)
    embedded = EmbeddedImages(np.empty(0, np.int64), np.empty((0, 0), np.float32))
    if encoder is not None:
        hashes = [measures[row].sha256 for row in chosen]
        for step in embed_images(encoder, [files[row] for row in chosen], hashes, cache.with_suffix(""), control):
            if isinstance(step, EmbeddedImages):
                embedded = step
            else:
                yield Progress(step.done, step.total, "features")
    coverage = find_groups(embedded.embeddings) if len(embedded.rows) else None
    alike = None if coverage is None else chosen[embedded.rows[coverage.group == 0]]
    yield Inventory(
        root,
        measures,
        files,
        measured.unreadable,
        tuple(map(tuple, equal)),
        tuple(map(tuple, linked_groups((pair.first, pair.second) for pair in pairs))),
        tuple(pairs),
        tuple(find_bursts(pairs)),
        judge_quality(measures, alike),
        tuple(chosen[embedded.rows].tolist()),
        coverage,
        embedded.embeddings if len(embedded.rows) else None,
    )


def near_pairs(
    files: Sequence[Path], measures: Sequence[ImageMeasures], control: JobControl
) -> Iterator[Progress | NearPair]:
    """Pairs of images that nearly show the same, without those of equal content. Raises Cancelled."""

    @lru_cache(maxsize=KEPT)
    def small(row: int) -> npt.NDArray[np.float16] | None:
        image = try_decode(files[row])
        return None if isinstance(image, UnreadableImage) else small_grey(image).astype(np.float16)

    def correlated(first: int, second: int) -> float | None:
        control.safe_point()
        one, other = small(first), small(second)
        if one is None or other is None:
            return None
        return correlation(one.astype(np.float32), other.astype(np.float32))

    # Of equal images the first one stands for all.
    first_of: dict[str, int] = {}
    for row, measured in enumerate(measures):
        first_of.setdefault(measured.sha256, row)
    rows = list(first_of.values())
    candidates = candidate_pairs([measures[row].fingerprint for row in rows], control)
    if not candidates:
        return
    rng = np.random.default_rng(0)
    random = rng.integers(len(rows), size=(TYPICAL_PAIRS, 2))
    typical = [found for a, b in random if a != b and (found := correlated(rows[a], rows[b])) is not None]
    least = least_correlation(typical)
    # By image, so that few are read twice where there are more than are kept.
    for done, (a, b) in enumerate(sorted(candidates), start=1):
        found = correlated(rows[a], rows[b])
        if found is not None and found >= least:
            yield NearPair(rows[a], rows[b], found)
        if done % _REPORTED == 0:
            yield Progress(done, len(candidates), "pairs")


def find_bursts(pairs: Sequence[NearPair]) -> list[tuple[int, ...]]:
    """Runs of at least ``SHORTEST_BURST`` images, one after the other by name, each nearly equal to the one before."""
    follows = {pair.second for pair in pairs if pair.second == pair.first + 1}
    runs: list[list[int]] = []
    for row in sorted(follows):
        if runs and runs[-1][-1] == row - 1:
            runs[-1].append(row)
        else:
            runs.append([row - 1, row])
    return [tuple(run) for run in runs if len(run) >= SHORTEST_BURST]


def counted(measures: Sequence[ImageMeasures], name: str) -> dict[str, int]:
    """How often each value of a measure occurs, the most frequent first."""
    found = Counter(str(getattr(one, name)) for one in measures)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
