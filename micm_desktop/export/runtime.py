"""Run a model file on a line PC. Imports onnxruntime, NumPy and OpenCV only; never torch, never Qt."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.export.backends import Backend
from micm_desktop.export.model_file import TOLERANCES, ModelInfo, from_metadata
from micm_desktop.export.onnx_backend import open_onnx
from micm_desktop.export.openvino_backend import open_openvino
from micm_desktop.export.samples import heat_difference, score_difference
from micm_desktop.export.verdict import Outputs, verdict_on
from micm_desktop.export.verdict import Verdict as Verdict
from micm_desktop.fewshot.decision import default_policy
from micm_desktop.images.decode import UnreadableImage, decode_bytes, decode_image
from micm_desktop.progress import UserError


@dataclass(frozen=True)
class Verification:
    """The replayed samples against what is stored with them: ``max_abs_diff`` of probabilities and unknown scores,
    ``heatmap_max_abs_diff`` of heatmaps; ``same_class`` and ``same_verdict`` count agreements. Files of formats 1.0 and
    1.1 keep neither heatmaps nor verdicts; those count as the same."""

    images: int
    max_abs_diff: float
    heatmap_max_abs_diff: float
    same_class: int
    same_verdict: int
    ok: bool


class Model:
    """A loaded model file; see :func:`load`. Calls from several threads are safe."""

    def __init__(self, backend: Backend, info: ModelInfo) -> None:
        self._backend = backend
        self.info = info
        # A file of format 1.0 knows no costs: it tells the most probable class, and never asks.
        most_probable = replace(default_policy((False,) * len(info.classes)), ask_cost=1.0)
        self.policy = most_probable if info.policy is None else info.policy

    def judge(self, image: npt.NDArray[np.uint8] | Path | str) -> Verdict:
        """Judge one image: a file, or (H, W, 3) uint8 RGB of any size.

        Raises ValueError for an array of another shape or type, UnreadableImage for a file that is no image, and
        ProcessingError where there is too little memory for its size.
        """
        pixels = decode_image(Path(image)) if isinstance(image, str | Path) else image
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
            raise ValueError(f"expected (H, W, 3) uint8 RGB, got {pixels.shape} {pixels.dtype}")
        return self.verdict(self.outputs(pixels), pixels)

    def outputs(self, image: npt.NDArray[np.uint8]) -> Outputs:
        """What the graph alone says of one image (H, W, 3)."""
        probabilities, embedding, heatmap, unknown = self._backend.run(image[None])
        return Outputs(probabilities[0], embedding[0], heatmap[0], float(unknown[0]))

    def verdict(self, outputs: Outputs, image: npt.NDArray[np.uint8]) -> Verdict:
        """The verdict on an image (H, W, 3) of which the graph gave ``outputs``."""
        info = self.info
        return verdict_on(outputs, image, info.classes, info.unknown_threshold, self.policy, info.rules)

    def verify(self) -> Verification:
        """Replay the sample images inside the file and compare with the outputs stored at export."""
        scores, heat = 0.0, 0.0
        classes, verdicts = 0, 0
        for sample in self.info.samples:
            pixels = sample_pixels(sample.jpeg)
            found = self.outputs(pixels)
            scores = max(scores, score_difference(sample, found))
            heat = max(heat, heat_difference(sample, found))
            classes += int(np.argmax(sample.probabilities) == found.probabilities.argmax())
            verdicts += sample.verdict in (None, self.verdict(found, pixels).words())
        count = len(self.info.samples)
        of_scores, of_heat = TOLERANCES[self.info.precision]
        same = count > 0 and classes == verdicts == count
        return Verification(count, scores, heat, classes, verdicts, same and scores <= of_scores and heat <= of_heat)


def sample_pixels(jpeg: bytes) -> npt.NDArray[np.uint8]:
    """A sample's image (H, W, 3) RGB. Raises UserError where it is damaged."""
    try:
        return decode_bytes(jpeg, Path("sample.jpg"))
    except UnreadableImage as problem:
        raise UserError("A sample image inside the model file is damaged. Export the model again.") from problem


def load(path: Path | str, *, threads: int = 0) -> Model:
    """Load a model file, ``.onnx``, or ``.xml`` with its ``.bin`` beside it. ``threads`` 0 leaves the number to the
    runtime.

    Raises UserError where the file is missing, damaged, not ours, or of a newer format.
    """
    path = Path(path)
    opened = (open_openvino if path.suffix.lower() == ".xml" else open_onnx)(path, threads)
    return Model(opened.backend, from_metadata(opened.metadata, str(path)))
