"""The losses of one training step of MICM: views -> student and teacher -> the terms of the loss."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.draws import Views
from micm_desktop.micm.implant_loss import ImplantHeads
from micm_desktop.micm.losses import (
    class_loss,
    patch_loss,
    pixel_loss,
    rebuilding_loss,
    sinkhorn_distribution,
    teacher_distribution,
)
from micm_desktop.micm.network import MicmNetwork, ProjectionHead
from micm_desktop.micm.stage2 import nearest_neighbours, pseudo_positive_loss


class StepTokens(NamedTuple):
    """Tokens that the losses look at: ``global_class`` (2B, D), ``hidden`` (M, D) at the M masked positions in
    row-major order of the mask, ``local_class`` (L·B, D)."""

    global_class: Tensor
    hidden: Tensor
    local_class: Tensor


class Targets(NamedTuple):
    """The teacher's side of a step, without gradient: class tokens (2B, D), logits and centred distributions of them
    (2B, K) and of the masked patches (M, K); the latter have no rows where the patch loss does not count."""

    class_tokens: Tensor
    class_logits: Tensor
    patch_logits: Tensor
    class_distributions: Tensor
    patch_distributions: Tensor


@dataclass(frozen=True)
class StepResult:
    """``loss`` is the weighted sum; ``terms`` its unweighted parts (see :func:`loss_terms`).

    ``gradient_norms``: of each weighted term at the decoder's output, where that was asked for.
    """

    loss: Tensor
    terms: dict[str, Tensor]
    targets: Targets
    gradient_norms: dict[str, Tensor] = field(default_factory=dict)


class PretrainNetwork(nn.Module):
    """The network with the two heads that pretraining needs. Student and teacher have the same shape."""

    def __init__(self, encoder: EncoderConfig, config: PretrainConfig, drop_path: float = 0.0) -> None:
        super().__init__()
        self.network = MicmNetwork(encoder, drop_path)
        self.head = ProjectionHead(encoder.dim, config.head_hidden, config.head_bottleneck, config.prototypes)
        self.pixel_head = nn.Linear(encoder.dim, 3 * encoder.patch_size**2)
        self.implants = ImplantHeads(encoder) if config.learns_saliency(encoder) else None


@torch.no_grad()
def teacher_tokens(teacher: PretrainNetwork, views: Views) -> StepTokens:
    """The teacher's tokens of the unmasked global crops; of the patches only those that the student does not see."""
    tokens = teacher.network(views.global_crops)
    return StepTokens(tokens.class_token, tokens.patch_tokens[views.mask], tokens.class_token[:0])


def student_tokens(student: PretrainNetwork, views: Views, config: PretrainConfig) -> StepTokens:
    """The student's tokens of the masked global crops and, where the class loss counts, of the local crops."""
    tokens = student.network(views.global_crops, views.mask if views.mask.any() else None)
    local = tokens.class_token[:0]
    if config.lambda_cls and len(views.local_crops):
        local = student.network(views.local_crops).class_token
    return StepTokens(tokens.class_token, tokens.patch_tokens[views.mask], local)


@torch.no_grad()
def make_targets(
    teacher: PretrainNetwork,
    tokens: StepTokens,
    config: PretrainConfig,
    temperature: float,
    class_center: Tensor,
    patch_center: Tensor,
) -> Targets:
    """What the student is to say, from the teacher's tokens of the whole batch."""

    def distribution(logits: Tensor, center: Tensor) -> Tensor:
        if config.centering == "sinkhorn":
            return sinkhorn_distribution(logits, temperature) if len(logits) else logits
        return teacher_distribution(logits, center, temperature)

    class_logits = teacher.head(tokens.global_class)
    patch_logits = teacher.head(tokens.hidden) if config.lambda_patch else class_logits[:0]
    class_distributions = distribution(class_logits, class_center)
    patch_distributions = distribution(patch_logits, patch_center)
    return Targets(tokens.global_class, class_logits, patch_logits, class_distributions, patch_distributions)


def loss_terms(
    student: PretrainNetwork, tokens: StepTokens, targets: Targets, views: Views, config: PretrainConfig
) -> dict[str, Tensor]:
    """The unweighted terms, each a scalar, from the student's tokens of the whole batch.

    ``cls``, ``patch`` and ``pixel`` are always there, 0 where their weight is 0; ``pseudo`` only in stage 2.
    """
    zero = tokens.global_class.sum() * 0.0
    terms = {"cls": zero, "patch": zero, "pixel": zero}
    by_view = (-1, len(tokens.global_class) // 2, targets.class_logits.shape[1])
    if config.lambda_cls:
        logits = [student.head(tokens.global_class)]
        if len(tokens.local_class):
            logits.append(student.head(tokens.local_class))
        distributions = targets.class_distributions.reshape(by_view)
        terms["cls"] = class_loss(torch.cat(logits).reshape(by_view), distributions, config.student_temperature)
    if config.lambda_patch:
        logits_hidden = student.head(tokens.hidden)
        terms["patch"] = patch_loss(logits_hidden, targets.patch_distributions, config.student_temperature)
    if config.lambda_pixel:
        rebuilt = student.pixel_head(tokens.hidden)
        if views.hidden_pixels is None:
            terms["pixel"] = pixel_loss(rebuilt, views.global_crops, views.mask, student.network.config.patch_size)
        else:
            terms["pixel"] = rebuilding_loss(rebuilt, views.hidden_pixels)
    if config.lambda_pseudo:
        terms["pseudo"] = pseudo_positive_loss(
            student.head(tokens.global_class).reshape(by_view),
            targets.class_distributions.reshape(by_view),
            nearest_neighbours(targets.class_logits.reshape(by_view)),
            config.student_temperature,
        )
    return terms


def gradient_norms(terms: Mapping[str, Tensor], tokens: StepTokens, config: PretrainConfig) -> dict[str, Tensor]:
    """Length of each weighted term's gradient at the tokens, the output of the last decoder block after its norm.

    Cheap: it passes the heads alone. As upper bounds of the gradients in the network (Sener & Koltun 2018) they say
    which term pulls how hard.
    """
    found = {}
    for name, term in terms.items():
        weight = config.loss_weights[name]
        if weight:
            gradients = torch.autograd.grad(term, tuple(tokens), retain_graph=True, allow_unused=True)
            squares = [gradient.square().sum() for gradient in gradients if gradient is not None]
            found[name] = weight * torch.stack(squares).sum().sqrt()
    return found


def weighted_sum(terms: Mapping[str, Tensor], config: PretrainConfig) -> Tensor:
    """The loss: each term times its weight."""
    loss = sum(config.loss_weights[name] * term for name, term in terms.items())
    assert isinstance(loss, Tensor)
    return loss


@torch.no_grad()
def update_teacher(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """teacher ← momentum · teacher + (1 - momentum) · student, for parameters; buffers are copied."""
    for mine, theirs in zip(teacher.parameters(), student.parameters(), strict=True):
        mine.lerp_(theirs.detach().to(mine.dtype), 1 - momentum)
    for kept, new in zip(teacher.buffers(), student.buffers(), strict=True):
        kept.copy_(new)
