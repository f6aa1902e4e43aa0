"""Augmented views of tagged images: a few tags teach more where each is also seen mirrored, turned, cropped, and in
other light. docs/decisions/0013-finetune.md says what they are worth.
"""

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot.embedding import VIEWS
from micm_desktop.fewshot.features import FeatureExtractor, extract_batch
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.augment import crop_views, jitter
from micm_desktop.progress import JobControl, Progress, UserError

VIEW_SCALE, VIEW_JITTER, VIEW_EDGE = (0.7, 1.0), 0.2, 256
"""Share of the area that a view keeps, change of brightness and contrast, and largest edge in pixels of networks with a
smaller input."""


def augmented(image: npt.NDArray[np.uint8], largest: int = VIEW_EDGE) -> Tensor:
    """Views of an image (H, W, 3) uint8 RGB -> (VIEWS, E, E, 3) uint8, E at most ``largest``; the same for the same
    pixels.
    """
    generator = torch.Generator().manual_seed(zlib.crc32(image.tobytes()))
    edge = min(largest, *image.shape[:2])
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
    planes = F.interpolate(planes, size=(edge, edge), mode="bilinear", antialias=True, align_corners=False)
    views = crop_views(planes.expand(VIEWS, -1, -1, -1), edge, VIEW_SCALE, generator)
    views = jitter(views, generator, strength=VIEW_JITTER, grayscale=0.0, blur=0.0)
    return (views.permute(0, 2, 3, 1) * 255).round().to(torch.uint8)


def prepared_views(extractor: FeatureExtractor, path: Path) -> list[list[Tensor]] | UnreadableImage:
    """The networks' inputs of each view of an image file, or why it cannot be read."""
    image = try_decode(path)
    if isinstance(image, UnreadableImage):
        return image
    largest = max(VIEW_EDGE, *(branch.network.config.image_size for branch in extractor.branches))
    return [extractor.prepare(view[None]) for view in augmented(image, largest)]


def extract_views(
    extractor: FeatureExtractor, paths: Sequence[Path], control: JobControl
) -> Iterator[tuple[int, Array | None]]:
    """The number of each of ``paths``, and the features (VIEWS, D) of its views; None where it cannot be read. Raises
    Cancelled.
    """
    for number, path in enumerate(paths):
        control.safe_point()
        inputs = prepared_views(extractor, path)
        yield number, None if isinstance(inputs, UnreadableImage) else extract_batch(extractor, inputs)


def views_of(embedded: EmbeddedFolder, rows: Labels, control: JobControl) -> Iterator[Progress | Array]:
    """Compute the embeddings (R, VIEWS, E) of views of the images with numbers ``rows`` (R,); the last value is these.

    Raises Cancelled, and UserError where a file has gone since it was embedded.
    """
    paths, found = [embedded.paths[row] for row in rows], []
    for number, features in extract_views(embedded.extractor, paths, control):
        if features is None:
            raise UserError(f"{paths[number]} cannot be read any more. Try again.")
        found.append(embedded.transform(features))
        yield Progress(number + 1, len(paths))
    yield np.stack(found)
