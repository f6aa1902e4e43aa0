"""Stage 2, pseudo-label training: an image and its nearest neighbour in the batch are pulled together.

The student begins as a copy of stage 1's teacher. No label is needed: the teacher says which image is the neighbour.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


@torch.no_grad()
def nearest_neighbours(logits: Tensor) -> Tensor:
    """For each image the row of the other image most like it. logits (V, B, K) of V views, B > 1 -> (B,) int64.

    Likeness is the cosine of the logits, averaged over the views; an image is never its own neighbour.
    """
    directions = F.normalize(logits.float(), dim=-1)
    likeness = torch.einsum("vik,vjk->ij", directions, directions)
    return likeness.fill_diagonal_(-torch.inf).argmax(dim=1)


def pseudo_positive_loss(student: Tensor, teacher: Tensor, neighbours: Tensor, temperature: float) -> Tensor:
    """Binary cross-entropy, with target 1, of the probability that an image and its neighbour share a prototype.

    student: logits (2, B, K) of the two global views; teacher: distributions (2, B, K), no gradient; neighbours (B,).
    That probability is Σₖ t(anchor)ₖ · s(neighbour)ₖ, the anchor in one view, the neighbour in the other. Outputs that
    are alike but undecided are not enough: uniform ones come to log K, not to 0. Mean over views and images.
    """
    log_neighbour = F.log_softmax(student[:, neighbours] / temperature, dim=-1).flip(0)
    log_anchor = teacher.detach().clamp_min(torch.finfo(teacher.dtype).tiny).log()
    return -torch.logsumexp(log_anchor + log_neighbour, dim=-1).mean()
