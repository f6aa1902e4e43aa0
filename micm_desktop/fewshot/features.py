"""The image feature: parts of one encoding, each pooled over the image and L2-normalised.

Source of the first two parts: MICM (arXiv:2408.13385), which concatenates the class token and the attention-weighted
mean of the patch tokens. The others are ours: the stem's pooled features keep what the ImageNet network already knew,
and the salient patches say what sets an image apart.
"""

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from micm_desktop.fewshot.embedding import part_sizes, part_weights
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.checkpoint import Branch
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import knows_the_images
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare
from micm_desktop.progress import JobControl

BATCH = 16
READ_THREADS = 2
CPU_PIXELS, GPU_PIXELS = 4 * 224**2, 64 * 224**2
"""Pixels that pass the network at once. On a CPU, 16 images of 224 px took a quarter longer: their activations leave
the cache."""


@dataclass(frozen=True)
class FeatureBatch:
    """Features (n, D) float32 of the readable images among ``rows``, and the unreadable ones with their reasons."""

    rows: tuple[int, ...]
    features: npt.NDArray[np.float32]
    failed: dict[int, UnreadableImage]


def pooled_parts(encoding: Encoding) -> list[Tensor]:
    """The feature's parts, each (B, D_i), in the order of :data:`~micm_desktop.fewshot.embedding.PARTS`.

    Parts that the encoder does not have are left out.
    """
    attention = encoding.attention.mean(dim=1)
    attended = (attention.unsqueeze(2) * encoding.patch_tokens).sum(dim=1)
    parts = [encoding.class_token, attended]
    if encoding.stem.shape[1]:
        parts.append(encoding.stem.mean(dim=(2, 3)))
    if encoding.last_stage.shape[1]:
        parts.append(encoding.last_stage.amax(dim=(2, 3)))
    if encoding.saliency is not None:
        parts.append(encoding.saliency.pooled())
    return parts


class Networks(Protocol):
    """What features are made with: a :class:`~micm_desktop.micm.checkpoint.LoadedEncoder`, for one."""

    @property
    def branches(self) -> Sequence[Branch]: ...


class BranchExtractor(nn.Module):
    """One network of an encoder."""

    def __init__(self, branch: Branch, *, every_part: bool) -> None:
        super().__init__()
        self.info = branch.info
        self.network = fold_batch_norms(branch.network)
        self.attention_tells = knows_the_images(branch.info.training)
        weights = part_weights(branch.info)
        counts = self.attention_tells or weights["class_token"] > 0 or weights["attention"] > 0
        self.needs_tokens = every_part or counts or branch.network.config.stem == "patch"

    def encode(self, inputs: Tensor, *, attention: bool, heat: bool) -> Encoding:
        return self.network.encode(inputs, tokens=self.needs_tokens or attention, decoder=attention, half=heat)


def fold_batch_norms(network: MicmNetwork) -> MicmNetwork:
    """A copy in evaluation mode whose convolutions have taken up the batch norm that follows them: half the time.

    Only inside sequences, where what follows is what is computed next.
    """
    folded = copy.deepcopy(network).eval()
    sequences = [module for module in folded.modules() if _runs_in_order(module)]
    for sequence in sequences:
        children = list(sequence.named_children())
        for (name, first), (following, second) in pairwise(children):
            if type(first) is nn.Conv2d and type(second) is nn.BatchNorm2d:
                setattr(sequence, name, fuse_conv_bn_eval(first, second))
                setattr(sequence, following, nn.Identity())
    return folded


def _runs_in_order(module: nn.Module) -> bool:
    return isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward


class FeatureExtractor(nn.Module):
    """What makes features of images: the networks of an encoder that are in use."""

    def __init__(self, encoder: Networks, *, every_part: bool = True) -> None:
        """Without ``every_part``, class token and attention of networks where they count for nothing are not computed,
        but 0.
        """
        super().__init__()
        self._branches = nn.ModuleList(BranchExtractor(branch, every_part=every_part) for branch in encoder.branches)

    @property
    def branches(self) -> list[BranchExtractor]:
        return [cast(BranchExtractor, branch) for branch in self._branches]

    def no_features(self) -> npt.NDArray[np.float32]:
        """Features of no images: (0, D)."""
        sizes = (size for branch in self.branches for size in part_sizes(branch.network.config).values())
        return np.empty((0, sum(sizes)), np.float32)

    def prepare(self, images: Tensor) -> list[Tensor]:
        """The input of each network, (B, 3, S, S), for images (B, H, W, 3) uint8 RGB."""
        inputs: dict[tuple[object, ...], Tensor] = {}
        for config in (branch.network.config for branch in self.branches):
            key = _input_of(config)
            if key not in inputs:
                inputs[key] = prepare(images, config)
        return [inputs[_input_of(branch.network.config)] for branch in self.branches]

    def encode(self, inputs: Sequence[Tensor], *, attention: bool = False, heat: bool = False) -> list[Encoding]:
        """One encoding per network, of what :meth:`prepare` gives; with ``attention`` the whole attention of the
        networks that were pretrained on images of the user's, of all where none was; with ``heat`` all that heatmaps
        are made of."""
        none_tells = not any(branch.attention_tells for branch in self.branches)
        return [
            branch.encode(one, attention=attention and (branch.attention_tells or none_tells), heat=heat)
            for branch, one in zip(self.branches, inputs, strict=True)
        ]

    def parts(self, encodings: Sequence[Encoding]) -> list[Tensor]:
        """L2-normalised parts of all networks, one network after the other, each (B, D_i)."""
        return [F.normalize(part, dim=1) for encoding in encodings for part in pooled_parts(encoding)]


def _input_of(config: EncoderConfig) -> tuple[object, ...]:
    return config.image_size, config.mean, config.std


def read_prepared(extractor: FeatureExtractor, path: Path, sha256: str = "") -> list[Tensor] | UnreadableImage:
    """The networks' inputs of one image file, each (1, 3, S, S), or why it cannot be read: also where it is not the
    content of the hash ``sha256``, where one is given."""
    image = try_decode(path, sha256)
    return image if isinstance(image, UnreadableImage) else extractor.prepare(torch.from_numpy(image)[None])


@torch.inference_mode()
def extract_batch(extractor: FeatureExtractor, inputs: Sequence[Sequence[Tensor]]) -> npt.NDArray[np.float32]:
    """Features (n, D) of n ≥ 1 images, each given by the networks' inputs."""
    device = next(extractor.parameters()).device
    at_once = max(1, (CPU_PIXELS if device.type == "cpu" else GPU_PIXELS) // inputs[0][0].shape[2] ** 2)
    rows = []
    for start in range(0, len(inputs), at_once):
        batch = [torch.cat(same).to(device) for same in zip(*inputs[start : start + at_once], strict=True)]
        rows.append(torch.cat(extractor.parts(extractor.encode(batch)), dim=1).float().cpu().numpy())
    return np.ascontiguousarray(np.concatenate(rows))


def extract_features(
    extractor: FeatureExtractor, paths: Sequence[Path], control: JobControl, hashes: Sequence[str] | None = None
) -> Iterator[FeatureBatch]:
    """Read and embed ``paths`` in order, the next batch being read meanwhile. A file whose content has not the hash
    that is given for it in ``hashes`` is one that cannot be read. Raises Cancelled.

    Only the networks' inputs are kept of an image, however large it is.
    """
    known = hashes if hashes is not None else [""] * len(paths)
    with ThreadPoolExecutor(READ_THREADS) as threads:

        def begin(start: int) -> list[Future[list[Tensor] | UnreadableImage]]:
            part = slice(start, start + BATCH)
            both = zip(paths[part], known[part], strict=True)
            return [threads.submit(read_prepared, extractor, path, sha256) for path, sha256 in both]

        upcoming = begin(0)
        for start in range(0, len(paths), BATCH):
            control.safe_point()
            found = dict(enumerate((future.result() for future in upcoming), start))
            upcoming = begin(start + BATCH)
            failed = {row: problem for row, problem in found.items() if isinstance(problem, UnreadableImage)}
            inputs = {row: one for row, one in found.items() if not isinstance(one, UnreadableImage)}
            features = extract_batch(extractor, list(inputs.values())) if inputs else extractor.no_features()
            yield FeatureBatch(tuple(inputs), features, failed)
