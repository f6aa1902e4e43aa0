"""What a pretraining run reports while it runs. Plain values: the window draws them, the command line prints them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.encoder_file import Verdict
from micm_desktop.progress import Progress


@dataclass(frozen=True)
class Started:
    """The images are read and the network is built; training begins with the next event."""

    images: int
    unreadable: int
    total_steps: int
    first_step: int
    device: str
    problems: tuple[UnreadableImage, ...] = ()


@dataclass(frozen=True)
class Step:
    """One optimiser step. ``losses``: ``total`` and the unweighted terms ``cls``, ``patch``, ``pixel``; in stage 2 also
    ``pseudo``."""

    step: int
    total_steps: int
    epoch: int
    losses: Mapping[str, float]
    learning_rate: float
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class EpochEnd:
    """End of one pass over the images. ``monitor``: ``effective_rank``, ``teacher_entropy``, ``view_consistency``,
    ``spread``, and where enough images are tagged ``few_shot_accuracy``."""

    epoch: int
    losses: Mapping[str, float]
    monitor: Mapping[str, float]


@dataclass(frozen=True)
class Preview:
    """What the network makes of a few images of which parts are hidden from it, where somebody asked to see that.

    ``originals`` (K, S, S, 3) uint8 RGB; ``hidden`` (K, h, w), True where a patch is hidden, the same all through a
    run; ``rebuilt`` (K, S, S, 3) uint8, the originals with the hidden patches as the network imagines them.
    ``attention`` (K, h, w) float32, the class token's to the patches of the whole originals, mean over the heads, each
    summing to 1.
    """

    step: int
    originals: npt.NDArray[np.uint8]
    hidden: npt.NDArray[np.bool_]
    rebuilt: npt.NDArray[np.uint8]
    attention: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Checkpoint:
    """The state of training is on disk; a run that is stopped from here on resumes at ``step``."""

    path: Path
    step: int


@dataclass(frozen=True)
class Told:
    """Something for people to read as it is: ``sentences``, each whole, and the step it belongs to."""

    step: int
    sentence: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return (self.sentence,)


@dataclass(frozen=True)
class Notice(Told):
    """Something that the run has met and dealt with."""


@dataclass(frozen=True)
class Collapse(Told):
    """Training went wrong and was taken back: ``sentence`` says what was seen, ``remedy`` what was done about it."""

    remedy: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return (self.sentence, self.remedy)


@dataclass(frozen=True)
class Balance(Told):
    """Dynamic balance: ``mask_ratio`` and ``lambda_cls`` from the next step on, and the ``reasons`` for the change."""

    mask_ratio: float
    lambda_cls: float
    reasons: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return (*self.reasons, self.sentence)


@dataclass(frozen=True)
class Stopped(Told):
    """The run ends before its time; ``sentence`` says why. What it learned is written next."""


@dataclass(frozen=True)
class Done:
    """Training ended (or was cancelled: ``completed`` is False) and ``encoder`` holds the teacher's weights.

    ``verdict``: whether the run was worth it, where that was judged.
    """

    encoder: Path
    completed: bool
    epochs: int
    images: int
    images_per_second: float
    losses: Mapping[str, float]
    peak_memory_mb: float
    seconds: float
    verdict: Verdict | None = None


Event = Progress | Started | Step | EpochEnd | Preview | Checkpoint | Told | Done
"""``Progress`` events count the images while they are read, before ``Started``."""
