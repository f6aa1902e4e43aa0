"""Augmented views of the tagged images, from which a few tags teach more: their features, cached on disk."""

from collections.abc import Container, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.embedding import VIEWS, EmbeddingTransform, feature_size
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.labeling.embedded import Embeddings, store_folder
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

Array = npt.NDArray[np.float32]

VIEWS_FOLDER = "views-1"
"""Below the features of the images. The number is that of the augmentation: views made otherwise are computed anew."""


def without_views(project: Project, embeddings: Embeddings, images: Sequence[ImageRecord]) -> list[ImageRecord]:
    """The tagged among ``images`` whose views are not known yet; none where there are so many tags that views are not
    used.
    """
    from micm_desktop.fewshot.classify import MOST_VIEWED

    tagged = project.support_tags().keys() & embeddings.rows.keys()
    if len(tagged) > MOST_VIEWED:
        return []
    return [image for image in images if image.sha256 in tagged and image.sha256 not in embeddings.views]


def compute_views(
    project: Project,
    encoders: EncoderCache,
    embeddings: Embeddings,
    images: Sequence[ImageRecord],
    control: JobControl,
) -> Iterator[Progress]:
    """Compute the views of those of ``images`` that have none, keep their features on disk, and add their embeddings to
    ``embeddings.views``. An image that cannot be read is seen as it was. Raises Cancelled; what was computed is kept.
    """
    from micm_desktop.fewshot.views import extract_views

    info = embeddings.encoder
    extractor, store = encoders.extractor(info), _store(project, info)
    yield Progress(0, len(images))
    for number, features in extract_views(extractor, [image.path for image in images], control):
        key = images[number].sha256
        if features is not None:
            store.append([key], features.reshape(1, -1))
            embeddings.views[key] = embeddings.transform(features)
        else:
            embeddings.views[key] = np.repeat(embeddings.values[[embeddings.rows[key]]], VIEWS, axis=0)
        yield Progress(number + 1, len(images))


def read_views(
    project: Project, info: EncoderInfo, transform: EmbeddingTransform, present: Container[str]
) -> dict[str, Array]:
    """Embeddings (V, E) of the cached views of tagged images among ``present``, by content hash."""
    if not (store_folder(project, info) / VIEWS_FOLDER).is_dir():
        return {}
    store = _store(project, info)
    keys = [key for key in sorted(project.support_tags()) if key in present and key in store]
    found = {}
    for start, part in store.parts(keys, 64):
        for key, features in zip(keys[start : start + len(part)], part, strict=True):
            found[key] = transform(features.reshape(-1, feature_size(info.branches)))
    return found


def support_views(embeddings: Embeddings, keys: Sequence[str]) -> Array | None:
    """Embeddings (S, V, E) of views of the images ``keys``; None where none is known, or where there are too many tags
    for them. An image whose views are not known is seen as it is.
    """
    from micm_desktop.fewshot.classify import MOST_VIEWED

    known = [embeddings.views.get(key) for key in keys] if len(keys) <= MOST_VIEWED else []
    some = next((views for views in known if views is not None), None)
    if some is None:
        return None
    rows = embeddings.values[[embeddings.rows[key] for key in keys]]
    plain = (np.broadcast_to(row, some.shape) for row in rows)
    return np.stack([views if views is not None else own for views, own in zip(known, plain, strict=True)])


def _store(project: Project, info: EncoderInfo) -> FeatureStore:
    return FeatureStore(store_folder(project, info) / VIEWS_FOLDER, VIEWS * feature_size(info.branches))
