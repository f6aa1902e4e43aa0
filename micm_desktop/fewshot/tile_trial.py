"""Do tiles pay? Tagged images, each judged without its tag: whole, and cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from micm_desktop.fewshot.agreement import gain
from micm_desktop.fewshot.head import Array, Labels, softmax
from micm_desktop.fewshot.tiles import Fit, Good, adjust, calibrate, chosen_tiles, held_out_verdicts

CLEAR_GAIN = 2.0
"""Standard errors by which the confidence in the right classes must rise: tiles take many times as long."""
MIN_TAGS = 3
"""Tags that each class needs for a trial to say anything."""


@dataclass(frozen=True)
class TileTrial:
    """``whole`` and ``accuracy``: share of the right verdicts on ``images`` tagged images, whole and cut into ``count``
    × ``count`` tiles, each class weighing the same. ``gain``: rise of the confidence in the right class, in standard
    errors.
    """

    count: int
    images: int
    whole: float
    accuracy: float
    gain: float

    @property
    def offered(self) -> bool:
        return self.gain > CLEAR_GAIN and self.accuracy > self.whole

    def sentence(self) -> str:
        """What the trial says, in words."""
        cut, whole = f"{self.accuracy:.0%}", f"{self.whole:.0%}"
        if self.offered:
            return (
                f"The images are cut into {self.count} x {self.count} tiles: judged by the other tags, {cut} of the"
                f" tagged images get their class that way, uncut {whole}."
            )
        return (
            f"The images are not cut into tiles: judged by the other tags, {cut} of the tagged images get their class"
            f" in {self.count} x {self.count} tiles, uncut {whole}."
        )


def try_tiles(
    fit: Fit,
    embeddings: Mapping[int, Array],
    labels: Labels,
    good: Good,
    marked: Mapping[int, Sequence[Sequence[int]]],
) -> TileTrial:
    """The best of the grids in ``embeddings`` and ``marked``, by their count; 1, the whole image, must be there.

    Embeddings are (S, T, E) of the same S images; each class has ``MIN_TAGS`` of them or more.
    """
    confidence, accuracy = {}, {}
    for count, values in embeddings.items():
        chosen = chosen_tiles(fit, values, labels, good, marked[count])
        held_out = _calibrated(held_out_verdicts(fit, values, labels, good, chosen)[0], labels, good)
        confidence[count] = softmax(held_out)[np.arange(len(labels)), labels]
        right = held_out.argmax(axis=1) == labels
        accuracy[count] = float(np.mean([right[labels == index].mean() for index in range(len(good))]))
    best = max((count for count in embeddings if count > 1), key=lambda count: float(confidence[count].mean()))
    return TileTrial(best, len(labels), accuracy[1], accuracy[best], gain(confidence[best], confidence[1]))


def _calibrated(held_out: Array, labels: Labels, good: Good) -> Array:
    """Held-out logits (S, C), each calibrated by the other images': a threshold fitted to an image would flatter it."""
    out = np.empty_like(held_out)
    for image in range(len(labels)):
        others = np.arange(len(labels)) != image
        out[image] = adjust(held_out[image], good, *calibrate(held_out[others], labels[others], good))
    return out
