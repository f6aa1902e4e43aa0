"""One run on several processes, each with its share of every batch, started by ``torchrun``.

The losses compare within the whole batch, so what is exchanged are the tokens that they look at: every process computes
the losses of the whole batch and takes them back into the network through its own tokens alone. The sum of the
processes' gradients is then that of one process with the whole batch. What each step decides by a clock or by rounding
is decided by the first process for all.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import torch
from torch import Tensor, nn
from torch import distributed as dist

from micm_desktop.micm.augment import WHOLE, Share
from micm_desktop.progress import UserError

LONGEST_WAIT = timedelta(hours=12)
"""One process may read its images much faster than another. One that fails is noticed by torchrun at once."""


@dataclass(frozen=True)
class Group:
    """The processes of a run; ``share`` is this one's. Alone it exchanges nothing."""

    share: Share = WHOLE

    @property
    def size(self) -> int:
        return self.share.of

    @property
    def alone(self) -> bool:
        return self.share.of == 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and speaks to the user."""
        return self.share.number == 0

    def gather(self, own: Tensor, sizes: Sequence[Sequence[int]]) -> Tensor:
        """Rows of all processes. own: (sum of its sizes, ...), in blocks; ``sizes``: for each process those of its
        blocks. The first blocks of all processes come first, then the second ones, and so on; gradients flow into
        ``own`` alone.
        """
        if self.alone:
            return own
        padded = own.new_zeros(max(map(sum, sizes)), *own.shape[1:], dtype=torch.float32)
        padded[: len(own)] = own.detach()
        received = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(received, padded)
        kept = [rows[: sum(size)].to(own.dtype) for rows, size in zip(received, sizes, strict=True)]
        kept[self.share.number] = own
        blocks = [torch.split(rows, list(size)) for rows, size in zip(kept, sizes, strict=True)]
        return torch.cat([of_process[block] for block in range(len(sizes[0])) for of_process in blocks])

    def halves(self, mask: Tensor) -> list[tuple[int, int]]:
        """How many patches each process hides in its first and in its second crops. mask: of the whole batch."""
        counts = mask.sum(dim=1).view(2, self.size, -1).sum(dim=2).tolist()
        return [(int(first), int(second)) for first, second in zip(*counts, strict=True)]

    def own_rows(self, whole: Tensor) -> Tensor:
        """This process's rows of what the whole batch has for its first and its second crops: (2B, ...)."""
        return whole.view(2, self.size, -1, *whole.shape[1:])[:, self.share.number].flatten(0, 1)

    @torch.no_grad()
    def add_gradients(self, spread: Iterable[nn.Parameter], common: Iterable[nn.Parameter]) -> None:
        """Sum the gradients of ``spread``, to which each process gives its tokens' part, over the processes.

        Those of ``common`` are whole on every process; their mean keeps them the same to the last bit.
        """
        if self.alone:
            return
        own = list(spread)
        self._fill_up(own)
        parts = [(parameter.grad, 1.0) for parameter in own if parameter.grad is not None]
        parts += [(parameter.grad, 1 / self.size) for parameter in common if parameter.grad is not None]
        self._sum_in_place(parts)

    @torch.no_grad()
    def average_statistics(self, module: nn.Module) -> None:
        """Mean over the processes of the batch statistics that ``module`` learns; those that are frozen stay."""
        if self.alone:
            return
        learning = [m for m in module.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.training]
        statistics = [buffer for norm in learning for buffer in norm.buffers() if buffer.is_floating_point()]
        self._sum_in_place([(buffer, 1 / self.size) for buffer in statistics])

    def decide(self, numbers: Sequence[float], device: torch.device) -> list[float]:
        """The first process's numbers, on all of them."""
        if self.alone:
            return list(numbers)
        # MPS has no float64, and no group of processes either.
        values = torch.tensor(numbers, dtype=torch.float64, device=device)
        dist.broadcast(values, 0)
        found: list[float] = values.tolist()
        return found

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether the flag is set on any process."""
        if self.alone:
            return flag
        value = torch.tensor([float(flag)], device=device)
        dist.all_reduce(value, dist.ReduceOp.MAX)
        return bool(value.item())

    def check_alike(self, beginning: bytes, device: torch.device) -> None:
        """Raises UserError, on every process, where one begins with something else than the first."""
        digest = sha256(beginning).digest()
        numbers = [float(int.from_bytes(digest[start : start + 4])) for start in range(0, len(digest), 4)]
        if self.any(self.decide(numbers, device) != numbers, device):
            raise UserError(
                "The processes of this run do not begin alike. Let each of them find the same images, the same --init"
                " and the same stopped run, and give all of them the same options."
            )

    def _fill_up(self, parameters: Sequence[nn.Parameter]) -> None:
        """Give a gradient of 0 to what has one on another process only, such as one whose crops hide something."""
        if not parameters:
            return
        there = torch.tensor([float(p.grad is not None) for p in parameters], device=parameters[0].device)
        dist.all_reduce(there, dist.ReduceOp.MAX)
        for parameter, anywhere in zip(parameters, there.tolist(), strict=True):
            if anywhere and parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)

    def _sum_in_place(self, parts: Sequence[tuple[Tensor, float]]) -> None:
        if not parts:
            return
        flat = torch.cat([tensor.flatten().float() * scale for tensor, scale in parts])
        dist.all_reduce(flat)
        for (tensor, _), total in zip(parts, torch.split(flat, [tensor.numel() for tensor, _ in parts]), strict=True):
            tensor.copy_(total.view_as(tensor))


ALONE = Group()


def started_by_torchrun() -> bool:
    """Whether this process is one of several of a run."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1 and "RANK" in os.environ


def is_first() -> bool:
    """Whether this process speaks to the user: alone, or the first of its run."""
    return not started_by_torchrun() or os.environ["RANK"] == "0"


def own_card(device: torch.device) -> torch.device:
    """Of several processes on a computer's CUDA cards, this one's card, with its number: a thread that is told no
    number takes the first. ``device`` itself in all other cases. Raises UserError where there are too few cards.
    """
    if device.type != "cuda" or not started_by_torchrun():
        return device
    number, cards = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if number >= cards:
        raise UserError(
            f"This computer has {cards} CUDA devices, and more processes were started on it. Give torchrun"
            f" --nproc-per-node {cards}."
        )
    return torch.device("cuda", number)


@contextmanager
def joined(device: torch.device) -> Iterator[Group]:
    """The group that ``torchrun`` started this process in, left again at the end; alone without it.

    ``device`` as :func:`own_card` gives it.
    """
    if not started_by_torchrun():
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=LONGEST_WAIT)
    try:
        yield Group(Share(dist.get_rank(), dist.get_world_size()))
        # Nobody leaves while another may still read what the first has written, or ask for its part.
        dist.barrier()
    finally:
        dist.destroy_process_group()
