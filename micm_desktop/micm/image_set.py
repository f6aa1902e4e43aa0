"""Which images a run was made on, by their content: names and order do not matter."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class ImageSet:
    """sha256 digests (32 bytes each) of the images as they were trained on, sorted; equal ones come more than once."""

    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, digests: Iterable[bytes]) -> "ImageSet":
        return cls(tuple(sorted(digests)))

    @property
    def digest(self) -> str:
        """sha256 (hexadecimal) of the whole set."""
        return sha256(b"".join(self.digests)).hexdigest()

    @property
    def all_equal(self) -> bool:
        return len(set(self.digests)) <= 1

    def changes_since(self, before: "ImageSet") -> tuple[int, int]:
        """How many images were added, and how many are gone."""
        now, then = Counter(self.digests), Counter(before.digests)
        return (now - then).total(), (then - now).total()

    def to_tensor(self) -> Tensor:
        """(N, 32) uint8, for a file of tensors."""
        return torch.from_numpy(np.frombuffer(b"".join(self.digests), np.uint8).reshape(-1, 32).copy())

    @classmethod
    def from_tensor(cls, rows: Tensor) -> "ImageSet":
        return cls.of(bytes(row) for row in rows.numpy())
