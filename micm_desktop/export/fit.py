"""A labeled folder becomes a model file, without a window."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from micm_desktop.explain.evidence import patch_bank_of
from micm_desktop.explain.salient_patches import join_patches
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model, samples_of, spread
from micm_desktop.export.rules import Rules
from micm_desktop.export.target import ONE_FILE, Tagged, Target
from micm_desktop.fewshot.classify import MOST_VIEWED, fit_head
from micm_desktop.fewshot.decision import Policy, default_policy, estimate_defect_share
from micm_desktop.fewshot.head import Labels
from micm_desktop.fewshot.labeled_folder import (
    EmbeddedFolder,
    LabeledFolder,
    draw_support,
    embed_folder,
)
from micm_desktop.fewshot.views import views_of
from micm_desktop.images.boxes import Box
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress


@dataclass(frozen=True)
class FittedFolder:
    """``model`` is fitted to the images with numbers ``rows`` of ``embedded``, by class."""

    embedded: EmbeddedFolder
    model: InspectionModel
    rows: Mapping[str, Labels]
    policy: Policy
    unknown_threshold: float

    @property
    def tagged(self) -> list[list[Path]]:
        """The images of each class that were learned from."""
        return [[self.embedded.paths[row] for row in members] for members in self.rows.values()]


def fit_folder(
    encoder: LoadedEncoder,
    folder: LabeledFolder,
    method: str,
    shots: int | None,
    seed: int,
    out: Path,
    control: JobControl,
    boxes: Mapping[Path, Sequence[Box]] = MappingProxyType({}),
    good: tuple[bool, ...] = (),
    target: Target = ONE_FILE,
) -> Iterator[Progress | EmbeddedFolder | ExportResult]:
    """Embed, fit on ``shots`` images a class (all with None), export and check. The last value is the export.

    ``opta`` takes all images of the folder as its unlabeled set; ``local`` and heatmaps take the patches
    of tagged images from their ``boxes``. ``good`` (C): which classes are good parts; empty where none is known to be.

    Raises UserError, OSError, Cancelled.
    """
    fitted: FittedFolder | None = None
    for event in fit_model(encoder, folder, method, shots, seed, control, boxes, good):
        if isinstance(event, FittedFolder):
            fitted = event
        else:
            yield event
    assert fitted is not None
    embedded = fitted.embedded
    learned = np.isin(np.arange(len(embedded.labels)), np.concatenate(list(fitted.rows.values())))
    yield from export_model(
        fitted.model,
        embedded.classes,
        {name: len(members) for name, members in fitted.rows.items()},
        unknown_threshold=fitted.unknown_threshold,
        policy=fitted.policy,
        rules=Rules(),
        encoder_hash=encoder.sha256,
        sample_paths=samples_of(fitted.tagged),
        parity_paths=spread(embedded.paths),
        out=out,
        control=control,
        target=target,
        tagged=Tagged(embedded.paths, tuple(embedded.labels.tolist()), tuple(learned.tolist()), method),
    )


def fit_model(
    encoder: LoadedEncoder,
    folder: LabeledFolder,
    method: str,
    shots: int | None,
    seed: int,
    control: JobControl,
    boxes: Mapping[Path, Sequence[Box]] = MappingProxyType({}),
    good: tuple[bool, ...] = (),
) -> Iterator[Progress | EmbeddedFolder | FittedFolder]:
    """As :func:`fit_folder`, without writing anything; the last value is what would be written."""
    embedded = None
    for event in embed_folder(encoder, folder, control):
        yield event
        if isinstance(event, EmbeddedFolder):
            embedded = event
    assert embedded is not None
    if method == "local":
        for event in join_patches(embedded, boxes, control):
            if isinstance(event, EmbeddedFolder):
                embedded = event
            else:
                yield event
    support = draw_support(embedded.labels, embedded.classes, shots, seed)
    labels = embedded.labels[support]
    views = None
    if method == "auto" and len(support) <= MOST_VIEWED:
        for step in views_of(embedded, support, control):
            if isinstance(step, Progress):
                yield step
            else:
                views = step
    known = embedded.embeddings[support]
    head = fit_head(method, known, labels, len(embedded.classes), embedded.embeddings, views)
    rows = {name: support[labels == index] for index, name in enumerate(embedded.classes)}
    paths = [[embedded.paths[row] for row in members] for members in rows.values()]
    bank = patch_bank_of(embedded.extractor, paths, boxes)
    good = good or (False,) * len(embedded.classes)
    policy = default_policy(good, estimate_defect_share(head.probabilities(embedded.embeddings), good))
    model = InspectionModel(embedded.extractor, embedded.transform, head, bank, policy)
    yield FittedFolder(embedded, model, rows, policy, head.unknown_threshold)
