"""What an engineer lays down in a project: tags, classes, regions, and how to decide. All of it is instant, and on disk
when it returns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from micm_desktop.images.boxes import Box
from micm_desktop.labeling import class_editing
from micm_desktop.labeling.deciding import DecisionSettings, read_settings, write_settings
from micm_desktop.labeling.marking import clamped
from micm_desktop.project.records import ClassRecord, ClassValues, ImageRecord, RegionRecord, TagChange, TakenBack
from micm_desktop.project.store import Project

_COMPARED_AT_A_TIME = 2000


@dataclass(frozen=True)
class ImageList:
    """All ``images`` of a project, and of the readable ones one per content hash."""

    images: tuple[ImageRecord, ...]
    distinct: Mapping[str, ImageRecord]
    version: int | None = None
    """:meth:`Project.images_version` of before they were read."""


def _same(first: Sequence[ImageRecord], second: Sequence[ImageRecord]) -> bool:
    """Compares some at a time: all at once, every other thread would wait for it."""
    starts = range(0, len(first), _COMPARED_AT_A_TIME)
    ends = (slice(start, start + _COMPARED_AT_A_TIME) for start in starts)
    return len(first) == len(second) and all(first[part] == second[part] for part in ends)


class Editing:
    """A project with a snapshot of its images."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.images: tuple[ImageRecord, ...] = ()
        self._distinct: Mapping[str, ImageRecord] = {}
        self._version: int | None = None
        self.decision = read_settings(project)
        """What was laid down about costs, the threshold and rules."""
        self.refresh()

    def refresh(self) -> None:
        """Take a new snapshot of the project's images."""
        read = self.read_images()
        if read is not None:
            self.use_images(read)

    def read_images(self) -> ImageList | None:
        """The project's images as they are now; None where they are the same as :attr:`images`. For a worker thread:
        takes half a second at 100,000 images."""
        version = self.project.images_version()
        if version is not None and version == self._version:
            return None
        images = tuple(self.project.images())
        if _same(images, self.images):
            return None
        return ImageList(images, {image.sha256: image for image in images if image.status == "ok"}, version)

    def use_images(self, read: ImageList) -> None:
        """Take what :meth:`read_images` returned; rows mean these images from now on."""
        self.images, self._distinct, self._version = read.images, read.distinct, read.version

    def distinct_images(self) -> list[ImageRecord]:
        """Readable images, one per content."""
        return list(self._distinct.values())

    def free_images(self) -> list[ImageRecord]:
        """Readable images, one per content, without the test set: what may be learned from or chosen by."""
        locked = self.project.locked()
        return [image for key, image in self._distinct.items() if key not in locked]

    def tag(self, rows: Sequence[int], class_id: int | None) -> TagChange:
        """Tag the images at ``rows`` of :attr:`images` (None removes the tag); on disk when it returns.

        Unreadable images cannot be tagged and are passed over.
        """
        return self.tag_images((self.images[row] for row in rows), class_id)

    def tag_images(self, images: Iterable[ImageRecord], class_id: int | None) -> TagChange:
        """As :meth:`tag`, whatever :attr:`images` are by now."""
        hashes = [image.sha256 for image in images if image.sha256 and image.status != "unreadable"]
        return self.project.tag(hashes, class_id)

    def add_class(self, values: ClassValues) -> ClassRecord:
        """Add a class; on disk when it returns. Raises UserError for a name or key that is empty or taken."""
        added = class_editing.add_class(self.project, self.decision, values)
        self.decision = read_settings(self.project)
        return added

    def change_class(self, class_id: int, values: ClassValues) -> ClassRecord:
        """Change a class, and what depends on it; on disk when it returns. Raises UserError as :meth:`add_class`."""
        changed = class_editing.change_class(self.project, self.decision, class_id, values)
        self.decision = read_settings(self.project)
        return changed

    def merge_class(self, class_id: int, into: int) -> ClassRecord:
        """Make a class part of another, which is returned; on disk when it returns. Raises UserError where either was
        removed.
        """
        other = class_editing.merge_class(self.project, self.decision, class_id, into)
        self.decision = read_settings(self.project)
        return other

    def take_back(self, action_id: int) -> TakenBack:
        """Undo or redo as :meth:`Project.take_back`."""
        taken = self.project.take_back(action_id)
        self.decision = read_settings(self.project)
        return taken

    def mark(self, image: ImageRecord, class_id: int | None, box: Box) -> RegionRecord:
        """Mark a box on an image, as far as it lies on it; on disk when it returns. Raises UserError."""
        return self.project.add_region(image.sha256, class_id, *clamped(box, image))

    def change_region(self, image: ImageRecord, region_id: int, class_id: int | None, box: Box) -> RegionRecord:
        """Give a region of ``image`` another place or class; on disk when it returns. Raises UserError."""
        return self.project.change_region(region_id, class_id, *clamped(box, image))

    def remove_region(self, region_id: int) -> None:
        """Take a region away; on disk when it returns. Raises UserError."""
        self.project.remove_region(region_id)

    def set_decision(self, settings: DecisionSettings) -> None:
        """Decide by these settings from now on; on disk when this returns. Raises UserError."""
        write_settings(self.project, settings)
        self.decision = settings

    @property
    def decided(self) -> bool:
        """Whether anything about decisions was laid down."""
        return self.decision != DecisionSettings()

    def tag_classes(self) -> npt.NDArray[np.int64]:
        """Class id of each image's tag, 0 for none: (N,)."""
        tags = self.project.tags()
        return np.array([tags.get(image.sha256, 0) for image in self.images], np.int64)
