"""Why an image is judged as it is: maps by one forward pass, and the tagged images that decided."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from micm_desktop.explain.examples import Array, Example, matching_patches, nearest
from micm_desktop.export.rules import RuledVerdict, Rules, apply_rules
from micm_desktop.fewshot.decision import Outcome, decide
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.inspecting import Marks, marked_images, patch_bank, tagged_by_class, tagged_paths
from micm_desktop.labeling.judging import Fitted
from micm_desktop.labeling.values import Explanation
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from torch import Tensor

    from micm_desktop.explain.evidence import PatchBank
    from micm_desktop.fewshot.features import FeatureExtractor
    from micm_desktop.micm.network import Encoding

NO_RULES = Rules()
OF_THE_CLASS, OF_THE_RUNNER_UP = 3, 1
"""Examples of each."""


class Explainer:
    """Explains image after image. The patches of the tagged images are kept as long as tags and marked regions are
    the same."""

    def __init__(self, project: Project, encoders: EncoderCache) -> None:
        self._project = project
        self._encoders = encoders
        self._bank: tuple[object, PatchBank] | None = None

    def untagged(self, info: EncoderInfo, image: ImageRecord) -> Explanation:
        """Where an image is unusual, while there are no tags to explain. Raises UserError, UnreadableImage."""
        import torch

        from micm_desktop.explain.evidence import untagged_heat

        pixels = _read(image)
        extractor = self._encoders.extractor(info)
        with torch.inference_mode():
            encodings = extractor.encode(extractor.prepare(pixels), attention=True, heat=True)
            heat = untagged_heat(extractor, encodings)[0].numpy()
            attention, heads, flow = _attention(extractor, encodings)
        return Explanation(image.sha256, heat, attention, "", "", heads, flow)

    def verdict(
        self, fitted: Fitted, images: Sequence[ImageRecord], image: ImageRecord, rules: Rules = NO_RULES
    ) -> Explanation:
        """Why an image got its class; ``images`` hold the tagged ones. Raises UserError, UnreadableImage."""
        import torch

        from micm_desktop.explain.evidence import patch_map, untagged_heat
        from micm_desktop.export.inspection_model import InspectionModel

        pixels = _read(image)
        encoder = fitted.embeddings.encoder
        extractor = self._encoders.extractor(encoder)
        paths = tagged_paths(self._project, images)
        tagged = tagged_by_class(self._project, fitted.classes, paths)
        bank = self._patch_bank(encoder, tagged, paths, marked_images(self._project, images))
        model = InspectionModel(extractor, fitted.embeddings.transform, fitted.head, bank, fitted.policy)
        with torch.inference_mode():
            encodings = model.encode(pixels, attention=True)
            output = model.judge(encodings)
            attention, heads, flow = _attention(extractor, encodings)
            unusual = untagged_heat(extractor, encodings)[0].numpy()
            maps = patch_map(encodings)[0].numpy()
        heat = output.heatmap[0].numpy()
        unknown = float(output.unknown_score[0]) > fitted.head.unknown_threshold
        first = int(model.decided_class(output.probabilities)[0])
        second = next(index for index in output.probabilities[0].argsort(descending=True).tolist() if index != first)
        others = [[key for key in keys if key != image.sha256] for keys in tagged]
        if unknown:
            wanted = [([key for keys in others for key in keys], OF_THE_CLASS + OF_THE_RUNNER_UP)]
        else:
            wanted = [(others[first], OF_THE_CLASS), (others[second], OF_THE_RUNNER_UP)]
        chosen = [pair for keys, count in wanted for pair in _nearest(fitted, output.embedding[0].numpy(), keys, count)]
        names = {key: fitted.classes[index].name for index, keys in enumerate(tagged) for key in keys}
        examples = []
        for key, similarity in chosen:
            there = self._encoders.support_map(encoder, extractor, key, paths[key])
            # A file may have gone since it was tagged.
            if there is not None:
                pairs = matching_patches(maps, there.numpy(), bank.mean.numpy(), unusual if unknown else heat)
                examples.append(Example(key, names[key], similarity, pairs))
        return Explanation(
            image.sha256,
            heat,
            attention,
            fitted.classes[first].name,
            fitted.classes[second].name,
            heads,
            flow,
            unknown,
            tuple(examples),
            *_ruled(fitted, rules, output.probabilities.numpy(), unknown, heat, pixels[0].numpy()),
        )

    def _patch_bank(
        self,
        encoder: EncoderInfo,
        tagged: Sequence[Sequence[str]],
        paths: Mapping[str, Path],
        marks: Mapping[str, Marks],
    ) -> "PatchBank":
        key = (encoder.sha256, tagged, marks)
        if self._bank is None or self._bank[0] != key:
            self._bank = key, patch_bank(self._encoders, encoder, tagged, paths, marks)
        return self._bank[1]


def _ruled(
    fitted: Fitted, rules: Rules, probabilities: Array, unknown: bool, heat: Array, pixels: npt.NDArray[np.uint8]
) -> tuple[RuledVerdict, float]:
    """The verdict of the model file, and the risk. probabilities (1, C), heat (h, w), pixels (H, W, 3)."""
    decided = decide(probabilities, np.array([unknown]), fitted.policy)
    names = tuple(record.name for record in fitted.classes)
    outcome, best = Outcome(decided.outcome[0]), int(decided.class_index[0])
    ruled = apply_rules(rules, outcome, best, probabilities[0], heat, pixels, names, fitted.policy.good)
    return ruled, float(decided.risk[0])


def _read(image: ImageRecord) -> "Tensor":
    """The decoded pixels, (1, H, W, 3) uint8 RGB."""
    import torch

    from micm_desktop.images.decode import decode_image

    return torch.from_numpy(decode_image(image.path))[None]


def _attention(extractor: "FeatureExtractor", encodings: Sequence["Encoding"]) -> tuple[Array, Array, Array]:
    """Mean attention (h, w), each head's (H, h, w) and rollout (h, w), of the networks that know the user's images; of
    all where none does."""
    from micm_desktop.explain.attention import attention_heat, head_heats, rollout_heat, telling

    of = telling(extractor, encodings)
    return attention_heat(of)[0].numpy(), head_heats(of)[:, 0].numpy(), rollout_heat(of)[0].numpy()


def _nearest(fitted: Fitted, embedding: Array, keys: Sequence[str], count: int) -> list[tuple[str, float]]:
    """The nearest of the tagged images ``keys``, with the cosine of their embeddings."""
    known = [key for key in keys if key in fitted.embeddings.rows]
    support = fitted.embeddings.values[[fitted.embeddings.rows[key] for key in known]]
    return [(known[row], float(support[row] @ embedding)) for row in nearest(embedding, support, count)]
