"""The whole of a model file as one torch module: pixels in, verdict, evidence and unknown score out.

The window explains images with this module, and the model file is its translation: both show the same map.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from micm_desktop.explain.evidence import PatchBank, class_heat, evidence_map, patch_map
from micm_desktop.explain.salient_patches import LocalScores
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.fewshot.decision import Policy, default_policy
from micm_desktop.fewshot.embedding import EmbeddingTransform
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.head import LinearHead
from micm_desktop.fewshot.local import LocalHead
from micm_desktop.micm.network import Encoding


class InspectionOutput(NamedTuple):
    """``probabilities`` (N, C), ``embedding`` (N, D), ``heatmap`` (N, h, w) in [0, 1], ``unknown_score`` (N,)."""

    probabilities: Tensor
    embedding: Tensor
    heatmap: Tensor
    unknown_score: Tensor


class InspectionModel(ModelGraph):
    """``forward``: images (N, H, W, 3) uint8 RGB of any size -> :class:`InspectionOutput`."""

    weight: Tensor
    bias: Tensor
    prototypes: Tensor
    mean: Tensor
    patches: Tensor
    empty: Tensor
    patch_mean: Tensor
    salience: Tensor

    def __init__(
        self,
        extractor: FeatureExtractor,
        transform: EmbeddingTransform,
        head: LinearHead,
        bank: PatchBank,
        policy: Policy | None = None,
    ) -> None:
        """The heatmap is that of the class that ``policy`` decides on; None takes the most probable one."""
        super().__init__(default_policy((False,) * len(head.weight)) if policy is None else policy)
        self.extractor = extractor
        self.register_buffer("patches", bank.patches)
        self.register_buffer("empty", bank.empty)
        self.register_buffer("patch_mean", bank.mean)
        self.register_buffer("salience", bank.salience)
        self.sizes, self.weights = transform.sizes, transform.weights
        self.register_buffer("mean", torch.from_numpy(transform.mean))
        self.register_buffer("weight", torch.from_numpy(head.weight))
        self.register_buffer("bias", torch.from_numpy(head.bias))
        self.register_buffer("prototypes", torch.from_numpy(head.prototypes))
        self.local = LocalScores(head) if isinstance(head, LocalHead) else None

    def forward(self, image: Tensor) -> InspectionOutput:
        return self.judge(self.encode(image))

    def encode(self, image: Tensor, *, attention: bool = False) -> list[Encoding]:
        """What verdict and heatmap are made of, by each network in use; with ``attention`` that of all networks."""
        return self.extractor.encode(self.extractor.prepare(image), attention=attention, heat=True)

    def judge(self, encodings: Sequence[Encoding]) -> InspectionOutput:
        """The verdict on images that are encoded already."""
        maps = patch_map(encodings)
        embedding, probabilities = self.classify(encodings, maps)
        best = self.decided_class(probabilities)
        evidence = evidence_map(maps, best, self.patches, self.empty, self.patch_mean)
        heat = class_heat(self.extractor, encodings, evidence, self.salience[best])
        nearest = (embedding @ self.prototypes.T).amax(dim=1)
        return InspectionOutput(probabilities, embedding, heat, ((1 - nearest) / 2).clamp(0, 1))

    def classify(self, encodings: Sequence[Encoding], maps: Tensor) -> tuple[Tensor, Tensor]:
        """Embedding (N, D) and probabilities (N, C); ``maps`` are those of :func:`patch_map`."""
        embedding = self._embed(encodings)
        logits = embedding @ self.weight.T + self.bias
        if self.local is not None:
            logits = logits + self.local(encodings, maps)
        return embedding, logits.softmax(dim=1)

    def _embed(self, encodings: Sequence[Encoding]) -> Tensor:
        parts, start = [], 0
        for part, size, weight in zip(self.extractor.parts(encodings), self.sizes, self.weights, strict=True):
            # A part of weight 0 is left out, and with it all of the graph that only it needs.
            if weight:
                centred = part - self.mean[start : start + size]
                parts.append(centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-8) * weight**0.5)
            start += size
        return torch.cat(parts, dim=1)
