"""The features of a project's images, cached on disk, and the embeddings made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform, part_sizes
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

CHUNK = 64


@dataclass(frozen=True)
class Embeddings:
    """Embeddings (M, D) of the content hashes in ``rows``, and the features' transform."""

    rows: dict[str, int]
    values: npt.NDArray[np.float32]
    transform: EmbeddingTransform
    encoder: EncoderInfo


def compute_features(
    project: Project, encoders: EncoderCache, info: EncoderInfo, images: Sequence[ImageRecord], control: JobControl
) -> Iterator[Progress]:
    """Embed those of ``images`` that have no features of this encoder yet, and keep them. Raises Cancelled."""
    from micm_desktop.fewshot.features import extract_features

    store = _store(project, info)
    todo = [image for image in images if image.sha256 not in store]
    network = encoders.network(info)
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


def read_embeddings(project: Project, info: EncoderInfo, images: Sequence[ImageRecord]) -> Embeddings | None:
    """The cached features of ``images``, centred on their own mean; None where there are none."""
    rows, features = _store(project, info).read()
    present = [image.sha256 for image in images if image.sha256 in rows]
    if not present:
        return None
    chosen = np.asarray(features[[rows[key] for key in present]], np.float32)
    transform = fit_transform(chosen, info.config)
    return Embeddings({key: row for row, key in enumerate(present)}, transform(chosen), transform, info)


def _store(project: Project, info: EncoderInfo) -> FeatureStore:
    return FeatureStore(project.folder / "features" / info.sha256[:16], sum(part_sizes(info.config)))
