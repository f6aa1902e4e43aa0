"""The last decoder block learns from the tagged images and from augmented views of them.

Beside it stands ridge regression on the embeddings of the same views. The block's class token is compared with one
direction per class by cosine, both trained by cross-entropy for a few steps (Chen et al. 2019, arXiv:1904.04232); the
tokens that enter the block are computed once. Only a network that was pretrained on the user's images has a class token
worth the trouble, and only two tags of each class or more can teach it: elsewhere the regression stands alone.

What is judged are *rows*: an image's embedding with its number behind it, so that rows go wherever embeddings do.
docs/decisions/0013-finetune.md has the figures.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.fewshot.compact import Rows
from micm_desktop.fewshot.features import extract_batch, read_prepared
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead, unknown_score
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder
from micm_desktop.fewshot.ridge import fit_ridge
from micm_desktop.fewshot.views import prepared_views
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import JobControl, Progress, UserError

GRID = 4
"""Edge of the grid that patch tokens are averaged to: 16 times less to compute and keep, for less than half a point."""
STEPS, BLOCK_RATE, DIRECTION_RATE, SCALE = 30, 1e-3, 1e-2, 10.0
SHARE = 0.25
"""Of the cosines in the scores, beside ridge regression's."""
KEPT_VIEWS = 4096
"""Tagged images whose views are kept."""

Half = npt.NDArray[np.float16]


class TunedBlock(nn.Module):
    """A copy of a network's last decoder block with its norm, and a direction for each class."""

    def __init__(self, network: MicmNetwork, center: Tensor) -> None:
        super().__init__()
        self.block, self.norm = copy.deepcopy(network.decoder[-1]), copy.deepcopy(network.norm)
        self.center = center
        self.directions = nn.Parameter(torch.empty(0))

    def class_tokens(self, tokens: Tensor) -> Tensor:
        """Tokens that enter the block (B, T, D), class token first -> centred directions (B, D)."""
        return F.normalize(self.norm(self.block(tokens))[:, 0] - self.center, dim=1)

    def forward(self, tokens: Tensor) -> Tensor:
        """Cosines to the classes' directions: (B, T, D) -> (B, C)."""
        return self.class_tokens(tokens) @ F.normalize(self.directions, dim=1).T


@dataclass(frozen=True, kw_only=True)
class FinetunedHead(LinearHead):
    """A linear head over embeddings, plus ``share`` times the cosines of the ``tuned`` block, where there is one.

    ``tokens`` (N, T, D): what enters the block, of every image by its number.
    """

    tuned: TunedBlock | None
    tokens: Half
    share: float

    def logits(self, embeddings: Rows) -> Array:
        """Of rows (N, E + 1) -> (N, C)."""
        whole, numbers = split(embeddings[:])
        out = super().logits(whole)
        if self.tuned is not None and len(numbers):
            with torch.inference_mode():
                cosines = self.tuned(torch.from_numpy(self.tokens[numbers].astype(np.float32)))
            out = out + np.float32(self.share) * cosines.numpy()
        return out

    def unknown_score(self, embeddings: Rows) -> Array:
        """As :meth:`LinearHead.unknown_score`, of rows."""
        return unknown_score(split(embeddings[:])[0], self.prototypes)

    def judge(self, embeddings: Rows) -> tuple[Array, Array]:
        """:meth:`probabilities` and :meth:`unknown_score`."""
        return self.probabilities(embeddings), self.unknown_score(embeddings)

    def scaled(self, scale: float) -> "FinetunedHead":
        weight, bias = self.weight * np.float32(scale), self.bias * np.float32(scale)
        return replace(self, weight=weight, bias=bias, share=self.share * scale)


def split(rows: Array) -> tuple[Array, Labels]:
    """Embeddings (N, E) and numbers (N,) of rows (N, E + 1)."""
    return rows[:, :-1], rows[:, -1].astype(np.int64)


class Finetuner:
    """Fits rows of one folder's images. ``tokens`` (N, T, D) are empty where no network knows the images."""

    def __init__(self, embedded: EmbeddedFolder, tokens: Half, seed: int) -> None:
        self._embedded, self._tokens, self._seed = embedded, tokens, seed
        self.rows: Array = np.column_stack([embedded.embeddings, np.arange(len(embedded.paths))]).astype(np.float32)
        self._branch = knowing_branch(embedded)
        self._center = torch.zeros(0)
        if self._branch is not None:
            network = embedded.extractor.branches[self._branch].network
            block = TunedBlock(network, torch.zeros(network.config.dim))
            with torch.inference_mode():
                parts = torch.split(torch.from_numpy(tokens), 256)
                ends = [block.norm(block.block(part.float()))[:, 0] for part in parts]
            self._center = torch.cat(ends).mean(dim=0).clone()
        self._views = lru_cache(KEPT_VIEWS)(self._made_views)

    def fit(self, support: Array, labels: Labels, classes: int, *_: Rows | None) -> Fitted:
        """support (S, E + 1) rows, labels (S,) in [0, C), each class present. What is held out is scored by ridge
        regression. Raises UserError where a file has gone since it was embedded."""
        whole, numbers = split(support)
        views = [self._views(number) for number in numbers.tolist()]
        ridge = fit_ridge(whole, labels, classes, np.stack([one for one, _ in views]))
        tuned = None
        if self._branch is not None and np.bincount(labels, minlength=classes).min() > 1:
            seen = np.concatenate([self._tokens[numbers][:, None], np.stack([one for _, one in views])], axis=1)
            network = self._embedded.extractor.branches[self._branch].network
            start = TunedBlock(network, self._center)
            tuned = tune(start, torch.from_numpy(seen.astype(np.float32)), torch.from_numpy(labels), self._seed)
        parts = (ridge.head.weight, ridge.head.bias, ridge.head.prototypes)
        head = FinetunedHead(*parts, tuned=tuned, tokens=self._tokens, share=SHARE)
        return Fitted(head, ridge.scores, ridge.labels)

    def _made_views(self, number: int) -> tuple[Array, Half]:
        """Embeddings (VIEWS, E) of an image's views, and the tokens (VIEWS, T, D) that enter the block."""
        path, extractor = self._embedded.paths[number], self._embedded.extractor
        inputs = prepared_views(extractor, path)
        if isinstance(inputs, UnreadableImage):
            raise UserError(f"{path} cannot be read any more: {inputs.reason}. Try again.")
        embeddings = self._embedded.transform(extract_batch(extractor, inputs))
        if self._branch is None:
            return embeddings, self._tokens[:0]
        entering = torch.cat([one[self._branch] for one in inputs])
        return embeddings, entering_tokens(extractor.branches[self._branch].network, entering)


def knowing_branch(embedded: EmbeddedFolder) -> int | None:
    """Which network in use was pretrained on the user's images; None where none was."""
    told = (number for number, branch in enumerate(embedded.extractor.branches) if branch.attention_tells)
    return next(told, None)


def prepare_finetune(embedded: EmbeddedFolder, seed: int, control: JobControl) -> Iterator[Progress | Finetuner]:
    """Compute the tokens of all images; the last value is what fits their rows.

    Raises UserError where a file has gone since it was embedded, Cancelled.
    """
    branch = knowing_branch(embedded)
    tokens: list[Half] = []
    for done, path in enumerate(embedded.paths if branch is not None else ()):
        control.safe_point()
        inputs = read_prepared(embedded.extractor, path)
        if isinstance(inputs, UnreadableImage):
            raise UserError(f"{path} cannot be read any more: {inputs.reason}. Try again.")
        assert branch is not None
        tokens.append(entering_tokens(embedded.extractor.branches[branch].network, inputs[branch]))
        yield Progress(done + 1, len(embedded.paths))
    yield Finetuner(embedded, np.concatenate(tokens) if tokens else np.empty((0, 0, 0), np.float16), seed)


@torch.inference_mode()
def entering_tokens(network: MicmNetwork, inputs: Tensor) -> Half:
    """What enters the last decoder block, its patches averaged: (B, 3, S, S) -> (B, 1 + GRID², D)."""
    tokens = network.before_last_block(inputs)
    edge = round((tokens.shape[1] - 1) ** 0.5)
    patches = tokens[:, 1:].transpose(1, 2).reshape(len(tokens), -1, edge, edge)
    coarse = F.adaptive_avg_pool2d(patches, GRID).flatten(2).transpose(1, 2)
    out: Half = torch.cat([tokens[:, :1], coarse], dim=1).half().numpy()
    return out


def tune(block: TunedBlock, tokens: Tensor, labels: Tensor, seed: int) -> TunedBlock:
    """Train ``block`` on tokens (S, V, T, D) of V views of S images with labels (S,), a view of each in every step.

    The directions begin at the classes' means. The same for the same seed.
    """
    generator = torch.Generator().manual_seed(seed)
    images, views = tokens.shape[:2]
    block.eval().requires_grad_(True)
    with torch.no_grad():
        begin = block.class_tokens(tokens.flatten(0, 1)).reshape(images, views, -1).mean(dim=1)
        classes = range(int(labels.max()) + 1)
        block.directions = nn.Parameter(F.normalize(torch.stack([begin[labels == c].mean(dim=0) for c in classes])))
    groups = [
        {"params": list(block.block.parameters()), "lr": BLOCK_RATE},
        {"params": [block.directions], "lr": DIRECTION_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        chosen = torch.randint(views, (images,), generator=generator)
        loss = F.cross_entropy(SCALE * block(tokens[torch.arange(images), chosen]), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        falling.step()
    return block.requires_grad_(False)
