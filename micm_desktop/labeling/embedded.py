"""The features of a project's images, cached on disk, and the embeddings made of them.

Below ``features`` of the project there is a folder for each encoder, which holds a feature store.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.compact import Array, CompactRows, compact
from micm_desktop.fewshot.embedding import EmbeddingTransform, feature_size, part_weights, transform_about
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.labeling import kept_embeddings
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

log = logging.getLogger(__name__)

CHUNK = 64
PART = 512
"""Images whose features are in memory at a time while their embeddings are made."""
LAYOUT = 3
"""Number of the feature's layout, part of the folder's name: features of another layout are computed anew."""


@dataclass(frozen=True)
class Embeddings:
    """Embeddings (M, E) of the content hashes in ``rows``; ``transform`` made them of features by ``encoder``.

    The first ``free`` rows may be learned from; behind them are those of the test set, of ``locked`` content hashes.
    ``views``: embeddings (V, E) of augmented views of tagged images, of those that have some yet.
    """

    rows: dict[str, int]
    values: CompactRows
    transform: EmbeddingTransform
    encoder: EncoderInfo
    free: int
    locked: frozenset[str]
    views: dict[str, Array] = field(default_factory=dict)

    @property
    def learnable(self) -> CompactRows:
        """The embeddings (free, E) that may be learned from."""
        return self.values.take(slice(self.free))


def features_folder(project: Project, info: EncoderInfo) -> Path:
    """Where the features of the project's images by this encoder lie."""
    return (project.folder / "features" / recipe(info)).parent


def recipe(info: EncoderInfo) -> str:
    """What features depend on beside the image, as a path: the encoder, the layout, and the parts that count."""
    # What counts for nothing is not computed: features made for other weights may lack it.
    counting = [[name for name, weight in part_weights(branch).items() if weight] for branch in info.branches]
    return f"{info.sha256[:16]}-{LAYOUT}/{sha256(str(counting).encode()).hexdigest()[:16]}"


def compute_features(
    project: Project,
    encoders: EncoderCache,
    info: EncoderInfo,
    images: Sequence[ImageRecord],
    control: JobControl,
    device: str = "cpu",
) -> Iterator[Progress]:
    """Embed those of ``images`` that have no features of this encoder yet, and keep them. Raises Cancelled, and
    UserError for a ``device`` that this computer does not have.

    Progress counts the images that are embedded.
    """
    from micm_desktop.fewshot.features import extract_features

    store = feature_store(project, info) if images else None
    todo = [image for image in images if store is not None and image.sha256 not in store]
    done, hashes, rows = 0, [], []
    yield Progress(0, len(todo))
    if store is None or not todo:
        return
    extractor = encoders.extractor_on(info, device)
    try:
        paths, known = [image.path for image in todo], [image.sha256 for image in todo]
        for batch in extract_features(extractor, paths, control, known):
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


def read_embeddings(project: Project, info: EncoderInfo, images: Sequence[ImageRecord]) -> Embeddings | None:
    """The cached features of ``images``, centred on the mean of those that are not locked; None where there are none of
    these."""
    if not features_folder(project, info).is_dir():
        return None
    store = feature_store(project, info)
    locked = project.locked()
    present = [image.sha256 for image in images if image.sha256 in store]
    free = [key for key in present if key not in locked]
    if not free:
        return None
    present = [*free, *(key for key in present if key in locked)]
    values, transform = _embeddings_of(store, present, len(free), info)
    return Embeddings({key: row for row, key in enumerate(present)}, values, transform, info, len(free), locked)


def _embeddings_of(
    store: FeatureStore, keys: Sequence[str], free: int, info: EncoderInfo
) -> tuple[CompactRows, EmbeddingTransform]:
    """Embeddings of ``keys``, centred on the first ``free``: in memory or, of many, in a file that is kept."""

    def parts() -> Iterator[Array]:
        # A part at a time: the features of 100,000 images are a gigabyte, of which only the embeddings stay.
        return (transform(part) for _, part in store.parts(keys, PART))

    transform = transform_about(np.zeros(feature_size(info.branches), np.float32), info.branches)
    large = 2 * len(keys) * transform.size > kept_embeddings.IN_MEMORY
    file = kept_embeddings.file_for(store.folder, keys, free, f"{transform.sizes} {transform.weights}")
    if large and (kept := kept_embeddings.read(file, len(keys), transform.size, len(transform.mean))):
        return kept[0], replace(transform, mean=kept[1])
    total = sum(part.sum(axis=0, dtype=np.float64) for _, part in store.parts(keys[:free], PART))
    transform = replace(transform, mean=np.asarray(total / free, np.float32))
    if large:
        try:
            kept_embeddings.write(file, parts, transform.mean)
        except OSError:
            log.warning("The embeddings cannot be kept in %s; they go into memory", file, exc_info=True)
        else:
            kept = kept_embeddings.read(file, len(keys), transform.size, len(transform.mean))
            if kept is not None:
                return kept[0], transform
    return compact(parts(), len(keys), transform.size), transform


def without(
    embeddings: Embeddings | None, images: Sequence[ImageRecord], key: str
) -> tuple[Embeddings | None, list[ImageRecord]]:
    """What is left where the tag of the content hash ``key`` cannot be learned from: embeddings, and images."""
    if embeddings is not None:
        embeddings = replace(embeddings, rows={one: row for one, row in embeddings.rows.items() if one != key})
    return embeddings, [image for image in images if image.sha256 != key]


def store_folder(project: Project, info: EncoderInfo) -> Path:
    """Where the store of those features lies; that of a million takes seconds to read."""
    return project.folder / "features" / recipe(info)


def feature_store(project: Project, info: EncoderInfo) -> FeatureStore:
    """The features of the project's images by this encoder; makes the folder where there is none."""
    return FeatureStore(store_folder(project, info), feature_size(info.branches))
