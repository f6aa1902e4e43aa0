"""A labeled set with a support set, ready to be explained: what the benchmarks of heatmaps share."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from micm_desktop.explain.evidence import patch_bank_of
from micm_desktop.explain.localization import read_boxes
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.labeled_folder import (
    EmbeddedFolder,
    LabeledFolder,
    draw_support,
    embed_folder,
    read_labeled_folder,
)
from micm_desktop.images.scan import relative_name
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class ExplainedSet:
    """``queries``: rows of ``embedded`` that are not in the ``support`` and have ``boxes``."""

    embedded: EmbeddedFolder
    support: NDArray[np.int64]
    queries: NDArray[np.int64]
    boxes: dict[int, list[Box]]
    model: InspectionModel

    @property
    def support_labels(self) -> NDArray[np.int64]:
        return self.embedded.labels[self.support]

    @property
    def support_paths(self) -> list[Path]:
        return [self.embedded.paths[row] for row in self.support]


def explained_set(
    labeled: Path, encoder: LoadedEncoder, shots: int, per_class: int, *, marked: bool = False
) -> ExplainedSet:
    """At most ``per_class`` images of each class, evenly over their paths; the first ``shots`` drawn by seed 0 are
    tagged, with ``marked`` with their boxes. ``labeled`` holds one sub-folder per class and boxes.csv.
    """
    *_, embedded = embed_folder(encoder, _fewer(read_labeled_folder(labeled), per_class), JobControl())
    assert isinstance(embedded, EmbeddedFolder)
    support = draw_support(embedded.labels, embedded.classes, shots, 0)
    labels = embedded.labels[support]
    head = fit_head("prototype", embedded.embeddings[support], labels, len(embedded.classes))
    paths = [[embedded.paths[row] for row in support[labels == index]] for index in range(len(embedded.classes))]
    read = read_boxes(labeled / "boxes.csv")
    bank = patch_bank_of(
        embedded.extractor, paths, {labeled / name: boxes for name, boxes in read.items()} if marked else {}
    )
    model = InspectionModel(embedded.extractor, embedded.transform, head, bank).eval()
    names = [relative_name(path, labeled) for path in embedded.paths]
    boxes = {row: read[name] for row, name in enumerate(names) if name in read}
    queries = np.array([row for row in np.setdiff1d(np.arange(len(names)), support) if row in boxes], np.int64)
    return ExplainedSet(embedded, support, queries, boxes, model)


def _fewer(folder: LabeledFolder, per_class: int) -> LabeledFolder:
    labels = np.array(folder.labels)
    rows = []
    for label in range(len(folder.classes)):
        members = np.flatnonzero(labels == label)
        count = min(per_class, len(members))
        rows += [int(members[index * len(members) // count]) for index in range(count)]
    return LabeledFolder(folder.classes, tuple(folder.paths[row] for row in rows), tuple(labels[rows].tolist()))
