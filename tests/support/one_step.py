"""One step of pretraining, for what it leaves as gradients."""

import numpy as np
import torch
from tiny_micm import PATCH, tiny_run

from micm_desktop.micm.distributed import ALONE, Group
from micm_desktop.micm.draws import draw, draw_mask
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.training_state import new_state
from micm_desktop.micm.update import train_step

CPU = torch.device("cpu")
IMAGES = 4
RUN = tiny_run(drop_path=0.0, local_crops=2, gradient_clip=1e9, mask_probability=0.4)


def step_that_hides(first: bool, second: bool) -> int:
    """A step in which parts of the first half of the images are hidden or not, and of the second half."""
    for step in range(1000):
        hidden = (
            draw_mask(2 * IMAGES, PATCH, RUN, (RUN.seed, step), CPU).any(dim=1).view(2, 2, -1).any(dim=2).any(dim=0)
        )
        if hidden.tolist() == [first, second]:
            return step
    raise AssertionError("no such step")


def gradients_of(step: int, group: Group = ALONE, device: torch.device = CPU) -> dict[str, torch.Tensor]:
    """Gradients of the whole batch's loss by the parameter's name, where there are any."""
    torch.manual_seed(0)
    state = new_state(RUN, device)
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (IMAGES, 40, 40, 3), np.uint8))
    drawn = draw(pixels, step, PATCH, RUN, device, None, group.share)
    scaler = torch.amp.GradScaler(device.type, enabled=False)
    train_step(drawn, state, RUN, settings_at(RUN, 0.5), device, scaler, group=group)
    return {name: value.grad for name, value in state.student.named_parameters() if value.grad is not None}
