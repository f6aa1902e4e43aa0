"""What all torch modules that become a model file share: how many tiles they cut, and the class that they decide on."""

import torch
from torch import Tensor, nn

from micm_desktop.fewshot.decision import Policy, risk_weights


class ModelGraph(nn.Module):
    """``forward``: images (N, H, W, 3) uint8 RGB of any size ->
    :class:`~micm_desktop.export.inspection_model.InspectionOutput`."""

    tiles: int = 1
    """Along each edge, of an image."""
    shares: Tensor
    risk_weights: Tensor
    good: Tensor

    def __init__(self, policy: Policy) -> None:
        """The heatmap is that of the class that ``policy`` decides on."""
        super().__init__()
        self.policy = policy
        self.line_costs = policy.line_costs() if policy.two_sided else None
        self.ask_cost = policy.ask_cost
        self.register_buffer("shares", torch.tensor(policy.shares))
        self.register_buffer("risk_weights", torch.from_numpy(risk_weights(policy)))
        self.register_buffer("good", torch.tensor(policy.good))

    def decided_class(self, probabilities: Tensor) -> Tensor:
        """The class of :func:`~micm_desktop.fewshot.decision.decide`: (N, C) -> (N,)."""
        shared = probabilities * self.shares
        shared = shared / shared.sum(dim=1, keepdim=True).clamp_min(1e-12)
        if self.line_costs is None:
            return shared.argmax(dim=1)
        weighted = shared * self.risk_weights
        false_alarm, miss = self.line_costs
        as_good, as_defect = miss * (weighted * ~self.good).sum(dim=1), false_alarm * (weighted * self.good).sum(dim=1)
        decided, is_good = torch.minimum(as_good, as_defect) <= self.ask_cost, as_good < as_defect
        out_of_reach = ((decided & is_good).unsqueeze(1) & ~self.good) | ((decided & ~is_good).unsqueeze(1) & self.good)
        resembles = torch.where(decided.unsqueeze(1), shared, probabilities)
        return resembles.masked_fill(out_of_reach, -1.0).argmax(dim=1)
