"""Which tags have a say in what features are worth. Imports no torch: the window counts them."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

MIN_TAGS = 3
"""Tags that a class needs to have a say."""
MAX_TAGS = 300
"""Tagged images that are compared at most: features take time."""


def usable_counts(counts: Mapping[int, int]) -> dict[int, int]:
    """How many tagged images of each class are compared, by how many it has; none where that leaves one class."""
    enough = [kind for kind, count in counts.items() if count >= MIN_TAGS]
    if len(enough) < 2:
        return {}
    return {kind: min(counts[kind], max(MIN_TAGS, MAX_TAGS // len(enough))) for kind in sorted(enough)}


def usable_tags(tagged: Mapping[Path, int]) -> dict[Path, int]:
    """The tags of classes with at least ``MIN_TAGS`` of them, as labels from 0; none where that leaves one class.

    Of more than ``MAX_TAGS`` in all, as many of each class are taken, evenly over its paths.
    """
    labels: dict[Path, int] = {}
    for label, (kind, count) in enumerate(usable_counts(Counter(tagged.values())).items()):
        paths = sorted(path for path, found in tagged.items() if found == kind)
        labels |= {paths[index * len(paths) // count]: label for index in range(count)}
    return labels
