"""AdamW as pretraining uses it: which weights move at which rate, and what a step sets."""

import torch

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.schedules import StepSettings
from micm_desktop.micm.step import PretrainNetwork


def make_optimizer(student: PretrainNetwork, config: PretrainConfig) -> torch.optim.AdamW:
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in student.named_parameters():
        if parameter.requires_grad:
            in_pretrained_stem = config.init != "none" and name.startswith("network.stem.body.")
            scale = config.stem_learning_rate if in_pretrained_stem else 1.0
            groups.setdefault((scale, parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "rate_scale": scale, "decays": decays}
            for (scale, decays), parameters in groups.items()
        ],
        lr=config.learning_rate,
        # A few kernels on a graphics card instead of several for each weight: starting them is what takes the time.
        fused=True if next(student.parameters()).is_cuda else None,
    )


def set_rates(optimizer: torch.optim.Optimizer, settings: StepSettings) -> None:
    """Learning rate and weight decay of every group, as the schedules have them now."""
    for group in optimizer.param_groups:
        group["lr"] = settings.learning_rate * group["rate_scale"]
        group["weight_decay"] = settings.weight_decay if group["decays"] else 0.0
