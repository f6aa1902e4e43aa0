"""Train a student to answer as its teacher does.

Sources: Hinton et al., "Distilling the knowledge in a neural network", arXiv:1503.02531 (the teacher's probabilities
as targets); Romero et al., "FitNets: Hints for thin deep nets", ICLR 2015, arXiv:1412.6550 (its features, too). Of the
features only the direction is learned, within the space that the unlabeled images spread over.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import Ridge
from sklearn.utils.extmath import randomized_svd
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.export.student import StudentConfig, StudentNetwork
from micm_desktop.export.target import STUDENT_LIMIT
from micm_desktop.export.teacher import Answers, Lessons
from micm_desktop.fewshot.head import Array
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.micm.cnn import MOBILENET
from micm_desktop.micm.config import IMAGENET_MEAN, IMAGENET_STD
from micm_desktop.micm.device import autocast
from micm_desktop.micm.network import ConvStem
from micm_desktop.micm.preprocess import squeeze
from micm_desktop.micm.schedules import warmup_cosine
from micm_desktop.progress import JobControl, Progress, UserError

MINUTES = 10.0
LEAST_PROBABILITY = 1e-3
"""Of a class, for the logits that a head begins with."""
RIDGE = 1e-4


@dataclass(frozen=True)
class DistillConfig:
    """How a student is trained. ``minutes``, or passes over all views (``epochs``); without either ``MINUTES``. With
    ``epochs`` and a seed, a CPU makes the same student again. ``limit``: what it may lose
    (:meth:`~micm_desktop.export.student_check.Comparison.exceeds`)."""

    student: StudentConfig = field(default_factory=StudentConfig)
    minutes: float | None = None
    epochs: int | None = None
    device: str = "auto"
    seed: int = 0
    limit: float = STUDENT_LIMIT

    batch_size: int = 32
    learning_rate: float = 2e-3
    trunk_rate: float = 0.3
    """Learning rate of a trunk that begins with an encoder's weights, as a share of the rest's."""
    weight_decay: float = 0.02
    warmup: float = 0.05
    embedding_weight: float = 2.0
    evidence_weight: float = 0.25
    teacher_share: float = 0.4
    """Most of the minutes that the teacher may take to judge the views."""
    most_views: int = 12_000

    def __post_init__(self) -> None:
        if self.minutes is not None and self.epochs is not None:
            raise ValueError("give either minutes or epochs")
        if (self.minutes is not None and self.minutes <= 0) or (self.epochs is not None and self.epochs < 1):
            raise ValueError("minutes must be above 0, epochs at least 1")
        if self.batch_size < 2:
            raise ValueError("batch_size must be at least 2")

    @property
    def seconds(self) -> float | None:
        """Of the whole run; None where it is the passes that count."""
        return None if self.epochs is not None else 60 * (self.minutes or MINUTES)


@dataclass(frozen=True)
class Trained:
    """A student in evaluation mode on the CPU, and its mean loss over the first and the last tenth of the steps."""

    network: StudentNetwork
    steps: int
    first_loss: float
    last_loss: float


def train_student(
    lessons: Lessons,
    stem: ConvStem | None,
    config: DistillConfig,
    seconds: float | None,
    device: torch.device,
    control: JobControl,
) -> Iterator[Progress | Trained]:
    """Learn what the teacher said in ``lessons``; the last value is the student. ``stem``: whose weights a MobileNetV2
    begins with. Raises Cancelled."""
    torch.manual_seed(config.seed)
    target, probabilities, evidence = _targets(lessons, config)
    network = StudentNetwork(config.student, probabilities.shape[1], target.shape[1])
    if stem is not None and config.student.network == MOBILENET:
        network.start_from(stem)
    _start_head(network, target, probabilities)
    network.to(device).train()
    optimizer = _optimizer(network, config)
    generator = torch.Generator().manual_seed(config.seed)
    size = min(config.batch_size, len(target))
    total = (config.epochs or 1) * max(1, len(target) // size)
    losses: list[float] = []
    start = time.monotonic()
    done = 0.0
    rows = torch.empty(0, dtype=torch.int64)
    while done < 1:
        control.safe_point()
        if len(rows) < size:
            rows = torch.randperm(len(target), generator=generator)
        chosen, rows = rows[:size], rows[size:]
        for group in optimizer.param_groups:
            group["lr"] = group["rate_scale"] * warmup_cosine(config.learning_rate, 1e-5, config.warmup, done)
        pixels = torch.from_numpy(lessons.pixels[chosen.numpy()]).to(device)
        said = Answers(*(part[chosen].to(device) for part in (target, probabilities, evidence)))
        losses.append(_step(network, optimizer, normalised(pixels), said, config))
        spent = time.monotonic() - start
        done = len(losses) / total if seconds is None else spent / seconds
        left = spent * (1 - done) / done if seconds is None else seconds - spent
        yield Progress(round(1000 * min(done, 1.0)), 1000, "student", max(0.0, left))
    some = max(1, len(losses) // 10)
    trained = network.cpu().eval()
    yield Trained(trained, len(losses), float(np.mean(losses[:some])), float(np.mean(losses[-some:])))


def normalised(pixels: Tensor) -> Tensor:
    """(B, S, S, 3) uint8 -> (B, 3, S, S) float32, as the student takes it."""
    mean = torch.tensor(IMAGENET_MEAN, device=pixels.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, device=pixels.device).view(1, 3, 1, 1)
    return (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std


@torch.inference_mode()
def student_embeddings(network: StudentNetwork, paths: Sequence[Path], control: JobControl) -> tuple[Array, list[int]]:
    """Embeddings (R, D) of the readable ones of ``paths``, and their numbers. Raises Cancelled, and UserError where
    none can be read."""
    found, rows = [], []
    for number, path in enumerate(paths):
        control.safe_point()
        if isinstance(image := try_decode(path), UnreadableImage):
            continue
        resized = squeeze(torch.from_numpy(image)[None], network.config.image_size)
        found.append(network(normalised(resized.permute(0, 2, 3, 1))).embedding[0].numpy())
        rows.append(number)
    if not rows:
        raise UserError("None of the images could be read. Check the files.")
    return np.stack(found), rows


def mobilenet_of(encoder: LoadedEncoder) -> ConvStem | None:
    """The MobileNetV2 in the first network in use that has one; None where there is none."""
    for network in (branch.network for branch in encoder.branches):
        if isinstance(network.stem, ConvStem) and network.config.stem_model == MOBILENET:
            return network.stem
    return None


def _targets(lessons: Lessons, config: DistillConfig) -> tuple[Tensor, Tensor, Tensor]:
    """Embeddings (M, D) in the directions in which the images differ most, L2-normalised; probabilities; evidence."""
    rows = lessons.embedding.astype(np.float32)
    count = min(config.student.dim, *rows.shape)
    *_, directions = randomized_svd(rows, count, random_state=config.seed)
    target: npt.NDArray[np.float32] = rows @ directions.T
    return (
        F.normalize(torch.from_numpy(target), dim=1),
        torch.from_numpy(lessons.probabilities),
        torch.from_numpy(lessons.evidence),
    )


@torch.no_grad()
def _start_head(network: StudentNetwork, target: Tensor, probabilities: Tensor) -> None:
    """Begin with the layer that would give the teacher's probabilities, were the embeddings learned already: logits of
    unit vectors need weights that gradients take long to reach."""
    logits = probabilities.clamp_min(LEAST_PROBABILITY).log()
    fitted = Ridge(alpha=RIDGE * len(target)).fit(target.numpy(), (logits - logits.mean(dim=1, keepdim=True)).numpy())
    network.classify.weight.copy_(torch.from_numpy(fitted.coef_))
    network.classify.bias.copy_(torch.from_numpy(np.asarray(fitted.intercept_)))


def _optimizer(network: StudentNetwork, config: DistillConfig) -> torch.optim.AdamW:
    trunk = {id(p) for part in (network.early, network.fine, network.coarse, network.last) for p in part.parameters()}
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for parameter in network.parameters():
        if parameter.requires_grad:
            begins = network.frozen and id(parameter) in trunk
            key = config.trunk_rate if begins else 1.0, config.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault(key, []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "rate_scale": scale, "weight_decay": decay}
            for (scale, decay), parameters in groups.items()
        ],
        lr=config.learning_rate,
    )


def _step(
    network: StudentNetwork,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    said: Answers,
    config: DistillConfig,
) -> float:
    optimizer.zero_grad(set_to_none=True)
    # On a CPU that computes in bf16, depthwise convolutions were slower in it.
    with autocast(images.device, wanted=images.device.type != "cpu"):
        out = network(images)
    distance = 1 - (out.embedding.float() * said.embedding).sum(dim=1).mean()
    divergence = F.kl_div(out.logits.float().log_softmax(dim=1), said.probabilities, reduction="batchmean")
    wanted = F.interpolate(said.evidence.float(), size=out.evidence.shape[2:], mode="bilinear", align_corners=False)
    # A map is shown where its class is decided on: what it says of other classes' images counts for little.
    error = ((out.evidence - wanted).square().mean(dim=(2, 3)) * said.probabilities).sum(dim=1).mean()
    loss = divergence + config.embedding_weight * distance + config.evidence_weight * error
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 3.0)
    optimizer.step()
    return float(loss.detach())
