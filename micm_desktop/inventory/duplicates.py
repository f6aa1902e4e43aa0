"""Images that are the same, or nearly: candidates by perceptual hash, confirmed by how their grey values correlate."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.progress import JobControl

MOST_BITS: Final = 10
"""Bits of 64 in which the fingerprints of nearly equal images may differ."""
PAIRS_PER_IMAGE: Final = 20
"""Candidates that are looked at, on average; where there are more, fingerprints must be more alike."""
MOST_PAIRS: Final = 200_000
"""Candidates that are looked at in all: a fixed camera makes all parts look alike, and each costs a look at pixels."""
CONFIRM_EDGE: Final = 64
LEAST_CORRELATION: Final = 0.9
CLOSER: Final = 10.0
"""Nearly equal images are so many times closer (1 - correlation) than two images of the set usually are: on a line with
a fixed camera all parts look alike, and are not copies of each other."""
MOST_SHIFT: Final = 2
"""Places of ``CONFIRM_EDGE`` by which one image may be moved against the other."""
_BLOCK: Final = 256

Small = NDArray[np.float32]


@dataclass(frozen=True)
class NearPair:
    """Two images (indices, ``first`` < ``second``) and the correlation of their grey values, in [-1, 1]."""

    first: int
    second: int
    correlation: float


def equal_groups(hashes: Sequence[str]) -> list[list[int]]:
    """Indices of images with the same content hash, groups of two or more, in order of appearance."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(hashes):
        groups[key].append(index)
    return [members for members in groups.values() if len(members) > 1]


def candidate_pairs(fingerprints: Sequence[int], control: JobControl | None = None) -> list[tuple[int, int]]:
    """Pairs of images with alike 64-bit fingerprints, the most alike first: those that differ in at most ``MOST_BITS``
    bits, or in fewer where there would be too many of them. Raises Cancelled."""
    found: list[NDArray[np.int64]] = []
    allowed, most = MOST_BITS, min(MOST_PAIRS, PAIRS_PER_IMAGE * len(fingerprints))
    for block in _alike(fingerprints):
        if control is not None:
            control.safe_point()
        found.append(block[block[:, 0] <= allowed])
        # Dropped as they come: on a set of equal views there are as many pairs as there are images, squared.
        while sum(map(len, found)) > 2 * most and allowed > 0:
            allowed -= 1
            found = [part[part[:, 0] <= allowed] for part in found]
    pairs = np.concatenate([*found, np.empty((0, 3), np.int64)])
    pairs = pairs[np.lexsort((pairs[:, 2], pairs[:, 1], pairs[:, 0]))][:most]
    return [(int(first), int(second)) for _, first, second in pairs]


def _alike(fingerprints: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Rows (bits that differ, first, second), first < second, of at most ``MOST_BITS`` bits, by blocks of images."""
    bits = np.unpackbits(np.array(fingerprints, np.uint64)[:, None].view(np.uint8), axis=1)
    # As signs, so that a product of matrices counts: 64 less twice the bits that differ.
    signs = bits.astype(np.float32) * 2 - 1
    for start in range(0, len(signs), _BLOCK):
        alike = signs[start : start + _BLOCK] @ signs[start:].T
        first, second = np.nonzero(alike >= 64 - 2 * MOST_BITS)
        later = second > first
        first, second = first[later], second[later]
        differ = np.rint((64 - alike[first, second]) / 2).astype(np.int64)
        yield np.stack([differ, first + start, second + start], axis=1)


def least_correlation(typical: Sequence[float]) -> float:
    """How much images must correlate to count as nearly equal, by the correlations of random pairs of the set."""
    if not typical:
        return LEAST_CORRELATION
    return max(LEAST_CORRELATION, 1 - (1 - float(np.median(typical))) / CLOSER)


def small_grey(pixels: NDArray[np.uint8]) -> Small:
    """An image (H, W, 3) or (H, W) as ``CONFIRM_EDGE`` squared grey values, smoothed so that a move by a part of a
    place matters little."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    small = cv2.resize(grey, (CONFIRM_EDGE, CONFIRM_EDGE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), np.float32)


def correlation(first: Small, second: Small) -> float:
    """Largest correlation of two grey images over shifts of up to ``MOST_SHIFT`` places, in [-1, 1].

    Brightness and contrast do not count. Two images of one grey level each have 1, since they do not differ; such a one
    beside another 0.
    """
    inner = second[MOST_SHIFT:-MOST_SHIFT, MOST_SHIFT:-MOST_SHIFT]
    flat = float(first.std()) < 0.5, float(inner.std()) < 0.5
    if any(flat):
        return float(all(flat))
    return float(cv2.matchTemplate(first, inner, cv2.TM_CCOEFF_NORMED).max())


def linked_groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Images that pairs link, directly or through others: sorted groups, the largest first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, places = np.unique(np.array(list(pairs), np.int64).reshape(-1, 2), return_inverse=True)
    first, second = places.reshape(-1, 2).T
    links = coo_array((np.ones(len(first), np.bool_), (first, second)), shape=(len(rows), len(rows)))
    count, labels = connected_components(links, directed=False) if len(rows) else (0, places)
    groups: list[list[int]] = [rows[labels == label].tolist() for label in range(count)]
    return sorted(groups, key=lambda members: (-len(members), members[0]))
