"""What to tag next in a project, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.labeling.judging import METHOD_SETTING
from micm_desktop.labeling.viewed import support_views
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.fewshot.suggest import Queue, Why


@dataclass(frozen=True)
class Suggestion:
    """The image with index ``row``, and why its tag would help; :class:`~micm_desktop.fewshot.suggest.Pick` says what
    the classes and the shares in [0, 1] mean for each ``why``.
    """

    row: int
    why: "Why"
    first: ClassRecord | None
    second: ClassRecord | None
    share: float
    other: float


def suggest_images(
    project: Project, embeddings: Embeddings | None, images: Sequence[ImageRecord], queue: "Queue", count: int
) -> list[Suggestion]:
    """At most ``count`` of ``images`` in the order in which to tag them, one per content. None is of the test set:
    which of those are tagged may not depend on what was learned. Raises UserError.
    """
    if embeddings is None:
        return []
    # Here, not above: what the classifiers bring takes a second to import.
    from micm_desktop.fewshot.suggest import suggest, what_is_known

    row_of: dict[str, int] = {}
    for row, image in enumerate(images):
        if image.status == "ok":
            row_of.setdefault(image.sha256, row)
    locked = project.locked()
    hashes = [key for key in islice(embeddings.rows, embeddings.free) if key in row_of and key not in locked]
    values = embeddings.learnable
    if len(hashes) < len(values):
        values = values.take(np.array([embeddings.rows[key] for key in hashes], np.int64))
    if not hashes:
        return []
    tags = project.support_tags()
    used = {tags[key] for key in hashes if key in tags}
    classes = [record for record in project.classes() if record.id in used]
    index = {record.id: place for place, record in enumerate(classes)}
    labels = np.array([index.get(tags.get(key, 0), -1) for key in hashes], np.int64)
    tagged = [hashes[row] for row in np.flatnonzero(labels >= 0)]
    views = support_views(embeddings, tagged)
    known = what_is_known(values, labels, project.setting(METHOD_SETTING, "auto"), views)

    def record(kind: int) -> ClassRecord | None:
        return classes[kind] if kind >= 0 else None

    return [
        Suggestion(row_of[hashes[pick.row]], pick.why, record(pick.first), record(pick.second), pick.share, pick.other)
        for pick in suggest(queue, known, count)
    ]
