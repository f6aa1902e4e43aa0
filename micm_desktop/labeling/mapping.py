"""The map of a project's images: where each one lies, and what places the ones that are added later.

It is kept beside the features that it was made of. Those are known by the content of the images and by the encoder, so
a map whose encoder is in use again is there at once.
"""

import logging
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.embedding import Array, EmbeddingTransform, fit_transform
from micm_desktop.fewshot.projection import REFERENCES, Axes, Points, first_look, fit_axes, fit_layout, place
from micm_desktop.labeling.embedded import feature_store, features_folder
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project
from micm_desktop.whole_file import whole_file

_log = logging.getLogger(__name__)

FILE = "map-1.npz"
"""The number is that of the file's layout: a map of another layout is made anew."""
CHUNK = 4096


@dataclass(frozen=True)
class ImageMap:
    """Points (M, 2) float32 of the content hashes in ``rows``. ``coarse``: a first look, which a better one follows;
    else more points may follow, but those here stay where they are.
    """

    rows: dict[str, int]
    points: npt.NDArray[np.float32]
    coarse: bool = False


@dataclass(frozen=True)
class _Map:
    """``mean`` (D,) centres features, ``axes`` reduce their embeddings to K components. The map was fitted to
    ``reference`` (R, K), which belongs to the first R of ``keys``; ``points`` (M, 2) are those of all M keys.
    """

    mean: Array
    axes: Axes
    reference: Array
    keys: tuple[str, ...]
    points: Points


def image_map(
    project: Project, info: EncoderInfo, images: Sequence[ImageRecord], control: JobControl, *, anew: bool = False
) -> Iterator[Progress | ImageMap]:
    """The map of those ``images`` that have features of this encoder; nothing where none has.

    A map that is there is taken as it is and what it lacks is added to it, unless it shall be made ``anew``. Raises
    Cancelled; what was placed until then is kept.
    """
    if not features_folder(project, info).is_dir():
        return
    store = feature_store(project, info)
    rows, features = store.read()
    present = [image.sha256 for image in images if image.sha256 in rows]
    if not present:
        return
    file = store.folder / FILE
    source = _Source(info, rows, features)
    made = None if anew else _read(file, features.shape[1])
    if made is None:
        made = yield from _fit(source, present, control)
        _write(file, made)
    known = set(made.keys)
    yield _shown(made)
    yield from _add(file, made, source, [key for key in present if key not in known], control)


@dataclass(frozen=True)
class _Source:
    """Where embeddings come from: ``features`` (N, D) of the content hashes in ``rows``."""

    info: EncoderInfo
    rows: dict[str, int]
    features: Array

    def read(self, keys: Sequence[str]) -> Array:
        return np.asarray(self.features[[self.rows[key] for key in keys]], np.float32)

    def transform(self, mean: Array) -> EmbeddingTransform:
        return replace(fit_transform(mean[None], self.info.branches), mean=mean)

    def components(self, keys: Sequence[str], mean: Array, axes: Axes) -> tuple[list[str], Array]:
        """Those of ``keys`` whose features are finite, as they may be damaged on the disk, and their components."""
        transform, kept, parts = self.transform(mean), [], [np.zeros((0, len(axes.directions)), np.float32)]
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            found = axes(transform(self.read(some)))
            finite = np.asarray(np.isfinite(found).all(axis=1))
            kept += [key for key, good in zip(some, finite.tolist(), strict=True) if good]
            parts.append(found[finite])
        return kept, np.concatenate(parts)


def _fit(source: _Source, present: Sequence[str], control: JobControl) -> Generator[Progress | ImageMap, None, _Map]:
    yield Progress(0, 0)
    # Content hashes are as good as random numbers: the same images are chosen whatever their order.
    chosen = sorted(set(present))[:REFERENCES]
    features = source.read(chosen)
    mean = features[np.isfinite(features).all(axis=1)].mean(axis=0, dtype=np.float32)
    embeddings = source.transform(mean)(features)
    axes = fit_axes(embeddings[np.isfinite(embeddings).all(axis=1)])
    control.safe_point()
    keys, components = source.components(sorted(set(present)), mean, axes)
    control.safe_point()
    yield ImageMap(_places(keys), first_look(components).astype(np.float32), coarse=True)
    keys, reference = source.components(chosen, mean, axes)
    points = first_look(reference)
    for event in fit_layout(reference, control):
        if isinstance(event, Progress):
            yield event
        else:
            points = event
    return _Map(mean, axes, reference, tuple(keys), points)


def _add(
    file: Path, made: _Map, source: _Source, missing: Sequence[str], control: JobControl
) -> Iterator[Progress | ImageMap]:
    keys, components = source.components(missing, made.mean, made.axes)
    if not keys:
        return
    yield Progress(0, len(keys))
    first = shown = len(made.keys)
    try:
        for points in place(made.reference, made.points[: len(made.reference)], components, control):
            done = len(made.keys) - first + len(points)
            added = (*made.keys, *keys[done - len(points) : done])
            made = replace(made, keys=added, points=np.concatenate([made.points, points]))
            # Each map is a picture for the window to make: a few of them say as much as all.
            if len(made.keys) >= 2 * shown or done == len(keys):
                shown = len(made.keys)
                yield _shown(made)
            yield Progress(done, len(keys))
    finally:
        if len(made.keys) > first:
            _write(file, made)


def _places(keys: Sequence[str]) -> dict[str, int]:
    return {key: row for row, key in enumerate(keys)}


def _shown(made: _Map) -> ImageMap:
    return ImageMap(_places(made.keys), made.points.astype(np.float32))


def _write(file: Path, made: _Map) -> None:
    """All of it or nothing. A map that cannot be kept is made anew the next time."""
    try:
        with whole_file(file) as stream:
            np.savez(
                stream,
                mean=made.mean,
                centre=made.axes.centre,
                directions=made.axes.directions,
                reference=made.reference,
                keys=np.frombuffer("".join(made.keys).encode("ascii"), np.uint8),
                points=made.points,
            )
    except OSError:
        _log.warning("The map could not be kept", exc_info=True)


def _read(file: Path, size: int) -> _Map | None:
    """The map in ``file`` for features of ``size`` values; None where there is none or it is damaged."""
    if not file.is_file():
        return None
    try:
        with np.load(file, allow_pickle=False) as kept:
            mean, centre, directions, reference, keys, points = (
                kept[name] for name in ("mean", "centre", "directions", "reference", "keys", "points")
            )
        # A content hash has 64 letters.
        text = keys.tobytes().decode("ascii")
        names = tuple(text[start : start + 64] for start in range(0, len(text), 64))
        fits = (
            mean.shape == (size,)
            and directions.shape == (len(directions), len(centre))
            and reference.shape == (len(reference), len(directions))
            and points.shape == (len(names), 2)
            and 0 < len(reference) <= len(names) == len(set(names))
            and all(bool(np.isfinite(array).all()) for array in (mean, centre, directions, reference, points))
        )
    except (OSError, ValueError, KeyError, EOFError, UnicodeError, TypeError, zipfile.BadZipFile, zlib.error):
        fits = False
    if not fits:
        _log.warning("The map in %s is damaged and is made anew", file)
        return None
    return _Map(mean, Axes(centre, directions), reference, names, points)
