"""Everything that a report says, gathered from a project; no words yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.labeling import Labeling
from micm_desktop.labeling.deciding import DecisionSettings
from micm_desktop.progress import JobControl, Progress
from micm_desktop.report.examples import Examples, show_examples
from micm_desktop.report.limits import Criteria, ReportSettings
from micm_desktop.report.provenance import Provenance, read_provenance
from micm_desktop.report.stock import Stock, take_stock
from micm_desktop.report.tagging import Tagging, read_tagging
from micm_desktop.report.verdict import SPOILS, Figures, Judgement, judge

if TYPE_CHECKING:
    from micm_desktop.labeling.evaluation_values import Evaluation
    from micm_desktop.project.records import ClassRecord


@dataclass(frozen=True)
class Report:
    """``name`` of the project; ``evaluation`` and ``figures`` of the tested images; ``decision``: costs and rules."""

    name: str
    folder: Path
    purpose: str
    criteria: Criteria
    stock: Stock
    tagging: Tagging
    decision: DecisionSettings
    evaluation: "Evaluation"
    figures: Figures
    judgement: Judgement
    examples: tuple[Examples, ...]
    provenance: Provenance


def gather_report(
    labeling: Labeling, settings: ReportSettings, cache: Path, control: JobControl, model_file: Path | None = None
) -> Iterator[Progress | Report]:
    """Look at the images, test the inspection, judge it. ``labeling`` has its features loaded; ``cache``: folder in
    which measures of images are kept; ``model_file``: the exported file that the report is to name.

    The last value is the report. Raises UserError for a ``model_file`` that is none, OSError, Cancelled.
    """
    from micm_desktop.labeling.evaluating import evaluate
    from micm_desktop.labeling.evaluation_values import Evaluation
    from micm_desktop.micm.checkpoint import load_encoder

    project = labeling.project
    images = labeling.images
    info = labeling.encoder_info()
    provenance = read_provenance(project, info, images, labeling.decision, model_file)
    stock = evaluation = None
    for event in take_stock(project, images, load_encoder("starter"), cache, control):
        if isinstance(event, Stock):
            stock = event
        else:
            yield event
    # Whoever exports a model file now gets one that has learned from them: the figures are to be those of that.
    for viewed in labeling.compute_views(control):
        yield Progress(viewed.done, viewed.total, "evaluate")
    for step in evaluate(labeling, control, learning=False):
        if isinstance(step, Evaluation):
            evaluation = step
        else:
            yield Progress(step.done, step.total, "evaluate")
    assert stock is not None and evaluation is not None
    examples: tuple[Examples, ...] = ()
    if evaluation.judged is not None:
        for found in show_examples(labeling, evaluation.judged, evaluation.classes, control):
            if isinstance(found, Progress):
                yield found
            else:
                examples = found
    figures = figures_of(evaluation, project.classes())
    yield Report(
        project.folder.name,
        project.folder,
        settings.purpose,
        settings.criteria,
        stock,
        read_tagging(project, {image.sha256: image for image in images if image.status == "ok"}),
        labeling.decision,
        evaluation,
        figures,
        judge(figures, settings.criteria),
        examples,
        provenance,
    )


def figures_of(evaluation: "Evaluation", classes: "list[ClassRecord]") -> Figures:
    """What the rules look at; ``classes`` are all of the project, also those without a tag."""
    judged, expected = evaluation.judged, evaluation.expected
    counts = dict.fromkeys((record.name for record in classes if not record.is_good), 0)
    good = 0
    if judged is not None:
        for label in judged.labels.tolist():
            record = evaluation.classes[label]
            if record.is_good:
                good += 1
            else:
                counts[record.name] = counts.get(record.name, 0) + 1
    spoiled = any(note.kind in SPOILS for note in evaluation.notes)
    return Figures(
        evaluation.source,
        evaluation.source == "locked" and not spoiled,
        any(record.is_good for record in classes) and not all(record.is_good for record in classes),
        None if expected is None else expected.missed,
        None if expected is None else expected.false_alarms,
        None if expected is None else expected.asked_good,
        sum(counts.values()),
        good,
        tuple(counts.items()),
    )
