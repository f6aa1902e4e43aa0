"""A project with its images, its encoder and its tags.

Instant methods work on cached arrays and may be called from the GUI thread. Jobs are generators for a worker thread;
only they, and what they call, import torch.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.explain.examples import Example
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.target import ONE_FILE, Target
from micm_desktop.fewshot.resolution import Region, Resolution, measure
from micm_desktop.labeling.comparing import ComparedRun, compare_runs
from micm_desktop.labeling.deciding import rules_for
from micm_desktop.labeling.distilling import distill_fitted
from micm_desktop.labeling.editing import Editing
from micm_desktop.labeling.embedded import Embeddings, compute_features, read_embeddings, without
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.explaining import Explainer
from micm_desktop.labeling.inspecting import export_fitted
from micm_desktop.labeling.judging import Fitted, Scored, fit_tags, score_images
from micm_desktop.labeling.mapping import ImageMap, image_map
from micm_desktop.labeling.nearest import nearest_tagged
from micm_desktop.labeling.past_runs import PastRun, delete_run, past_runs
from micm_desktop.labeling.pretraining import can_resume, estimate_pretraining, pretrain_project
from micm_desktop.labeling.rejudging import judge_run_again
from micm_desktop.labeling.suggesting import Suggestion, suggest_images
from micm_desktop.labeling.tiling import export_project_tiles, try_project_tiles
from micm_desktop.labeling.values import Explanation, Predictions, Reason
from micm_desktop.labeling.viewed import compute_views, read_views, without_views
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.encoder_file import EncoderInfo, Verdict, read_encoder_info
from micm_desktop.micm.events import Event
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.export.distill import DistillConfig
    from micm_desktop.export.fit_student import Distilled
    from micm_desktop.fewshot.suggest import Queue
    from micm_desktop.fewshot.tile_trial import TileTrial
    from micm_desktop.micm.estimate import Estimate


NOTHING_TAGGED = (
    "Nothing to export yet: at least two classes need a tag, and the images need features."
    " Tag images on the Label page first."
)


class Labeling(Editing):
    """One open project; see the module's text for what may be called where."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._embeddings: Embeddings | None = None
        self._encoders = EncoderCache()
        self._explainer = Explainer(project, self._encoders)
        self._previous: Scored | None = None

    @classmethod
    def open(cls, folder: Path) -> "Labeling":
        """Open or create the project in ``folder``. Raises UserError where it cannot be used."""
        return cls(Project.open(folder))

    def close(self) -> None:
        self.project.close()

    # Jobs

    def scan(self, control: JobControl) -> Iterator[Progress]:
        """Find and hash the images below the project's folders; call :meth:`refresh` afterwards."""
        yield from self.project.scan(control)

    def pretrain(
        self, config: PretrainConfig, control: JobControl, *, resume: bool = False, previews: int = 0
    ) -> Iterator[Event]:
        """Pretrain on the project's readable images; a completed run's encoder is registered and used from then on,
        with those of its features that are worth it: ``Done.verdict``.

        A cancelled run keeps its training state, from which ``resume`` goes on with that run's own settings and time;
        of ``config`` it takes the device alone. ``previews``: how many images to show as the network rebuilds them.
        """
        images = self.distinct_images()
        yield from pretrain_project(self.project, images, config, control, resume=resume, previews=previews)

    def estimate_pretraining(self, config: PretrainConfig, control: JobControl) -> "Estimate":
        """What a pretraining run would be like, measured by a few of its steps; never beside a run.

        Raises UserError where the run itself would, and Cancelled.
        """
        return estimate_pretraining(self.free_images(), config, control)

    def can_resume(self) -> bool:
        """Whether a stopped pretraining run can be continued."""
        return can_resume(self.project)

    def past_runs(self) -> list[PastRun]:
        """The finished pretraining runs, the newest first. Instant."""
        return past_runs(self.project)

    def compare_runs(self, encoder_ids: Sequence[int | None], control: JobControl) -> list[ComparedRun]:
        """Encoders side by side, None for the shipped one; see :func:`~.comparing.compare_runs`."""
        return compare_runs(self.project, encoder_ids, self.distinct_images(), self.decision, control)

    def judge_run_again(self, encoder_id: int, control: JobControl) -> Iterator[Progress | Verdict]:
        """Judge a finished run by the tags as they are now; see :func:`~.rejudging.judge_run_again`."""
        yield from judge_run_again(self.project, encoder_id, self.free_images(), control)

    def delete_run(self, encoder_id: int) -> None:
        """Delete a finished run with its encoder and features. Raises UserError for the one in use."""
        delete_run(self.project, encoder_id)

    def compute_features(self, control: JobControl, device: str = "cpu") -> Iterator[Progress]:
        """Embed the images that have no features of the active encoder yet, on a ``device`` as for pretraining, then
        load them all.
        """
        info, images = self.encoder_info(), self.distinct_images()
        yield from compute_features(self.project, self._encoders, info, images, control, device)
        self._load_features(info)

    def load_features(self) -> None:
        """Read the cached features of the active encoder and centre them on this project's images."""
        self._load_features(self.encoder_info())

    def _load_features(self, info: EncoderInfo) -> None:
        import micm_desktop.fewshot.classify  # noqa: F401  so that the first tag does not wait for the import

        embeddings = read_embeddings(self.project, info, self.distinct_images())
        if embeddings is not None:
            embeddings.views.update(read_views(self.project, info, embeddings.transform, embeddings.rows))
        self._embeddings = embeddings

    def missing_views(self) -> list[ImageRecord]:
        """Tagged images that :meth:`compute_views` has something to do for. Reads the tags; instant."""
        embeddings = self._embeddings
        return [] if embeddings is None else without_views(self.project, embeddings, self.distinct_images())

    def known_views(self) -> int:
        """Of how many images views are loaded."""
        return len(self._embeddings.views) if self._embeddings is not None else 0

    def compute_views(self, control: JobControl) -> Iterator[Progress]:
        """Compute augmented views of the tagged images that have none; :meth:`predict` learns from them afterwards."""
        embeddings = self._embeddings
        if embeddings is not None and (images := self.missing_views()):
            yield from compute_views(self.project, self._encoders, embeddings, images, control)

    def image_map(self, control: JobControl, *, anew: bool = False) -> Iterator[Progress | ImageMap]:
        """Where each image with features lies on the map, the coarse first; see :func:`~.mapping.image_map`."""
        yield from image_map(self.project, self.encoder_info(), self.distinct_images(), control, anew=anew)

    def explain(self, image: ImageRecord, *, own_tag: bool = True) -> Explanation:
        """Evidence, attention and examples of one image, by one forward pass; before there are tags, where it is
        unusual. Without ``own_tag`` it is judged as if it had none.

        Raises UserError, UnreadableImage.
        """
        embeddings, images = self.current_embeddings(), self.distinct_images()
        if not own_tag:
            embeddings, images = without(embeddings, images, image.sha256)
        fitted = fit_tags(self.project, embeddings, self.decision)
        if fitted is None:
            return self._explainer.untagged(self.encoder_info(), image)
        return self._explainer.verdict(fitted, images, image, self.decision.rules)

    def try_tiles(self, control: JobControl) -> "Iterator[Progress | TileTrial]":
        """Whether images cut into tiles are judged better, by the tags; the last value says.

        Gives none where the images are too small for tiles, a class has too few tags, or no class is good. Raises
        UserError for fewer than two classes, and Cancelled.
        """
        images = self.free_images()
        yield from try_project_tiles(self.project, self._encoders, self.encoder_info(), images, control)

    def export(
        self, out: Path, control: JobControl, *, tiles: int = 1, target: Target = ONE_FILE
    ) -> Iterator[Progress | ExportResult]:
        """Write the model file and check it; with ``tiles`` above 1 it cuts images into as many along each edge.

        Raises UserError where tags or features are missing.
        """
        if tiles > 1:
            info, images = self.encoder_info(), self.free_images()
            decision = self.decision
            yield from export_project_tiles(
                self.project, self._encoders, info, images, decision, tiles, out, control, target
            )
            return
        yield from self.compute_views(control)
        fitted = self._fitted()
        if fitted is None:
            raise UserError(NOTHING_TAGGED)
        rules = rules_for(self.decision, fitted.classes)
        yield from export_fitted(self.project, self._encoders, fitted, self.free_images(), rules, out, control, target)

    def distill(self, config: "DistillConfig", out: Path, control: JobControl) -> "Iterator[Progress | Distilled]":
        """Write the model file of a small student; the last value compares it with the model that it learned from.

        Raises UserError where tags or features are missing, OSError, Cancelled.
        """
        yield from self.compute_views(control)
        fitted = self._fitted()
        if fitted is None:
            raise UserError(NOTHING_TAGGED)
        rejection, rules = self.decision.false_rejection, rules_for(self.decision, fitted.classes)
        images = self.distinct_images()
        yield from distill_fitted(self.project, self._encoders, fitted, images, rejection, rules, config, out, control)

    # Instant

    def encoder_info(self) -> EncoderInfo:
        """The encoder in use: the project's active one, or the shipped starter."""
        record = self.project.active_encoder()
        return read_encoder_info(record.path if record is not None else "starter")

    def has_features(self) -> bool:
        """Whether features are loaded."""
        return self._embeddings is not None

    def missing_features(self) -> int:
        """Readable images that have no loaded features yet."""
        embeddings = self._embeddings
        return len(self._distinct.keys() - (embeddings.rows if embeddings is not None else {}).keys())

    def why_no_predictions(self) -> Reason | None:
        """What is missing, or None where :meth:`predict` has an answer."""
        if not self._distinct:
            return Reason.NO_IMAGES
        embeddings = self._embeddings
        if embeddings is None:
            return Reason.NO_FEATURES
        tagged = {c for key, c in self.project.support_tags().items() if key in embeddings.rows}
        if not tagged:
            return Reason.NO_TAGS
        return Reason.ONE_CLASS if len(tagged) < 2 else None

    def predict(self) -> Predictions | None:
        """Fit the tags and score every image; None where :meth:`why_no_predictions` names a reason."""
        # Taken once: a scan or a computation in another thread may replace either meanwhile.
        images = self.images
        fitted = self._fitted()
        if fitted is None:
            return None
        predictions, self._previous = score_images(fitted, images, self._previous)
        return predictions

    def resolution(self) -> Resolution | None:
        """How large the marked defects are for the networks in use; None while no region is marked.

        Reads files: for a worker thread where somebody watches.
        """
        marked = self.project.regions()
        if not marked:
            return None
        wanted = {one.sha256 for one in marked}
        images = {image.sha256: image for image in self.free_images() if image.sha256 in wanted}
        regions = [
            Region(one.xmax - one.xmin, one.ymax - one.ymin, images[one.sha256].width, images[one.sha256].height)
            for one in marked
            if one.sha256 in images
        ]
        return measure(regions, [branch.config for branch in self.encoder_info().branches])

    def nearest_tagged(self, image: ImageRecord, count: int = 5) -> list[Example]:
        """The other tagged images that ``image`` is nearest to, the nearest first; none without features.

        For a worker thread where somebody watches.
        """
        here = {one.sha256 for one in self.images if one.status == "ok"}
        return nearest_tagged(self.project, self._embeddings, here, image, count)

    def suggest(self, queue: "Queue" = "mixed", count: int = 24) -> list[Suggestion]:
        """At most ``count`` images worth a tag, the best first; none without features.

        Takes longer than a frame at 100,000 images: for a worker thread where somebody watches.
        """
        return suggest_images(self.project, self.current_embeddings(), self.images, queue, count)

    def _fitted(self) -> Fitted | None:
        return fit_tags(self.project, self.current_embeddings(), self.decision)

    def current_embeddings(self) -> Embeddings | None:
        """The loaded embeddings, read anew where the test set has changed: they are centred without it."""
        embeddings = self._embeddings
        if embeddings is not None and embeddings.locked != self.project.locked():
            self.load_features()
        return self._embeddings
