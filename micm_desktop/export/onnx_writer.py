"""Write a model file: torch -> ONNX, metadata, samples, and the check that both agree."""

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import numpy.typing as npt
import torch

from micm_desktop import __version__
from micm_desktop.export import runtime
from micm_desktop.export.attribution import attribution
from micm_desktop.export.converting import describe, sample_of, to_int8, to_openvino
from micm_desktop.export.int8_trial import Int8Trial
from micm_desktop.export.model_file import ExportResult, ModelInfo, Precision
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.export.placing import check_place, put_in_place
from micm_desktop.export.rules import Rules
from micm_desktop.export.samples import Sample
from micm_desktop.export.target import NO_TAGS, ONE_FILE, Tagged, Target, needs_openvino
from micm_desktop.export.translating import translate
from micm_desktop.export.verdict import Outputs
from micm_desktop.fewshot.decision import Policy
from micm_desktop.images.decode import UnreadableImage, decode_image
from micm_desktop.progress import JobControl, ProcessingError, Progress, UserError

SAMPLE_EDGE = 256
PARITY_TOLERANCES = {Precision.float32: 1e-4, Precision.float16: 0.01, Precision.int8: 1.0}
"""Largest difference of a probability to torch's. What int8 costs is judged by verdicts."""
PARITY_IMAGES = 100
SAMPLES_PER_CLASS = 2

Image = npt.NDArray[np.uint8]


def export_model(
    model: ModelGraph,
    classes: Sequence[str],
    support: dict[str, int],
    *,
    unknown_threshold: float,
    policy: Policy,
    rules: Rules,
    encoder_hash: str,
    sample_paths: Sequence[Path],
    parity_paths: Sequence[Path],
    out: Path,
    control: JobControl,
    target: Target = ONE_FILE,
    tagged: Tagged = NO_TAGS,
) -> Iterator[Progress | ExportResult]:
    """Write ``out`` and compare it with torch on up to 100 of ``parity_paths``; the last value is the result.

    An int8 file takes its ranges from ``parity_paths``, and is judged by the ``tagged`` images. The file gets its name
    only after it has passed. Raises ProcessingError where the outputs differ by more than ``PARITY_TOLERANCES``, or
    int8 loses more than its limit; UserError where no image can be read, or a package is missing; OSError where the
    disk refuses; Cancelled on cancel.
    """
    if target.openvino:
        needs_openvino()
    parity_paths = parity_paths[:PARITY_IMAGES]
    total = 2 + len(parity_paths)
    yield Progress(0, total, "translate")
    # Tracing puts stand-ins into the module that it traces: the caller's may be in use in another thread meanwhile.
    model = copy.deepcopy(model).eval().cpu()
    info = ModelInfo(
        tuple(classes),
        unknown_threshold,
        (),
        encoder_hash,
        datetime.now(UTC).isoformat(timespec="seconds"),
        __version__,
        policy,
        rules,
        model.tiles,
        attribution=attribution(model),
    )
    samples = (make_sample(model, path, info) for path in sample_paths)
    info = replace(info, samples=tuple(sample for sample in samples if sample is not None))
    control.safe_point()
    check_place(out)
    # Windows does not remove a file that is still mapped.
    with TemporaryDirectory(prefix="micm-export-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / f"{out.stem}.onnx"
        write_onnx(model, info, made, control)
        trial = None
        if target.int8:
            for event in to_int8(model, info, made, parity_paths, tagged, target.int8_limit, control):
                if isinstance(event, Int8Trial):
                    trial = event
                else:
                    yield event
            info = runtime.load(made).info
        if target.openvino:
            made = to_openvino(info, made)
        yield Progress(1, total, "check")
        checked = runtime.load(made)
        difference, compared = 0.0, 0
        for done, path in enumerate(parity_paths):
            control.safe_point()
            try:
                image = decode_image(path)
            except UnreadableImage:
                continue
            expected = torch_outputs(model, image).probabilities
            difference = max(difference, float(np.abs(expected - checked.outputs(image).probabilities).max()))
            compared += 1
            yield Progress(2 + done, total, "check")
        if not compared:
            raise UserError("None of the images could be read, so the model file could not be checked.")
        if difference > PARITY_TOLERANCES[checked.info.precision] or not checked.verify().ok:
            raise ProcessingError(
                f"The model file does not agree with this program (largest difference {difference:.1e});"
                " it was not kept. Please report this with the log file."
            )
        # The weights first: a description beside weights that are not its own is refused.
        parts = [made.with_suffix(".bin"), made] if target.openvino else [made]
        size = sum(part.stat().st_size for part in parts)
        put_in_place(parts, out)
    yield Progress(total, total, "done")
    yield ExportResult(out, tuple(classes), support, size, difference, compared, trial)


def samples_of(tagged: Iterable[Sequence[Path]]) -> list[Path]:
    """The first ``SAMPLES_PER_CLASS`` tagged images of each class."""
    return [path for paths in tagged for path in paths[:SAMPLES_PER_CLASS]]


def spread(paths: Sequence[Path]) -> list[Path]:
    """At most ``PARITY_IMAGES`` of ``paths``, evenly over all of them and so over all classes."""
    count = min(len(paths), PARITY_IMAGES)
    return [paths[index * len(paths) // count] for index in range(count)]


def write_onnx(model: ModelGraph, info: ModelInfo, path: Path, control: JobControl) -> None:
    """Translate ``model`` and write it with its metadata as one file. Raises OSError, ProcessingError, Cancelled."""
    translate(model, path, control)
    describe(path, info)


def make_sample(model: ModelGraph, path: Path, info: ModelInfo) -> Sample | None:
    """A small JPEG of an image with torch's outputs and the verdict for it; None where it cannot be read."""
    try:
        image = decode_image(path)
    except UnreadableImage:
        return None
    scale = min(1.0, SAMPLE_EDGE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    jpeg = data.tobytes()
    pixels = runtime.sample_pixels(jpeg)
    return sample_of(jpeg, pixels, torch_outputs(model, pixels), info)


@torch.inference_mode()
def torch_outputs(model: ModelGraph, image: Image) -> Outputs:
    """What torch says of one image (H, W, 3)."""
    found = model(torch.from_numpy(image)[None])
    return Outputs(
        found.probabilities[0].numpy(),
        found.embedding[0].numpy(),
        found.heatmap[0].numpy(),
        float(found.unknown_score[0]),
    )
