"""A small convolutional network that a model file can hold instead of an encoder, for PCs that are too slow for one.

It answers all at once: embedding, logits, and a map of evidence for each class. docs/decisions/0028-distillation.md
says how it learns them and what it costs.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.explain.maps import to_heat
from micm_desktop.export.inspection_model import InspectionOutput
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.fewshot.decision import Policy
from micm_desktop.fewshot.head import Array
from micm_desktop.micm.cnn import MOBILENET, build_stages
from micm_desktop.micm.config import IMAGENET_MEAN, IMAGENET_STD
from micm_desktop.micm.network import ConvStem
from micm_desktop.micm.preprocess import squeeze

MAP_WIDTH = 64
LAST_BLOCKS = 2
"""Of MobileNetV2's stages at stride 32: two of them make a million parameters, all five 2.2 million."""


@dataclass(frozen=True)
class StudentConfig:
    """``network``: ``mobilenetv2`` (torchvision's, which is timm's ``mobilenetv2_100``) or the name of a timm CNN;
    ``image_size``: its square input in pixels, a multiple of 32; ``dim``: most dimensions of its embedding.
    """

    network: str = MOBILENET
    image_size: int = 128
    dim: int = 128

    def __post_init__(self) -> None:
        if self.image_size < 32 or self.image_size % 32:
            raise ValueError(f"image_size {self.image_size} is not a multiple of 32")


class StudentOutput(NamedTuple):
    """``embedding`` (B, D), L2-normalised; ``logits`` (B, C); ``evidence`` (B, C, S/8, S/8), signed."""

    embedding: Tensor
    logits: Tensor
    evidence: Tensor


class StudentNetwork(nn.Module):
    """``forward``: normalised images (B, 3, S, S) -> :class:`StudentOutput`.

    The evidence is read off the maps at stride 8, 16 and 32, as feature pyramids do (Lin et al., CVPR 2017).
    """

    frozen: bool = False
    """Whether the stages up to stride 4, and all batch-norm statistics of the trunk, stay as they are."""

    def __init__(self, config: StudentConfig, classes: int, dim: int) -> None:
        super().__init__()
        self.config = config
        stages = build_stages(config.network)
        _, fine, coarse, _ = stages.channels
        self.early = stages.body[: stages.frozen]
        self.fine = stages.body[stages.frozen : stages.fine]
        self.coarse = stages.body[stages.fine :]
        self.last = stages.last[:LAST_BLOCKS] if config.network == MOBILENET else stages.last
        deep = self._deep_channels()
        self.pooled_norm = nn.BatchNorm1d(2 * (coarse + deep), affine=False)
        self.embed = nn.Linear(2 * (coarse + deep), dim)
        self.classify = nn.Linear(dim, classes)
        self.lateral = nn.ModuleList(nn.Conv2d(channels, MAP_WIDTH, 1) for channels in (fine, coarse, deep))
        self.locate = nn.Sequential(nn.BatchNorm2d(MAP_WIDTH), nn.ReLU(), nn.Conv2d(MAP_WIDTH, classes, 1))

    @torch.no_grad()
    def _deep_channels(self) -> int:
        self.eval()
        return int(self.last(self.coarse(self.fine(self.early(torch.zeros(1, 3, 64, 64))))).shape[1])

    def start_from(self, stem: ConvStem) -> None:
        """Take over the weights of an encoder's MobileNetV2; its edges and textures stay as they are."""
        stages = list(self.early) + list(self.fine) + list(self.coarse)
        for own, other in zip(stages + list(self.last), [*stem.body, *list(stem.last)[:LAST_BLOCKS]], strict=True):
            own.load_state_dict(other.state_dict())
        self.frozen = True
        self.early.requires_grad_(False)

    def train(self, mode: bool = True) -> "StudentNetwork":
        super().train(mode)
        if self.frozen:
            for part in (self.early, self.fine, self.coarse, self.last):
                part.eval()
        return self

    def forward(self, images: Tensor) -> StudentOutput:
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            early = self.early(images.contiguous(memory_format=torch.channels_last))
        fine = self.fine(early)
        coarse = self.coarse(fine)
        deep = self.last(coarse)
        pooled = [pool for maps in (coarse, deep) for pool in (maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3)))]
        embedding = F.normalize(self.embed(self.pooled_norm(torch.cat(pooled, dim=1).float())), dim=1)
        own, wider, widest = (lateral(maps) for lateral, maps in zip(self.lateral, (fine, coarse, deep), strict=True))
        pyramid = own + _enlarged(wider, 2) + _enlarged(widest, 4)
        return StudentOutput(embedding, self.classify(embedding), self.locate(pyramid).float())


def _enlarged(maps: Tensor, factor: int) -> Tensor:
    return F.interpolate(maps, scale_factor=float(factor), mode="nearest")


class StudentModel(ModelGraph):
    """The whole of a model file with a student in it: resize, network, verdict, heatmap and unknown score."""

    mean: Tensor
    std: Tensor
    prototypes: Tensor

    def __init__(self, network: StudentNetwork, prototypes: Array, policy: Policy) -> None:
        """``prototypes`` (C, D): of the student's own embeddings, L2-normalised."""
        super().__init__(policy)
        self.network = network
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1))
        self.register_buffer("prototypes", torch.from_numpy(np.ascontiguousarray(prototypes)))

    def forward(self, image: Tensor) -> InspectionOutput:
        resized = squeeze(image, self.network.config.image_size) / 255
        found = self.network((resized - self.mean) / self.std)
        probabilities = found.logits.softmax(dim=1)
        best = F.one_hot(self.decided_class(probabilities), probabilities.shape[1])[:, :, None, None]
        heat = to_heat((found.evidence * best).sum(dim=1))
        nearest = (found.embedding @ self.prototypes.T).amax(dim=1)
        return InspectionOutput(probabilities, found.embedding, heat, ((1 - nearest) / 2).clamp(0, 1))
