"""The loop of a pretraining run: batch after batch until its time is over, watched for collapse."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import collapse
from micm_desktop.micm.balance import ADJUST_SHARE, BalanceSignals, adjust, in_words
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.distributed import ALONE, Group
from micm_desktop.micm.draws import Drawn
from micm_desktop.micm.early_stop import CHECK_SHARE, EarlyStop
from micm_desktop.micm.events import Balance, Checkpoint, Collapse, EpochEnd, Event, Notice, Step, Stopped
from micm_desktop.micm.good_states import GoodStates
from micm_desktop.micm.image_set import ImageSet
from micm_desktop.micm.monitor import EpochSignals, StepSignals, measure
from micm_desktop.micm.prefetch import Prefetch
from micm_desktop.micm.preview import Previewer
from micm_desktop.micm.schedules import StepSettings, settings_at
from micm_desktop.micm.state_file import save_state
from micm_desktop.micm.step import StepResult
from micm_desktop.micm.tagged import TaggedImages
from micm_desktop.micm.training_state import TrainingState
from micm_desktop.micm.update import drawer, train_step
from micm_desktop.progress import JobControl, ProcessingError

MOST_LOST_SECONDS = 55.0
"""Of training, when the process is killed at the worst moment; a single step that takes longer is lost as a whole."""
SLOW_SAVE, SLOW_DISK = 1.0, 10
"""Where writing the state takes more seconds than the first, it may take one part in so many of the time."""
DOUBTFUL_SECONDS = 20.0


class TrainingLoop:
    """Trains ``state`` on the images of ``cache``. Time, steps and schedules go on where the state has them."""

    def __init__(
        self,
        cache: PixelCache,
        state: TrainingState,
        config: PretrainConfig,
        device: torch.device,
        control: JobControl,
        state_file: Path,
        images: ImageSet,
        tagged: TaggedImages | None = None,
        group: Group = ALONE,
        previewer: Previewer | None = None,
    ) -> None:
        self.cache, self.state, self.config, self.device = cache, state, config, device
        self.control, self.state_file, self.images = control, state_file, images
        self._group, self._previewer = group, previewer
        self.batch_size = config.batch_size * group.size
        """Of all processes together."""
        self.steps_per_epoch = max(1, len(cache.paths) // self.batch_size)
        self.losses: dict[str, float] = {}
        """Of the last step."""
        self.ended_early = False
        self._careful = collapse.remedied(config, state.answers)
        self._good = GoodStates(state)
        self._epoch = EpochSignals()
        self._tagged = tagged
        self._accuracy: tuple[float, float] | None = None
        """Of the tagged images, and the progress at which it was measured."""
        self._early_stop = EarlyStop(config, state.plateau, len(tagged.rows) if tagged is not None else 0)
        half_precision = device.type == "cuda" and not torch.cuda.is_bf16_supported()
        self._scaler = torch.amp.GradScaler(device.type, enabled=half_precision)
        self._first_step, self._first_elapsed = state.step, state.elapsed
        self._saved_at = state.elapsed
        self._save_failed = False
        self._step_seconds = self._save_seconds = 0.0
        self._good_now = True

    @property
    def progress(self) -> float:
        """Share of the run that is done; 1 or more at its end."""
        minutes, epochs = self.config.minutes, self.config.epochs
        by_time = self.state.elapsed / (minutes * 60) if minutes is not None else 0.0
        by_steps = self.state.step / (epochs * self.steps_per_epoch) if epochs is not None else 0.0
        return max(by_time, by_steps)

    @property
    def images_per_second(self) -> float:
        images = (self.state.step - self._first_step) * min(self.batch_size, len(self.cache.paths))
        return images / max(self.state.elapsed - self._first_elapsed, 1e-9)

    def expected_steps(self) -> int:
        """Steps of the whole run; 0 while only its time is known."""
        if self.config.minutes is None and self.config.epochs is not None:
            return self.config.epochs * self.steps_per_epoch
        return max(self.state.step, round(self.state.step / self.progress)) if self.progress > 0 else 0

    def events(self) -> Iterator[Event]:
        """Train until the end, or until cancelled. Raises ProcessingError where nothing was learned at all."""
        with Prefetch(drawer(self.state, self.config, self.device, self._batch, self._group)) as steps:
            while self.progress < 1 and not self.ended_early:
                self.control.wait_if_paused()
                if self._group.any(self.control.cancelled, self.device):
                    self.control.cancel()
                    return
                yield from self._one_step(steps)
                yield from self._preview()
                if self._save_is_due():
                    yield from self.save()

    def save(self) -> Iterator[Checkpoint | Notice]:
        """Write the state to the disk; where the disk refuses, say so, once until it works again."""
        began = time.perf_counter()
        self._saved_at = self.state.elapsed
        try:
            if self._group.first:
                save_state(self.state, self.config, self.state_file, self.images, self.cache.size)
        except OSError as problem:
            if not self._save_failed:
                yield Notice(self.state.step, _not_saved(self.state_file, problem))
            self._save_failed = True
            return
        self._save_failed = False
        self._save_seconds = time.perf_counter() - began
        yield Checkpoint(self.state_file, self.state.step)

    def _save_is_due(self) -> bool:
        """Before the next step would be more training than a kill may cost; seldom on a slow disk, and a little later
        while the signals are doubtful: a state that is collapsing is not worth going on from."""
        wanted = self.config.checkpoint_seconds
        if self._save_seconds > SLOW_SAVE:
            wanted = max(wanted, SLOW_DISK * self._save_seconds)
        if not self._good_now:
            wanted += DOUBTFUL_SECONDS
        return self.state.elapsed - self._saved_at + self._step_seconds > min(wanted, MOST_LOST_SECONDS)

    def _one_step(self, steps: Prefetch[Drawn]) -> Iterator[Event]:
        state = self.state
        epoch, at_once, due = state.step // self.steps_per_epoch, state.micro_batch, self._balance_is_due()
        before = state.elapsed
        with self._on_the_clock():
            settings, result = self._train(steps.take(state.step), due)
            losses, signals = self._to_numbers(result)
            state.step += 1
            kind = self._judge(losses, signals)
            self.losses = losses
        self._step_seconds = state.elapsed - before
        if state.micro_batch != at_once:
            yield Notice(state.step, _in_parts(state.micro_batch))
        if math.isfinite(losses["total"]):
            self._epoch.add(losses, signals, result.targets)
            self._early_stop.add(losses, signals)
            yield self._step_event(epoch, settings)
        if state.step % self.steps_per_epoch == 0 and self._epoch.signals:
            yield EpochEnd(epoch, self._epoch.mean_losses(), self._epoch.monitor() | self._few_shot())
            self._epoch = EpochSignals()
        if kind is not None:
            yield self._answer(kind)
            return
        if due:
            yield from self._adjust(result)
        if self._early_stop.is_due(self.progress):
            reason = self._early_stop.look(self.progress, self._few_shot().get("few_shot_accuracy"))
            if reason is not None:
                self.ended_early = True
                yield Stopped(state.step, reason)

    def _preview(self) -> Iterator[Event]:
        # Not on the clock: a run by time is the same whether somebody looks or not.
        if self._previewer is not None and self._previewer.is_due(self.state.elapsed):
            preview = self._previewer.make(self.state, self.device)
            if preview is not None:
                yield preview

    def _few_shot(self) -> dict[str, float]:
        """The accuracy of the tagged images, where there are any; measured again only after a while."""
        if self._tagged is None:
            return {}
        if self._accuracy is None or self.progress - self._accuracy[1] >= CHECK_SHARE:
            with self._on_the_clock():
                teacher = self.state.teacher.network
                measured = self._tagged.accuracy(self.cache, teacher, self.config.crop_size, self.device)
                [found] = self._group.decide([measured], self.device)
            self._accuracy = (found, self.progress)
        return {"few_shot_accuracy": self._accuracy[0]}

    def _train(self, drawn: Drawn, measure_gradients: bool) -> tuple[StepSettings, StepResult]:
        settings, config = settings_at(self._careful, self.progress), self._careful
        if settings.stage == 2 and self.state.stage == 1:
            self.state.begin_stage2()
        self.state.stage = settings.stage  # back to 1 where a run goes on for longer
        if settings.stage == 2:
            config = config.for_stage2()
        elif config.dynamic_balance:
            config = self.state.balance.applied(config)
        result = train_step(
            drawn,
            self.state,
            config,
            settings,
            self.device,
            self._scaler,
            measure_gradients=measure_gradients,
            group=self._group,
        )
        return settings, result

    def _balance_is_due(self) -> bool:
        if not self.config.dynamic_balance or self.progress >= 1 - self.config.stage2_share:
            return False
        return (self.state.step + 1) % max(round(self.expected_steps() * ADJUST_SHARE), 1) == 0

    def _adjust(self, result: StepResult) -> Iterator[Balance]:
        state = self.state
        if state.watch.recent and self.progress < 1 - self.config.stage2_share:
            measured = [float(norm) for norm in result.gradient_norms.values()]
            norms = dict(zip(result.gradient_norms, self._group.decide(measured, self.device), strict=True))
            by_class = norms.pop("cls", 0.0)
            watched, best = state.watch.mean(), state.watch.best_spread
            seen = BalanceSignals(self.progress, watched, best, by_class, math.hypot(*norms.values()))
            state.balance = adjust(state.balance, seen)
            now = state.balance.applied(self._careful)
            if state.balance.reasons:
                yield Balance(state.step, in_words(now), now.mask_ratio, now.lambda_cls, state.balance.reasons)

    def _batch(self, step: int) -> torch.Tensor:
        """Images of a step for all processes, (B, S, S, 3) uint8: each once an epoch, in an order of its own."""
        epoch, position = divmod(step, self.steps_per_epoch)
        order = np.random.default_rng((self.config.seed, epoch)).permutation(len(self.cache.paths))
        rows = order[position * self.batch_size : (position + 1) * self.batch_size]
        # Every process gets as many; only a batch of more images than there are loses any.
        rows = rows[: len(rows) - len(rows) % self._group.size]
        try:
            return torch.from_numpy(self.cache.rows(np.sort(rows)))
        except UnreadableImage as problem:
            raise ProcessingError(
                f"{problem.path} could be read before and cannot be read any more: {problem.reason}. Put it back,"
                " then go on with the stopped run."
            ) from problem

    def _step_event(self, epoch: int, settings: StepSettings) -> Step:
        state, done = self.state, self.progress
        left = state.elapsed * (1 - done) / done if done < 1 else 0.0
        speed = self.images_per_second
        return Step(state.step, self.expected_steps(), epoch, self.losses, settings.learning_rate, speed, left)

    def _judge(self, losses: dict[str, float], signals: StepSignals) -> collapse.Kind | None:
        if not math.isfinite(losses["total"]):
            return "no-number"
        total = self.expected_steps()
        if self.config.lambda_cls == 0:
            # The class token is not trained, so nothing can be asked of it.
            self._good.keep(self.state, collapse.steps_between_good_states(total))
            return None
        kind = self.state.watch.observe(signals, total)
        self._good_now = kind is None and self.state.watch.good()
        if self._good_now:
            self._good.keep(self.state, collapse.steps_between_good_states(total))
        return kind

    def _answer(self, kind: collapse.Kind) -> Collapse | Stopped:
        state, good = self.state, self._good
        if state.answers >= collapse.MOST_ANSWERS:
            if good.step == 0:
                raise ProcessingError(_nothing_learned(kind))
            self.ended_early = True
            good.go_back(state)
            return Stopped(state.step, _given_up(kind, good.step))
        state.answers += 1
        self._careful = collapse.remedied(self.config, state.answers)
        good.go_back(state)
        state.watch.forget()
        return Collapse(state.step, collapse.in_words(kind), collapse.remedy_in_words(good.step, self._careful))

    @contextmanager
    def _on_the_clock(self) -> Iterator[None]:
        """What is done inside counts as time of training; pauses and the listener's own time do not."""
        began = time.perf_counter()
        yield
        elapsed = self.state.elapsed + time.perf_counter() - began
        [self.state.elapsed] = self._group.decide([elapsed], self.device)

    def _to_numbers(self, result: StepResult) -> tuple[dict[str, float], StepSignals]:
        """In one transfer: each one by itself would make a GPU wait."""
        terms = result.terms | {"total": result.loss}
        values = torch.cat([torch.stack([term.detach().float() for term in terms.values()]), measure(result.targets)])
        numbers = self._group.decide(values.tolist(), self.device)
        losses = dict(zip(terms, numbers, strict=False))
        return losses, StepSignals(*numbers[len(terms) :])


def _not_saved(path: Path, problem: OSError) -> str:
    return (
        f"The state of training could not be written to {path} ({problem.strerror or problem}). Training goes on and"
        " tries again; free some space there, or a stop would lose what was learned since the last time."
    )


def _in_parts(images: int) -> str:
    return (
        f"The memory was not enough for the whole batch at once: it now passes the network in parts of {images} images,"
        " which takes longer and teaches the same."
    )


def _nothing_learned(kind: collapse.Kind) -> str:
    if kind == "no-number":
        return (
            "Training became unstable: the loss is no longer a number. Start again with another seed or a lower"
            " learning rate; the encoder you had before is unchanged."
        )
    return (
        f"{collapse.in_words(kind)} That happened from the beginning, whatever was tried against it. The encoder you"
        " had before is unchanged; use that one, or pretrain on images that differ more."
    )


def _given_up(kind: collapse.Kind, good_step: int) -> str:
    return (
        f"{collapse.in_words(kind)} It happened again after every remedy, so the run ends early with what the network"
        f" knew at step {good_step}."
    )
