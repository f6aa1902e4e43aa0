"""What a worker reads of a project, for the window to show: images, their columns and tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import NOTHING, Columns, columns_of
from micm_desktop.gui.turns import keep
from micm_desktop.project.records import UNSURE, ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling
    from micm_desktop.labeling.editing import ImageList

Tags = Mapping[str, int | None] | Mapping[str, int]


@dataclass(frozen=True)
class Snapshot:
    """``tags`` (M,): class id of each content, 0 for none, or UNSURE. ``version``: how many changes of tags it holds at
    least. ``read``: for :meth:`Labeling.use_images`, None where it has them.
    """

    images: tuple[ImageRecord, ...]
    columns: Columns
    tags: NDArray[np.int64]
    version: int = 0
    read: "ImageList | None" = None


EMPTY = Snapshot((), NOTHING, np.zeros(0, np.int64))


def take_snapshot(labeling: "Labeling", version: int = 0, read: "ImageList | None" = None) -> Snapshot:
    """Takes a second at 100,000 images: for a worker thread. ``version`` is that of the tags before the call; ``read``:
    the images, where not the labeling's own."""
    images = labeling.images if read is None else read.images
    columns = columns_of(images)
    tags = np.zeros(len(columns.contents), np.int64)
    for found in (dict.fromkeys(labeling.project.unsure(), UNSURE), labeling.project.tags()):
        places, values = placed(columns, found)
        tags[places] = values
    keep()
    return Snapshot(images, columns, tags, version, read)


def placed(columns: Columns, tags: Tags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tags by content hash -> numbers of the contents that the project has (K,), and class ids (K,), 0 for none,
    or UNSURE."""
    found = [(columns.contents[key], class_id or 0) for key, class_id in tags.items() if key in columns.contents]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
