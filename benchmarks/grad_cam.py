"""What a user would pick instead: the frozen ImageNet network with nearest prototypes, and Grad-CAM as its heatmap."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.images.decode import decode_image
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.network import ConvStem
from micm_desktop.micm.preprocess import prepare

TEMPERATURE = 0.1
"""Of the softmax over cosines. It changes no order of maps, only how steep the curves of faithfulness are."""


class FrozenImageNet:
    """MobileNetV2 whose pooled last stage is L2-normalised, centred on the unlabeled images and normalised again.

    The weights are those in the starter's stem, which training left as they were up to half precision.
    """

    def __init__(self, images: Sequence[Path], support: Sequence[Path], labels: NDArray[np.int64]) -> None:
        network = load_encoder("starter").network.eval()
        assert isinstance(network.stem, ConvStem)
        self._stem, self._config = network.stem, network.config
        self._mean = torch.zeros(())
        with torch.inference_mode():
            self._mean = torch.cat([self._pooled(self._maps(read(path))) for path in images]).mean(dim=0)
            found = torch.cat([self._embed(self._maps(read(path))) for path in support])
        means = [found[torch.from_numpy(labels == label)].mean(dim=0) for label in range(int(labels.max()) + 1)]
        self._prototypes = F.normalize(torch.stack(means), dim=1).clone()
        self._mean = self._mean.clone()

    def probabilities(self, images: Tensor) -> Tensor:
        """(B, H, W, 3) uint8 RGB -> (B, C)."""
        return (self._logits(self._maps(images)) / TEMPERATURE).softmax(dim=1)

    def grad_cam(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(B, H, W, 3) uint8 RGB -> heat (B, 7, 7) of the predicted class in [0, 1], and that class, (B,).

        Selvaraju et al. 2017, "Grad-CAM", on the last convolution. The norms are held fixed, which makes the head
        linear: the gradient of a cosine is orthogonal to the feature, and its map points worse.
        """
        with torch.no_grad():
            maps = self._maps(images)
            best = self._logits(maps).argmax(dim=1)
            norm = maps.mean(dim=(2, 3)).norm(dim=1, keepdim=True)
        maps.requires_grad_()
        logits = (maps.mean(dim=(2, 3)) / norm - self._mean) @ self._prototypes.T
        (gradient,) = torch.autograd.grad(logits.gather(1, best[:, None]).sum(), maps)
        heat = (gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).clamp_min(0).detach()
        return heat / heat.amax(dim=(1, 2), keepdim=True).clamp_min(1e-12), best

    def _maps(self, images: Tensor) -> Tensor:
        maps, _, _ = self._stem.pyramid(prepare(images, self._config))
        return self._stem.last_stage(maps)

    def _pooled(self, maps: Tensor) -> Tensor:
        return F.normalize(maps.mean(dim=(2, 3)), dim=1)

    def _embed(self, maps: Tensor) -> Tensor:
        return F.normalize(self._pooled(maps) - self._mean, dim=1)

    def _logits(self, maps: Tensor) -> Tensor:
        return self._embed(maps) @ self._prototypes.T


def read(path: Path) -> Tensor:
    """(1, H, W, 3) uint8 RGB."""
    return torch.from_numpy(decode_image(path))[None]
