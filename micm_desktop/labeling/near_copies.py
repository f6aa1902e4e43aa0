"""Images of a project that nearly show the same, by the inventory's measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord

MOST_IMAGES = 10_000
"""Of more, each of which must be read, nobody waits for it."""
FOLDER = "inventory"
"""Below the project's, for what was measured."""


@dataclass(frozen=True)
class NearCopies:
    """``pairs`` of images, as indices; ``complete``: whether all were looked at."""

    pairs: tuple[tuple[int, int], ...]
    complete: bool = True


def find_near_copies(
    project: Path, images: Sequence[ImageRecord], control: JobControl
) -> Iterator[Progress | NearCopies]:
    """Read and compare ``images``, one per content, folder by folder as a project has them; the last value says which
    are nearly equal. What was measured is kept in the folder of the ``project``; what cannot be read equals none.

    Raises Cancelled, and OSError where the disk refuses.
    """
    # Here, not above: the inventory brings torch.
    from micm_desktop.inventory.measures import ImageMeasures
    from micm_desktop.inventory.measuring import MeasuredImages, cache_file, measure_images
    from micm_desktop.inventory.taking import near_pairs

    place = {image.sha256: index for index, image in enumerate(images)}
    measures: list[ImageMeasures] = []
    done = 0
    for name, group in groupby(images, key=lambda image: image.root):
        root, paths = Path(name), [image.path for image in group]
        for event in measure_images(root, paths, cache_file(root, project / FOLDER), control):
            if isinstance(event, MeasuredImages):
                # By whole paths, as the file system spells them: a project may have several folders. A file that has
                # changed since the scan is none of the images.
                known = [one for one in event.measures if one.sha256 in place]
                measures += [replace(one, path=str(images[place[one.sha256]].path)) for one in known]
            else:
                yield Progress(done + event.done, len(images))
        done += len(paths)
    rows, pairs = [place[one.sha256] for one in measures], []
    for step in near_pairs([images[row].path for row in rows], measures, control):
        if isinstance(step, Progress):
            yield step
        else:
            pairs.append(step)
    yield NearCopies(tuple((rows[pair.first], rows[pair.second]) for pair in pairs))
