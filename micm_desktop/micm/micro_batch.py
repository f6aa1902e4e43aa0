"""A batch that does not fit into memory at once passes the network in parts; the update stays one.

The losses compare within the whole batch: Sinkhorn's targets, the head's standardised layers, an image's neighbours.
So the parts' tokens are made first, without gradient; the losses see all of them; then each part passes once more and
takes its tokens' gradients into the network (gradient caching, Gao et al. 2021, arXiv:2101.06983). The gradients are
those of the undivided batch, for one more forward pass. Two things differ: which blocks drop path leaves out, drawn for
each part, and the batch statistics of a stem that learns them from nothing, which are the parts' own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.device import autocast
from micm_desktop.micm.distributed import ALONE, Group
from micm_desktop.micm.draws import Views
from micm_desktop.micm.losses import patchify
from micm_desktop.micm.step import (
    PretrainNetwork,
    StepResult,
    StepTokens,
    gradient_norms,
    loss_terms,
    make_targets,
    student_tokens,
    teacher_tokens,
    weighted_sum,
)


def backward(
    student: PretrainNetwork,
    teacher: PretrainNetwork,
    views: Views,
    config: PretrainConfig,
    teacher_temperature: float,
    centers: tuple[Tensor, Tensor],
    scale: Callable[[Tensor], Tensor],
    images_at_once: int,
    seed: int,
    *,
    measure_gradients: bool = False,
    group: Group = ALONE,
) -> StepResult:
    """Losses and gradients of a batch. ``scale`` is applied to the loss before its gradients are taken.

    ``views`` are this process's, their mask that of the whole batch of ``group``; the losses are of the whole batch,
    the gradients of the network this process's part of them. ``centers`` (K,) of class and patch tokens. Each part
    draws its drop path by ``seed``.
    """
    device = views.global_crops.device
    own = replace(views, mask=group.own_rows(views.mask))
    parts = split(own, images_at_once)
    with autocast(device, config.half_precision):
        seen = of_all(group, gathered([teacher_tokens(teacher, part) for part in parts]), views)
        targets = make_targets(teacher, seen, config, teacher_temperature, *centers)
        if len(parts) == 1:
            tokens = student_tokens(student, own, config)
        else:
            with torch.no_grad():
                tokens = gathered([_part_tokens(student, part, config, seed + k) for k, part in enumerate(parts)])
            tokens = StepTokens(*(values.requires_grad_() for values in tokens))
        exchanged = of_all(group, tokens, views)
        terms = loss_terms(student, exchanged, targets, with_hidden_pixels(group, own, views, student), config)
    norms = gradient_norms(terms, exchanged, config) if measure_gradients else {}
    loss = weighted_sum(terms, config)
    scale(loss).backward()  # type: ignore[no-untyped-call]
    if len(parts) > 1:
        _carry_on(student, parts, tokens, config, seed)
    return StepResult(loss, terms, targets, norms)


def of_all(group: Group, tokens: StepTokens, views: Views) -> StepTokens:
    """The tokens of all processes, in the order of the whole batch, whose mask ``views`` holds."""
    images = len(tokens.global_class) // 2
    local_crops = len(tokens.local_class) // images
    return StepTokens(
        group.gather(tokens.global_class, [[images] * 2] * group.size),
        group.gather(tokens.hidden, group.halves(views.mask)),
        group.gather(tokens.local_class, [[images] * local_crops] * group.size) if local_crops else tokens.local_class,
    )


def with_hidden_pixels(group: Group, own: Views, views: Views, student: PretrainNetwork) -> Views:
    """The views with the hidden pixels of all processes."""
    if group.alone:
        return own
    pixels = patchify(own.global_crops, student.network.config.patch_size)[own.mask]
    return replace(own, hidden_pixels=group.gather(pixels, group.halves(views.mask)))


def split(views: Views, images_at_once: int) -> list[Views]:
    """The views in parts of at most two global crops for each of ``images_at_once``, local crops spread evenly."""
    count = max(1, -(-len(views.global_crops) // (2 * images_at_once)))
    pieces = (torch.tensor_split(crops, count) for crops in (views.global_crops, views.local_crops, views.mask))
    return [Views(*part) for part in zip(*pieces, strict=True)]


def gathered(parts: Sequence[StepTokens]) -> StepTokens:
    """The tokens of all parts, in the batch's order."""
    return StepTokens(*(torch.cat(values) for values in zip(*parts, strict=True)))


def _part_tokens(student: PretrainNetwork, part: Views, config: PretrainConfig, seed: int) -> StepTokens:
    # The same blocks must be dropped in both passes.
    torch.manual_seed(seed)
    return student_tokens(student, part, config)


def _carry_on(
    student: PretrainNetwork, parts: Sequence[Views], tokens: StepTokens, config: PretrainConfig, seed: int
) -> None:
    """Take the gradients that lie in ``tokens`` on into the network, part by part."""
    done = [0] * len(tokens)
    for k, part in enumerate(parts):
        with autocast(part.global_crops.device, config.half_precision):
            again = _part_tokens(student, part, config, seed + k)
        outputs, gradients = [], []
        for field, (output, whole) in enumerate(zip(again, tokens, strict=True)):
            begin, done[field] = done[field], done[field] + len(output)
            if whole.grad is not None and output.requires_grad:
                outputs.append(output)
                gradients.append(whole.grad[begin : done[field]].to(output.dtype))
        torch.autograd.backward(outputs, gradients)


def is_out_of_memory(problem: RuntimeError) -> bool:
    """Whether the device had no memory left, be it a GPU's or the computer's."""
    return isinstance(problem, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(problem)
