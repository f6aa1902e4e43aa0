"""Copies of a run's weights, taken while it goes well, to go back to when it does not."""

from dataclasses import dataclass

from torch import Tensor

from micm_desktop.micm.training_state import TrainingState


@dataclass(frozen=True)
class GoodState:
    """Weights to go back to, in main memory."""

    step: int
    student: dict[str, Tensor]
    teacher: dict[str, Tensor]
    centers: tuple[Tensor, Tensor]


class GoodStates:
    """The last two good states. A collapse may have begun shortly before it shows, so the older one is used."""

    def __init__(self, state: TrainingState) -> None:
        self._older = self._newer = _copied(state)

    @property
    def step(self) -> int:
        """Step of the state that :meth:`go_back` returns to."""
        return self._older.step

    def keep(self, state: TrainingState, steps_between: int) -> None:
        """Copy the state, where the last copy is at least so many steps old."""
        if state.step - self._newer.step >= steps_between:
            self._older, self._newer = self._newer, _copied(state)

    def go_back(self, state: TrainingState) -> None:
        """Give the state its good weights again. Step and time run on; the optimiser forgets."""
        good = self._newer = self._older
        state.student.load_state_dict(good.student)
        state.teacher.load_state_dict(good.teacher)
        device = state.class_center.device
        state.class_center, state.patch_center = (center.to(device) for center in good.centers)
        state.optimizer.state.clear()


def _copied(state: TrainingState) -> GoodState:
    def copies(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: value.detach().to("cpu", copy=True) for name, value in weights.items()}

    centers = (state.class_center.to("cpu", copy=True), state.patch_center.to("cpu", copy=True))
    return GoodState(state.step, copies(state.student.state_dict()), copies(state.teacher.state_dict()), centers)
