"""A folder with one sub-folder per class, embedded by an encoder."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform
from micm_desktop.fewshot.features import FeatureExtractor, extract_features
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.file_hash import file_hash
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.scan import find_images
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress, UserError


@dataclass(frozen=True)
class LabeledFolder:
    """Image paths and their class indices, in order of class and path; ``copies`` are files that equal one before them,
    which counts for all.
    """

    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: tuple[int, ...]
    copies: tuple[Path, ...] = ()


@dataclass(frozen=True)
class EmbeddedFolder:
    """The readable images of a labeled folder: embeddings (N, D), labels (N,), and what could not be read.

    ``extractor`` and ``transform`` made the embeddings, and make those of further images.
    """

    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: Labels
    embeddings: Array
    extractor: FeatureExtractor
    transform: EmbeddingTransform
    failed: tuple[UnreadableImage, ...]


def read_labeled_folder(root: Path) -> LabeledFolder:
    """Classes are the sub-folders that hold an image. Raises UserError where there are fewer than two."""
    if not root.is_dir():
        raise UserError(f"There is no folder {root}. Check the path.")
    found = {
        folder.name: list(find_images(folder))
        for folder in sorted(root.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
    }
    classes = [name for name, paths in found.items() if paths]
    if len(classes) < 2:
        named = f"only {classes[0]!r}" if classes else "none"
        raise UserError(f"{root} must hold one sub-folder of images per class, two or more; {named} found.")
    every = [(path, label) for label, name in enumerate(classes) for path in found[name]]
    copies = find_copies([path for path, _ in every])
    distinct = [(path, label) for path, label in every if path not in copies]
    paths, labels = zip(*distinct, strict=True)
    return LabeledFolder(tuple(classes), paths, labels, tuple(path for path, _ in every if path in copies))


def find_copies(paths: Sequence[Path]) -> set[Path]:
    """Those of ``paths`` whose bytes equal those of one before them. Files that cannot be read equal none."""
    by_size: dict[int, list[Path]] = {}
    for path in paths:
        with suppress(OSError):
            by_size.setdefault(path.stat().st_size, []).append(path)
    copies = set()
    for alike in by_size.values():
        seen = set()
        for path in alike if len(alike) > 1 else ():
            with suppress(OSError):
                digest = file_hash(path)
                if digest in seen:
                    copies.add(path)
                seen.add(digest)
    return copies


def embed_folder(
    encoder: LoadedEncoder, folder: LabeledFolder, control: JobControl
) -> Iterator[Progress | EmbeddedFolder]:
    """Embed all images; the last value is the result. The centre is that of the folder's images, without regard to
    labels.

    Raises UserError where no image can be read.
    """
    extractor = FeatureExtractor(encoder, every_part=False)
    rows: list[int] = []
    batches: list[Array] = []
    failed: list[UnreadableImage] = []
    for batch in extract_features(extractor, folder.paths, control):
        rows += batch.rows
        batches.append(batch.features)
        failed += batch.failed.values()
        yield Progress(len(rows) + len(failed), len(folder.paths))
    if not rows:
        raise UserError("None of the images could be read. Check the files.")
    features = np.concatenate(batches)
    transform = fit_transform(features, encoder.branch_infos)
    labels = np.array(folder.labels, np.int64)[rows]
    paths = tuple(folder.paths[row] for row in rows)
    yield EmbeddedFolder(folder.classes, paths, labels, transform(features), extractor, transform, tuple(failed))


def draw_support(labels: Labels, classes: Sequence[str], shots: int | None, seed: int) -> Labels:
    """Rows of the support set: ``shots`` images of each class (all with None), drawn by ``seed``.

    Raises UserError where a class has fewer images.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for index, name in enumerate(classes):
        members = np.flatnonzero(labels == index)
        if (shots is not None and len(members) < shots) or not len(members):
            raise UserError(f"Class {name!r} has {len(members)} readable images; {shots or 1} are needed.")
        rows.append(members if shots is None else rng.permutation(members)[:shots])
    return np.concatenate(rows)
