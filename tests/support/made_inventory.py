"""An inventory made of numbers: images of known kind, light, camera and folder, which need not exist."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from micm_desktop.inventory.coverage import find_groups
from micm_desktop.inventory.measures import ImageMeasures
from micm_desktop.inventory.quality import judge_quality
from micm_desktop.inventory.taking import Inventory

SIZE = 40
SPREAD = 0.1


def made_inventory(
    kinds: Sequence[int],
    *,
    seed: int,
    gain: float = 1.0,
    cameras: Sequence[str] | None = None,
    folders: Sequence[str] | None = None,
    taken: Sequence[str] | None = None,
    root: Path = Path("/images"),
    features: bool = True,
) -> Inventory:
    """One image for each of ``kinds``; each kind has its own brightness and its own place among the embeddings."""
    rng = np.random.default_rng(seed)
    count = len(kinds)
    places = np.eye(SIZE)[list(kinds)] + rng.normal(0, SPREAD, (count, SIZE))
    embeddings = (places / np.linalg.norm(places, axis=1, keepdims=True)).astype(np.float32)
    measures = tuple(
        ImageMeasures(
            f"{folders[row] + '/' if folders is not None else ''}{row:04d}.png",
            f"{seed}-{row}", "png", 64, 64, 8, 1, False, 100,
            brightness=gain * (0.3 + 0.08 * kind) * light,
            contrast=0.1 * gain * light,
            highlights=gain * (0.4 + 0.08 * kind) * light,
            dark=0.0,
            bright=0.0,
            sharpness=float(rng.normal(kind / 5, 0.1)),
            coarse_sharpness=0.0,
            noise=float(rng.lognormal(0.5, 0.1)),
            fingerprint=0,
            taken=taken[row] if taken is not None else "",
            camera=cameras[row] if cameras is not None else "",
        )
        for row, (kind, light) in enumerate(zip(kinds, np.exp(rng.normal(0, 0.05, count)).tolist(), strict=True))
    )  # fmt: skip
    coverage = find_groups(embeddings) if features else None
    return Inventory(
        root,
        measures,
        tuple(root / one.path for one in measures),
        (), (), (), (), (),
        judge_quality(measures),
        tuple(range(count)) if features else (),
        coverage,
        embeddings if features else None,
    )  # fmt: skip
