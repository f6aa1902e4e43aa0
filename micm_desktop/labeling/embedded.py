"""The features of a project's images, cached on disk, and the embeddings made of them.

Below ``features`` of the project there is a folder for each encoder. It holds the patch statistics of the images that
there were when the encoder was first used, and a feature store for them: images that are added later are measured by
the same statistics, so that cached features stay valid.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.embedding import EmbeddingTransform, feature_size, fit_transform, part_weights
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.micm.encoder_file import EncoderInfo, file_hash
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

CHUNK = 64
LAYOUT = 2
"""Number of the feature's layout, part of the folder's name: features of another layout are computed anew."""


@dataclass(frozen=True)
class Embeddings:
    """Embeddings (M, E) of the content hashes in ``rows``; ``transform`` made them of features by ``encoder`` and the
    patch statistics in the file ``statistics``.
    """

    rows: dict[str, int]
    values: npt.NDArray[np.float32]
    transform: EmbeddingTransform
    encoder: EncoderInfo
    statistics: Path


def statistics_file(project: Project, info: EncoderInfo) -> Path:
    """Where the patch statistics of the project's images lie for this encoder, once they are computed."""
    return project.folder / "features" / f"{info.sha256[:16]}-{LAYOUT}" / "statistics.safetensors"


def compute_features(
    project: Project,
    encoders: EncoderCache,
    info: EncoderInfo,
    images: Sequence[ImageRecord],
    control: JobControl,
    *,
    anew: bool = False,
) -> Iterator[Progress]:
    """Embed those of ``images`` that have no features of this encoder yet, and keep them. Raises Cancelled.

    ``anew`` forgets the statistics and features that there are. Progress counts the images that statistics are taken
    of, where there are none yet, then those that are embedded.
    """
    from micm_desktop.fewshot.features import extract_features

    statistics = statistics_file(project, info)
    if anew:
        shutil.rmtree(statistics.parent, ignore_errors=True)
        statistics.unlink(missing_ok=True)
    if images and not _usable(statistics):
        yield from _compute_statistics(encoders, info, [image.path for image in images], statistics, control)
    store = _store(statistics, info) if images else None
    todo = [image for image in images if store is not None and image.sha256 not in store]
    done, hashes, rows = 0, [], []
    yield Progress(0, len(todo))
    if store is None or not todo:
        return
    extractor = encoders.extractor(info, statistics)
    try:
        for batch in extract_features(extractor, [image.path for image in todo], control):
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
    statistics = statistics_file(project, info)
    if not statistics.is_file():
        return None
    rows, features = _store(statistics, info).read()
    present = [image.sha256 for image in images if image.sha256 in rows]
    if not present:
        return None
    chosen = np.asarray(features[[rows[key] for key in present]], np.float32)
    transform = fit_transform(chosen, info.branches)
    return Embeddings({key: row for row, key in enumerate(present)}, transform(chosen), transform, info, statistics)


def _compute_statistics(
    encoders: EncoderCache, info: EncoderInfo, paths: Sequence[Path], out: Path, control: JobControl
) -> Iterator[Progress]:
    from micm_desktop.fewshot.features import fit_statistics
    from micm_desktop.fewshot.rarity import save_statistics

    for event in fit_statistics(encoders.encoder(info), paths, control):
        if isinstance(event, Progress):
            yield event
        else:
            save_statistics(out, event)


def _usable(statistics: Path) -> bool:
    from micm_desktop.fewshot.rarity import load_statistics

    try:
        load_statistics(statistics)
    except UserError:
        return False
    return True


def _store(statistics: Path, info: EncoderInfo) -> FeatureStore:
    # What counts for nothing is not computed: features made for other weights may lack it.
    counting = [[name for name, weight in part_weights(branch).items() if weight] for branch in info.branches]
    key = sha256(f"{file_hash(statistics)} {counting}".encode()).hexdigest()
    return FeatureStore(statistics.parent / key[:16], feature_size(info.branches))
