"""The three losses of MICM's stage 1, and the centring of the teacher.

Logits come from :class:`~micm_desktop.micm.network.ProjectionHead`: (..., K) float32.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def teacher_distribution(logits: Tensor, center: Tensor, temperature: float) -> Tensor:
    """softmax((t - center) / temperature) over the last axis, without gradient. logits (..., K), center (K,)."""
    return ((logits.detach() - center) / temperature).softmax(dim=-1)


@torch.no_grad()
def sinkhorn_distribution(logits: Tensor, temperature: float, iterations: int = 3) -> Tensor:
    """Teacher distributions of equal total mass per prototype (SwAV, DINOv2): (M, K) -> (M, K), rows sum to 1.

    In logarithms: at a teacher's temperature a row of low cosines is zero in float32.
    """
    log_q = logits.detach() / temperature
    for _ in range(iterations):
        log_q = log_q - log_q.logsumexp(dim=0, keepdim=True)
        log_q = log_q - log_q.logsumexp(dim=1, keepdim=True)
    return log_q.exp()


def class_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Cross-entropy from the teacher's class token of each global view to the student's of every *other* view.

    student: logits (V, B, K), the G global views first; teacher: distributions (G, B, K). Mean over pairs and images.
    """
    log_student = F.log_softmax(student / temperature, dim=-1)
    with torch.autocast(student.device.type, enabled=False):  # half precision has three digits
        cross = -torch.einsum("gbk,vbk->gv", teacher, log_student) / student.shape[1]
    globals_, views = cross.shape
    other = ~torch.eye(globals_, views, dtype=torch.bool, device=cross.device)
    return cross[other].mean()


def patch_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Cross-entropy at the masked positions. student: logits (M, K); teacher: distributions (M, K). 0 where M = 0."""
    if not len(student):
        return student.sum()
    return -(teacher * F.log_softmax(student / temperature, dim=-1)).sum(dim=-1).mean()


def pixel_loss(predicted: Tensor, images: Tensor, mask: Tensor, patch_size: int) -> Tensor:
    """Mean squared error at the masked patches' pixels.

    predicted: (M, 3·p²) for the M masked patches in row-major order of ``mask`` (B, N); images: normalised
    (B, 3, H, W). Divided by the masked area, unlike the reference, which divides by a constant. 0 where M = 0.
    """
    return rebuilding_loss(predicted, patchify(images, patch_size)[mask])


def rebuilding_loss(predicted: Tensor, pixels: Tensor) -> Tensor:
    """Mean squared error of patches' pixels, both (M, 3·p²). 0 where M = 0."""
    if not len(predicted):
        return predicted.sum()
    return F.mse_loss(predicted.float(), pixels.float())


def patchify(images: Tensor, patch_size: int) -> Tensor:
    """(B, 3, H, W) -> (B, N, 3·p²), channels first within a patch."""
    batch, channels, height, width = images.shape
    rows, columns = height // patch_size, width // patch_size
    blocks = images.reshape(batch, channels, rows, patch_size, columns, patch_size)
    return blocks.permute(0, 2, 4, 1, 3, 5).reshape(batch, rows * columns, channels * patch_size**2)


@torch.no_grad()
def update_center(center: Tensor, logits: Tensor, momentum: float) -> Tensor:
    """Exponential moving average of the teacher's mean logits. center (K,), logits (..., K)."""
    return center * momentum + logits.detach().flatten(0, -2).mean(dim=0) * (1 - momentum)
