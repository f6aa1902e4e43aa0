"""A project, an encoder and the tags so far: what the window and the command line both talk to.

Instant methods work on cached arrays and may be called from the GUI thread. Jobs are generators for a worker thread;
only they, and what they call, import torch.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from micm_desktop.export.model_file import ExportResult as ExportResult
from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform, part_sizes
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.fewshot.head import LinearHead
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.encoder_file import EncoderInfo, read_encoder_info
from micm_desktop.micm.events import Done, Event
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ClassRecord, ImageRecord, TagChange
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from torch import Tensor

    from micm_desktop.export.inspection_model import InspectionModel
    from micm_desktop.micm.network import MicmNetwork

CHUNK = 64
SAMPLES_PER_CLASS = 2
METHOD_SETTING = "method"


class Reason(Enum):
    """Why there are no predictions yet."""

    NO_IMAGES = "no_images"
    NO_FEATURES = "no_features"
    NO_TAGS = "no_tags"
    ONE_CLASS = "one_class"


@dataclass(frozen=True)
class Predictions:
    """Verdicts for all N images, over the C classes that have a tag.

    ``class_index`` (N,) into ``classes``, -1 where the image has no features; ``confidence`` (N,) and ``probabilities``
    (N, C) in [0, 1]; ``unknown`` (N,); ``changed`` counts the images whose class differs from the previous call.
    """

    classes: tuple[ClassRecord, ...]
    class_index: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.bool_]
    changed: int


@dataclass(frozen=True)
class Explanation:
    """Why an image got its class. ``heatmap`` and ``attention`` (h, w) in [0, 1].

    ``class_name`` and ``runner_up`` are empty while there are no predictions; the heatmap is then the attention.
    """

    sha256: str
    heatmap: npt.NDArray[np.float32]
    attention: npt.NDArray[np.float32]
    class_name: str
    runner_up: str


@dataclass(frozen=True)
class _Embeddings:
    """Embeddings (M, D) of the content hashes in ``rows``, and the features' transform."""

    rows: dict[str, int]
    values: npt.NDArray[np.float32]
    transform: EmbeddingTransform
    encoder: EncoderInfo


class Labeling:
    """One open project; see the module's text for what may be called where."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.images: tuple[ImageRecord, ...] = ()
        self._embeddings: _Embeddings | None = None
        self._network: tuple[str, MicmNetwork] | None = None
        self._network_lock = threading.Lock()
        self._previous: dict[str, int] = {}
        self._support_maps: dict[tuple[str, str], Tensor] = {}
        self.refresh()

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

    def pretrain(self, config: PretrainConfig, control: JobControl, *, resume: bool = False) -> Iterator[Event]:
        """Pretrain on the project's readable images; a completed run's encoder is registered and used from then on.

        A cancelled run keeps its training state, from which ``resume`` goes on with that run's own settings and time;
        of ``config`` it takes the device alone.
        """
        from micm_desktop.micm.trainer import pretrain, saved_config

        out = self.project.folder / "encoders" / "pretraining.safetensors"
        if resume and self.can_resume():
            config = replace(saved_config(out), device=config.device)
        for event in pretrain(self._distinct_paths(), out, config, control, resume=resume):
            if isinstance(event, Done) and event.completed:
                number, final = self._free_encoder_file(out.parent)
                out.replace(final)
                info = read_encoder_info(final)
                summary = f'{{"images": {event.images}, "epochs": {event.epochs}, "objective": "{config.objective}"}}'
                self.project.register_encoder(final, f"MICM {number} ({info.sha256[:8]})", summary)
                event = replace(event, encoder=final)
            yield event

    def _free_encoder_file(self, folder: Path) -> tuple[int, Path]:
        number = len(self.project.encoders()) + 1
        while (final := folder / f"encoder-{number:03d}.safetensors").exists():
            number += 1
        return number, final

    def can_resume(self) -> bool:
        """Whether a stopped pretraining run can be continued."""
        return (self.project.folder / "encoders" / "pretraining.state.safetensors").exists()

    def compute_features(self, control: JobControl) -> Iterator[Progress]:
        """Embed the images that have no features of the active encoder yet, then load them all."""
        from micm_desktop.fewshot.features import extract_features

        info = self.encoder_info()
        store = self._store(info)
        todo = [image for image in self._distinct_images() if image.sha256 not in store]
        network = self._load_network(info)
        done, hashes, rows = 0, [], []
        yield Progress(0, len(todo))
        try:
            for batch in extract_features(network, [image.path for image in todo], control):
                hashes += [todo[row].sha256 for row in batch.rows]
                rows.append(batch.features)
                done += len(batch.rows) + len(batch.failed)
                if len(hashes) >= CHUNK:
                    store.append(hashes, np.concatenate(rows))
                    hashes, rows = [], []
                yield Progress(done, len(todo))
        finally:
            # Also on cancel: what was computed is kept.
            if hashes:
                store.append(hashes, np.concatenate(rows))
        self._load_features(info)

    def load_features(self) -> None:
        """Read the cached features of the active encoder and centre them on this project's images."""
        self._load_features(self.encoder_info())

    def _load_features(self, info: EncoderInfo) -> None:
        import micm_desktop.fewshot.classify  # noqa: F401  so that the first tag does not wait for the import

        rows, features = self._store(info).read()
        present = [image.sha256 for image in self._distinct_images() if image.sha256 in rows]
        if not present:
            self._embeddings = None
            return
        chosen = np.asarray(features[[rows[key] for key in present]], np.float32)
        transform = fit_transform(chosen, info.config)
        self._embeddings = _Embeddings(
            {key: row for row, key in enumerate(present)}, transform(chosen), transform, info
        )

    def explain(self, image: ImageRecord) -> Explanation:
        """Evidence and attention of one image, by one forward pass. Raises UserError, UnreadableImage."""
        import torch

        from micm_desktop.explain.evidence import attention_heat
        from micm_desktop.images.decode import decode_image

        embeddings = self._embeddings
        fitted = self._fit(embeddings)
        pixels = torch.from_numpy(decode_image(image.path))[None]
        if fitted is None or embeddings is None:
            from micm_desktop.micm.preprocess import prepare

            network = self._load_network(self.encoder_info())
            with torch.inference_mode():
                attention = attention_heat(network.encode(prepare(pixels, network.config)).attention)[0].numpy()
            return Explanation(image.sha256, attention, attention, "", "")
        head, classes = fitted
        model = self._model(embeddings, head, classes).eval()
        with torch.inference_mode():
            encoding = model.encode(pixels)
            output, attention = model.judge(encoding), attention_heat(encoding.attention)[0].numpy()
        best = output.probabilities[0].topk(2).indices.tolist()
        return Explanation(
            image.sha256, output.heatmap[0].numpy(), attention, classes[best[0]].name, classes[best[1]].name
        )

    def export(self, out: Path, control: JobControl, *, int8: bool = False) -> Iterator[Progress | ExportResult]:
        """Write the model file and check it. Raises UserError where tags or features are missing."""
        from micm_desktop.export.onnx_writer import export_model, spread

        if int8:
            raise UserError("int8 model files are not there yet. Export without --int8.")
        embeddings = self._embeddings
        fitted = self._fit(embeddings)
        if fitted is None or embeddings is None:
            raise UserError(
                "Nothing to export yet: at least two classes need a tag, and the images need features."
                " Tag images on the Label page first."
            )
        head, classes = fitted
        by_hash = {image.sha256: image.path for image in self._distinct_images()}
        tagged = self._tagged(classes, by_hash)
        samples = [by_hash[key] for keys in tagged for key in keys[:SAMPLES_PER_CLASS]]
        yield from export_model(
            self._model(embeddings, head, classes),
            [record.name for record in classes],
            {record.name: len(keys) for record, keys in zip(classes, tagged, strict=True)},
            unknown_threshold=head.unknown_threshold,
            encoder_hash=embeddings.encoder.sha256,
            sample_paths=samples,
            parity_paths=spread(list(by_hash.values())),
            out=out,
            control=control,
        )

    # Instant

    def refresh(self) -> None:
        """Take a new snapshot of the project's images."""
        self.images = tuple(self.project.images())

    def encoder_info(self) -> EncoderInfo:
        """The encoder in use: the project's active one, or the shipped starter."""
        record = self.project.active_encoder()
        return read_encoder_info(record.path if record is not None else "starter")

    def tag(self, rows: Sequence[int], class_id: int | None) -> TagChange:
        """Tag the images at ``rows`` of :attr:`images` (None removes the tag); on disk when it returns.

        Unreadable images cannot be tagged and are passed over.
        """
        chosen = (self.images[row] for row in rows)
        hashes = [image.sha256 for image in chosen if image.sha256 and image.status != "unreadable"]
        return self.project.tag(hashes, class_id)

    def restore_tags(self, tags: Mapping[str, int | None]) -> TagChange:
        """Set tags by content hash, for undo and redo; on disk when it returns."""
        return self.project.restore_tags(tags)

    def tag_classes(self) -> npt.NDArray[np.int64]:
        """Class id of each image's tag, 0 for none: (N,)."""
        tags = self.project.tags()
        return np.array([tags.get(image.sha256, 0) for image in self.images], np.int64)

    def has_features(self) -> bool:
        """Whether features are loaded."""
        return self._embeddings is not None

    def missing_features(self) -> int:
        """Readable images that have no loaded features yet."""
        embeddings = self._embeddings
        rows = embeddings.rows if embeddings is not None else {}
        return sum(image.sha256 not in rows for image in self._distinct_images())

    def why_no_predictions(self) -> Reason | None:
        """What is missing, or None where :meth:`predict` has an answer."""
        if not any(image.status == "ok" for image in self.images):
            return Reason.NO_IMAGES
        embeddings = self._embeddings
        if embeddings is None:
            return Reason.NO_FEATURES
        tagged = {c for key, c in self.project.tags().items() if key in embeddings.rows}
        if not tagged:
            return Reason.NO_TAGS
        return Reason.ONE_CLASS if len(tagged) < 2 else None

    def predict(self) -> Predictions | None:
        """Fit the tags and score every image; None where :meth:`why_no_predictions` names a reason."""
        # Taken once: a scan in another thread may replace either meanwhile.
        embeddings, images = self._embeddings, self.images
        fitted = self._fit(embeddings)
        if fitted is None or embeddings is None:
            return None
        head, classes = fitted
        scores = head.probabilities(embeddings.values)
        far = head.unknown_score(embeddings.values) > head.unknown_threshold
        position = np.array([embeddings.rows.get(image.sha256, -1) for image in images], np.int64)
        known = position >= 0
        probabilities = np.where(known[:, None], scores[position], np.float32(0))
        class_index = np.where(known, probabilities.argmax(axis=1), -1)
        ids = np.array([record.id for record in classes])
        current = {
            image.sha256: int(ids[index]) for image, index in zip(images, class_index, strict=True) if index >= 0
        }
        previous, self._previous = self._previous, current
        changed = sum(key in previous and previous[key] != value for key, value in current.items())
        return Predictions(
            classes, class_index, probabilities.max(axis=1), probabilities, known & far[position], changed
        )

    # Inside

    def _fit(self, embeddings: _Embeddings | None) -> tuple[LinearHead, tuple[ClassRecord, ...]] | None:
        # Given, not read from self: a worker may put another encoder's embeddings there meanwhile.
        if embeddings is None:
            return None
        from micm_desktop.fewshot.classify import fit_head

        tags = {key: class_id for key, class_id in self.project.tags().items() if key in embeddings.rows}
        classes = tuple(record for record in self.project.classes() if record.id in set(tags.values()))
        if len(classes) < 2:
            return None
        index = {record.id: position for position, record in enumerate(classes)}
        keys = sorted(key for key, class_id in tags.items() if class_id in index)
        support = embeddings.values[[embeddings.rows[key] for key in keys]]
        labels = np.array([index[tags[key]] for key in keys], np.int64)
        method = self.project.setting(METHOD_SETTING, "auto")
        unlabeled = embeddings.values if method == "opta" else None
        return fit_head(method, support, labels, len(classes), unlabeled), classes

    def _model(self, embeddings: _Embeddings, head: LinearHead, classes: tuple[ClassRecord, ...]) -> "InspectionModel":
        from micm_desktop.explain.evidence import attention_weight, build_patch_bank, chosen_for_bank, support_map
        from micm_desktop.export.inspection_model import InspectionModel

        network, encoder = self._load_network(embeddings.encoder), embeddings.encoder
        by_hash = {image.sha256: image.path for image in self._distinct_images()}
        maps: list[list[Tensor]] = []
        for keys in self._tagged(classes, by_hash):
            of_class = []
            for key in chosen_for_bank(keys):
                found = self._support_maps.get((encoder.sha256, key))
                if found is None and (found := support_map(network, by_hash[key])) is not None:
                    self._support_maps[encoder.sha256, key] = found
                if found is not None:
                    of_class.append(found)
            maps.append(of_class)
        weight = attention_weight(encoder.training)
        return InspectionModel(network, embeddings.transform, head, build_patch_bank(maps), weight)

    def _tagged(self, classes: tuple[ClassRecord, ...], by_hash: Mapping[str, Path]) -> list[list[str]]:
        """Content hashes of the tagged images of each class, in a fixed order."""
        tags = self.project.tags()
        return [
            sorted(key for key, class_id in tags.items() if class_id == record.id and key in by_hash)
            for record in classes
        ]

    def _load_network(self, info: EncoderInfo) -> "MicmNetwork":
        from micm_desktop.micm.checkpoint import load_encoder

        with self._network_lock:
            if self._network is None or self._network[0] != info.sha256:
                self._network = (info.sha256, load_encoder(info.path).network)
                self._support_maps.clear()
            return self._network[1]

    def _store(self, info: EncoderInfo) -> FeatureStore:
        return FeatureStore(self.project.folder / "features" / info.sha256[:16], sum(part_sizes(info.config)))

    def _distinct_images(self) -> list[ImageRecord]:
        """Readable images, one per content."""
        return list({image.sha256: image for image in self.images if image.status == "ok"}.values())

    def _distinct_paths(self) -> list[Path]:
        return [image.path for image in self._distinct_images()]
