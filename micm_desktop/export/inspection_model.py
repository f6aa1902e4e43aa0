"""The whole of a model file as one torch module: pixels in, verdict, evidence and unknown score out.

The window explains images with this module, and the model file is its translation: both show the same map.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.explain.evidence import attention_heat, evidence_map, to_heat
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

    def __init__(self, network: MicmNetwork, transform: EmbeddingTransform, head: LinearHead) -> None:
        super().__init__()
        self.network = network
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
        encoding = self.network.encode(prepare(image, self.network.config))
        embedding = self._embed(encoding)
        logits = embedding @ self.weight.T + self.bias
        best = logits.topk(2, dim=1).indices
        direction = (self.weight[best[:, 0]] - self.weight[best[:, 1]]) * self.part_scale
        heat = to_heat(evidence_map(encoding, direction, self.mean, self.sizes))
        nearest = (embedding @ self.prototypes.T).amax(dim=1)
        return InspectionOutput(logits.softmax(dim=1), embedding, heat, ((1 - nearest) / 2).clamp(0, 1))

    def attention(self, image: Tensor) -> Tensor:
        """Attention of the class token, mean over heads, scaled to [0, 1]: (N, h, w)."""
        return attention_heat(self.network.encode(prepare(image, self.network.config)).attention)

    def _embed(self, encoding: Encoding) -> Tensor:
        parts, start = [], 0
        for part, size in zip(pooled_parts(encoding), self.sizes, strict=True):
            centred = F.normalize(part, dim=1) - self.mean[start : start + size]
            parts.append(centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-8))
            start += size
        return torch.cat(parts, dim=1) * self.part_scale
