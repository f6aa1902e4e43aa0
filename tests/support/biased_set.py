"""A set of images with four faults: 80 % of one kind, 10 % near duplicates, 5 % blurred, two lighting conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class BiasedSet:
    """What was put into ``folder``: names of the near duplicates, the blurred, the darker images, those of kind 0."""

    folder: Path
    near: frozenset[str]
    blurred: frozenset[str]
    dark: frozenset[str]
    main: frozenset[str]
    images: int


def write_biased_set(
    folder: Path, picture: Callable[[int, int], Picture], kinds: int, *, most: int, others: int, seed: int = 0
) -> BiasedSet:
    """``most`` images of kind 0 and ``others`` of all other kinds, in random order, and their near duplicates.

    ``picture(kind, number)`` gives (H, W, 3) RGB. Duplicates are moved by a pixel, 4 % brighter, and saved as JPEG.
    """
    rng = np.random.default_rng(seed)
    wanted = [(0, number) for number in range(most)]
    wanted += [(1 + number % (kinds - 1), number) for number in range(others)]
    total = len(wanted)
    order = [wanted[place] for place in rng.permutation(total)]
    marked = rng.permutation(total)
    copied, soft = set(marked[: round(total / 9)].tolist()), set(marked[-round(total / 18) :].tolist())
    folder.mkdir(parents=True)
    near, blurred, dark, main = set[str](), set[str](), set[str](), set[str]()
    for place, (kind, number) in enumerate(order):
        image = picture(kind, number).astype(np.float32)
        name = f"画像 {place:04d}.png"
        if place >= 0.6 * total:
            image *= 0.55
            dark.add(name)
        if kind == 0:
            main.add(name)
        if place in soft:
            image = cv2.GaussianBlur(image, (0, 0), image.shape[0] / 80)
            blurred.add(name)
        _write(folder / name, image)
        if place in copied:
            moved = np.float32([[1, 0, 1], [0, 1, 1]])
            size = image.shape[1], image.shape[0]
            copy = cv2.warpAffine(image, moved, size, borderMode=cv2.BORDER_REFLECT) * 1.04 + 2
            name = f"画像 {place:04d} b.jpg"
            _write(folder / name, copy)
            near.add(name)
            if place >= 0.6 * total:
                dark.add(name)
    return BiasedSet(folder, frozenset(near), frozenset(blurred), frozenset(dark), frozenset(main), total + len(near))


def _write(path: Path, image: NDArray[np.float32]) -> None:
    pixels = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(path.suffix, pixels[:, :, ::-1])
    path.write_bytes(data.tobytes())
