"""What a student learns from: a fitted model's answers on unlabeled images, and on augmented views of them.

Teacher and student see the same views (Beyer et al., "Knowledge distillation: A good teacher is patient and
consistent", CVPR 2022). Each is judged once, before training; an answer takes a few kilobytes.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from micm_desktop.explain.evidence import evidence_for, patch_map, signed_heat, similarity
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.fewshot.embedding import VIEWS
from micm_desktop.fewshot.head import Array
from micm_desktop.fewshot.views import VIEW_EDGE, augmented
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.preprocess import squeeze
from micm_desktop.progress import JobControl, Progress, UserError, naming

SEEN = 1 + VIEWS
"""What is judged of an image at most: itself, and its views."""
TIMED = 8
"""Images after which it is known how many of all there is time for."""

Half = npt.NDArray[np.float16]


class Answers(NamedTuple):
    """Of N images: ``embedding`` (N, E), ``probabilities`` (N, C), ``evidence`` (N, C, h, w), signed."""

    embedding: Tensor
    probabilities: Tensor
    evidence: Tensor


@dataclass(frozen=True)
class Lessons:
    """``pixels`` (M, S, S, 3) uint8, what the student sees of each of M views, and what the teacher says of it:
    ``embedding`` (M, E), ``probabilities`` (M, C), ``evidence`` (M, C, h, w). ``images``: how many there are views of.
    """

    pixels: npt.NDArray[np.uint8]
    embedding: Half
    probabilities: Array
    evidence: Half
    images: int


@torch.inference_mode()
def answers(teacher: InspectionModel, images: Tensor) -> Answers:
    """Images (N, H, W, 3) uint8 RGB -> the teacher's verdict, and its evidence for every class."""
    encodings = teacher.encode(images)
    maps = patch_map(encodings)
    embedding, probabilities = teacher.classify(encodings, maps)
    similar = similarity(maps, teacher.patches, teacher.empty, teacher.patch_mean)
    evidence = []
    for label in range(probabilities.shape[1]):
        best = torch.full((len(images),), label, device=images.device)
        speaks = evidence_for(similar, best)
        evidence.append(signed_heat(teacher.extractor, encodings, speaks, teacher.salience[best]))
    return Answers(embedding, probabilities, torch.stack(evidence, dim=1))


def ask_teacher(
    teacher: InspectionModel,
    paths: Sequence[Path],
    size: int,
    seconds: float | None,
    most: int,
    control: JobControl,
) -> Iterator[Progress | Lessons]:
    """Judge ``paths`` and views of them; the last value is what the student learns from.

    ``size``: its input in pixels. At most ``most`` views, and as many as there are ``seconds`` for (None: no limit):
    fewer views of each image, then fewer images, of which the first are taken. Unreadable images are passed over.

    Raises UserError where none can be read, OSError where the temporary files have no room for the pixels, Cancelled.
    """
    device = next(teacher.parameters()).device
    largest = max(VIEW_EDGE, *(branch.network.config.image_size for branch in teacher.extractor.branches))
    seen = min(SEEN, max(1, most // len(paths)))
    count = min(len(paths), most // seen)
    found: list[Answers] = []
    filled = images = 0
    start = time.monotonic()
    # Of up to 600 MB. The system removes a file without a name however the program ends; what was written into it had
    # room, where a map of an empty file ends the program once the disk is full.
    with naming(Path(tempfile.gettempdir())), tempfile.TemporaryFile() as views:
        for number, path in enumerate(paths):
            control.safe_point()
            if number >= count:
                break
            if isinstance(image := try_decode(path), UnreadableImage):
                continue
            whole = torch.from_numpy(image)[None]
            batches = [whole] + ([augmented(image, largest)[: seen - 1]] if seen > 1 else [])
            for batch in batches:
                said = answers(teacher, batch.to(device))
                found.append(Answers(said.embedding.half().cpu(), said.probabilities.cpu(), said.evidence.half().cpu()))
                small = squeeze(batch, size).round().to(torch.uint8).permute(0, 2, 3, 1)
                views.write(small.contiguous().numpy().data)
                filled += len(batch)
            images += 1
            spent = time.monotonic() - start
            if images == TIMED and seconds is not None:
                a_view = spent / filled
                seen = min(seen, max(1, int(seconds / a_view / count)))
                count = min(count, max(TIMED, int(seconds / a_view / seen)))
            yield Progress(number + 1, count, "teacher", spent / (number + 1) * (count - number - 1))
        if not images:
            raise UserError("None of the images could be read. Check the files.")
        views.flush()
        pixels = np.memmap(views, np.uint8, "c", shape=(filled, size, size, 3))
    embedding, probabilities, evidence = (torch.cat(part).numpy() for part in zip(*found, strict=True))
    yield Lessons(pixels, embedding, probabilities, evidence, images)
