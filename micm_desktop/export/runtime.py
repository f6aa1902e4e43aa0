"""Run a model file on a line PC. Imports onnxruntime, NumPy and OpenCV only; never torch, never Qt."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from micm_desktop.export.model_file import (
    INPUT,
    OUTPUTS,
    VERIFY_TOLERANCE,
    ModelInfo,
    from_metadata,
    max_difference,
)
from micm_desktop.export.rules import apply_rules
from micm_desktop.fewshot.decision import Outcome, decide, default_policy
from micm_desktop.images.decode import decode_image
from micm_desktop.progress import UserError

MAX_BYTES = 1 << 30
EXTERNAL_DATA_FOLDER = "session.model_external_initializers_file_folder_path"


@dataclass(frozen=True)
class Verdict:
    """The model's answer for one image.

    ``outcome``: good, defect, ask (a person), unknown, or class where there is no line between good and defect.
    ``rule`` names the rule that changed it, or is empty. ``class_name`` is the class that was decided on by what
    mistakes cost, ``confidence`` its probability, ``risk`` in [0, 1] how likely a defect is. ``probabilities`` (C,) sum
    to 1; ``heatmap`` (h, w) in [0, 1] is the evidence for the class before the rules; ``unknown`` says that the image
    is like nothing that was tagged.
    """

    outcome: Outcome
    class_name: str
    confidence: float
    risk: float
    rule: str
    unknown: bool
    unknown_score: float
    probabilities: npt.NDArray[np.float32]
    heatmap: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Verification:
    """``max_abs_diff`` of the replayed samples to the outputs stored at export; ``same_class`` counts agreements."""

    images: int
    max_abs_diff: float
    same_class: int
    ok: bool


class Model:
    """A loaded model file; see :func:`load`. Calls from several threads are safe."""

    def __init__(self, session: onnxruntime.InferenceSession, info: ModelInfo) -> None:
        self._session = session
        self.info = info
        # A file of format 1.0 knows no costs: it tells the most probable class, and never asks.
        most_probable = replace(default_policy((False,) * len(info.classes)), ask_cost=1.0)
        self.policy = most_probable if info.policy is None else info.policy

    def judge(self, image: npt.NDArray[np.uint8] | Path | str) -> Verdict:
        """Judge one image, (H, W, 3) uint8 RGB of any size, or the file that holds it.

        Raises ValueError for another shape or type, UnreadableImage for a file that cannot be used.
        """
        if isinstance(image, Path | str):
            image = decode_image(Path(image))
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"expected (H, W, 3) uint8 RGB, got {image.shape} {image.dtype}")
        probabilities, _, heatmap, unknown = self._session.run(list(OUTPUTS), {INPUT: image[None]})
        score = float(unknown[0])
        is_unknown = score > self.info.unknown_threshold
        decided = decide(probabilities, np.array([is_unknown]), self.policy)
        ruled = apply_rules(
            self.info.rules,
            Outcome(decided.outcome[0]),
            int(decided.class_index[0]),
            probabilities[0],
            heatmap[0],
            image,
            self.info.classes,
            self.policy.good,
        )
        return Verdict(
            ruled.outcome,
            self.info.classes[ruled.class_index],
            float(probabilities[0, ruled.class_index]),
            float(decided.risk[0]),
            ruled.rule,
            is_unknown,
            score,
            probabilities[0],
            heatmap[0],
        )

    def verify(self) -> Verification:
        """Replay the sample images inside the file and compare with the outputs stored at export."""
        largest, same = 0.0, 0
        for sample in self.info.samples:
            pixels = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
            if pixels is None:
                raise UserError("A sample image inside the model file is damaged. Export the model again.")
            verdict = self.judge(np.asarray(pixels, np.uint8))
            largest = max(largest, max_difference(sample, verdict.probabilities, verdict.unknown_score))
            same += int(np.argmax(sample.probabilities) == verdict.probabilities.argmax())
        count = len(self.info.samples)
        ok = count > 0 and same == count and largest <= VERIFY_TOLERANCE
        return Verification(count, largest, same, ok)


def load(path: Path, *, threads: int = 0) -> Model:
    """Load a model file. ``threads`` 0 leaves the number to onnxruntime.

    Raises UserError where the file is missing, damaged, not ours, or of a newer format.
    """
    if not path.is_file():
        raise UserError(f"There is no model file at {path}. Check the path.")
    if path.stat().st_size > MAX_BYTES:
        raise UserError(f"{path} is larger than any model file of MICM Desktop. Choose another file.")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    # A file that refers to data outside itself is to be refused: nothing can be below a file.
    options.add_session_config_entry(EXTERNAL_DATA_FOLDER, str(path.absolute() / "none"))
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UserError(f"{path} cannot be read ({problem.strerror}). Check its permissions.") from problem
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        metadata = session.get_modelmeta().custom_metadata_map
    except Exception as problem:
        raise UserError(f"{path} is not a model file, or it is damaged. Copy or export it again.") from problem
    info = from_metadata(metadata, str(path))
    shapes = {output.name: output.shape for output in session.get_outputs()}
    if not shapes.keys() >= set(OUTPUTS) or [item.name for item in session.get_inputs()] != [INPUT]:
        raise UserError(f"{path} does not have the inputs and outputs of a model file. Export it again.")
    if shapes["probabilities"][1:] != [len(info.classes)]:
        raise UserError(f"{path} does not name as many classes as it tells apart. Export it again.")
    return Model(session, info)
