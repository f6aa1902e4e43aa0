"""Write a model file: torch -> ONNX, metadata, samples, and the check that both agree."""

import copy
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import torch

from micm_desktop import __version__
from micm_desktop.export import runtime
from micm_desktop.export.model_file import INPUT, OUTPUTS, ExportResult, ModelInfo, Sample, to_metadata
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import Policy
from micm_desktop.images.decode import UnreadableImage, decode_image
from micm_desktop.progress import JobControl, ProcessingError, Progress, UserError

OPSET = 20
SAMPLE_EDGE = 256
PARITY_TOLERANCE = 1e-4
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
) -> Iterator[Progress | ExportResult]:
    """Write ``out`` and compare it with torch on up to 100 of ``parity_paths``; the last value is the result.

    The file gets its name only after it has passed. Raises ProcessingError where the outputs differ by more than 1e-4,
    UserError where no image can be read, OSError where the disk refuses, Cancelled on cancel.
    """
    total = 2 + len(parity_paths[:PARITY_IMAGES])
    yield Progress(0, total, "translate")
    # Tracing puts stand-ins into the module that it traces: the caller's may be in use in another thread meanwhile.
    model = copy.deepcopy(model).eval().cpu()
    samples = tuple(sample for path in sample_paths if (sample := make_sample(model, path)) is not None)
    info = ModelInfo(
        tuple(classes),
        unknown_threshold,
        samples,
        encoder_hash,
        datetime.now(UTC).isoformat(timespec="seconds"),
        __version__,
        policy,
        rules,
        model.tiles,
    )
    control.safe_point()
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(out.name + ".part")
    try:
        write_onnx(model, info, temporary)
        yield Progress(1, total, "check")
        checked = runtime.load(temporary)
        difference, compared = 0.0, 0
        for done, path in enumerate(parity_paths[:PARITY_IMAGES]):
            control.safe_point()
            try:
                image = decode_image(path)
            except UnreadableImage:
                continue
            expected = torch_probabilities(model, image)
            difference = max(difference, float(np.abs(expected - checked.judge(image).probabilities).max()))
            compared += 1
            yield Progress(2 + done, total, "check")
        if not compared:
            raise UserError("None of the images could be read, so the model file could not be checked.")
        if difference > PARITY_TOLERANCE or not checked.verify().ok:
            raise ProcessingError(
                f"The model file does not agree with this program (largest difference {difference:.1e});"
                " it was not kept. Please report this with the log file."
            )
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
    yield Progress(total, total, "done")
    yield ExportResult(out, tuple(classes), support, out.stat().st_size, difference, compared)


def samples_of(tagged: Iterable[Sequence[Path]]) -> list[Path]:
    """The first ``SAMPLES_PER_CLASS`` tagged images of each class."""
    return [path for paths in tagged for path in paths[:SAMPLES_PER_CLASS]]


def spread(paths: Sequence[Path]) -> list[Path]:
    """At most ``PARITY_IMAGES`` of ``paths``, evenly over all of them and so over all classes."""
    count = min(len(paths), PARITY_IMAGES)
    return [paths[index * len(paths) // count] for index in range(count)]


def write_onnx(model: ModelGraph, info: ModelInfo, path: Path) -> None:
    """Translate ``model`` with free batch, height and width, and write it with its metadata as one file."""
    example = torch.zeros(2, 96, 112, 3, dtype=torch.uint8)
    dimensions = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model,
            (example,),
            dynamo=True,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes=(dimensions,),
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "model.onnx"
        program.save(raw, external_data=False)
        proto = onnx.load(raw)
    for key, value in to_metadata(info).items():
        proto.metadata_props.add(key=key, value=value)
    path.write_bytes(proto.SerializeToString())


def make_sample(model: ModelGraph, path: Path) -> Sample | None:
    """A small JPEG of an image with torch's outputs for it; None where the image cannot be read."""
    try:
        image = decode_image(path)
    except UnreadableImage:
        return None
    scale = min(1.0, SAMPLE_EDGE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)
    with torch.inference_mode():
        output = model(torch.from_numpy(pixels)[None])
    probabilities = tuple(float(p) for p in output.probabilities[0])
    return Sample(data.tobytes(), probabilities, float(output.unknown_score[0]))


@torch.inference_mode()
def torch_probabilities(model: ModelGraph, image: Image) -> npt.NDArray[np.float32]:
    """(C,) probabilities of one image (H, W, 3)."""
    out: npt.NDArray[np.float32] = model(torch.from_numpy(image)[None]).probabilities[0].numpy()
    return out
