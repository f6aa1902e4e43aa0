"""The whole of a model file as one torch module: pixels in, verdict, evidence and unknown score out.

The window explains images with this module, and the model file is its translation: both show the same map.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.explain.evidence import (
    PatchBank,
    evidence_map,
    mean_attention,
    patch_map,
    standardise,
    to_heat,
)
from micm_desktop.fewshot.embedding import EmbeddingTransform
from micm_desktop.fewshot.features import pooled_parts
from micm_desktop.fewshot.head import LinearHead
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare


class InspectionOutput(NamedTuple):
    """``probabilities`` (N, C), ``embedding`` (N, D), ``heatmap`` (N, h, w) in [0, 1], ``unknown_score`` (N,)."""

    probabilities: Tensor
    embedding: Tensor
    heatmap: Tensor
    unknown_score: Tensor


class InspectionModel(nn.Module):
    """``forward``: images (N, H, W, 3) uint8 RGB of any size -> :class:`InspectionOutput`."""

    weight: Tensor
    bias: Tensor
    prototypes: Tensor
    mean: Tensor
    part_scale: Tensor
    patches: Tensor
    empty: Tensor
    patch_mean: Tensor

    def __init__(
        self,
        network: MicmNetwork,
        transform: EmbeddingTransform,
        head: LinearHead,
        bank: PatchBank,
        attention_weight: float,
    ) -> None:
        """``attention_weight``: how much the class token's attention counts in the heatmap beside the evidence."""
        super().__init__()
        self.network = network
        self.attention_weight = attention_weight
        self.register_buffer("patches", bank.patches)
        self.register_buffer("empty", bank.empty)
        self.register_buffer("patch_mean", bank.mean)
        self.sizes = transform.sizes
        scale = [
            weight**0.5 for weight, size in zip(transform.weights, transform.sizes, strict=True) for _ in range(size)
        ]
        self.register_buffer("part_scale", torch.tensor(scale))
        self.register_buffer("mean", torch.from_numpy(transform.mean))
        self.register_buffer("weight", torch.from_numpy(head.weight))
        self.register_buffer("bias", torch.from_numpy(head.bias))
        self.register_buffer("prototypes", torch.from_numpy(head.prototypes))

    def forward(self, image: Tensor) -> InspectionOutput:
        return self.judge(self.encode(image))

    def encode(self, image: Tensor) -> Encoding:
        """What both the verdict and the attention are made of."""
        return self.network.encode(prepare(image, self.network.config))

    def judge(self, encoding: Encoding) -> InspectionOutput:
        """The verdict on images that are encoded already."""
        embedding = self._embed(encoding)
        logits = embedding @ self.weight.T + self.bias
        maps = patch_map(encoding)
        evidence = standardise(evidence_map(maps, logits.argmax(dim=1), self.patches, self.empty, self.patch_mean))
        if self.attention_weight:
            evidence = evidence + self.attention_weight * standardise(mean_attention(encoding.attention))
        heat = to_heat(evidence)
        nearest = (embedding @ self.prototypes.T).amax(dim=1)
        return InspectionOutput(logits.softmax(dim=1), embedding, heat, ((1 - nearest) / 2).clamp(0, 1))

    def _embed(self, encoding: Encoding) -> Tensor:
        parts, start = [], 0
        for part, size in zip(pooled_parts(encoding), self.sizes, strict=True):
            centred = F.normalize(part, dim=1) - self.mean[start : start + size]
            parts.append(centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-8))
            start += size
        return torch.cat(parts, dim=1) * self.part_scale
