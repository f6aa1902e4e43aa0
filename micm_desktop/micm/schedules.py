"""Schedules over the progress of a run, which is 0 at its start and 1 at its end."""

import math


def cosine(start: float, end: float, progress: float) -> float:
    """Half a cosine from ``start`` to ``end``; ``progress`` is clipped to [0, 1]."""
    progress = min(max(progress, 0.0), 1.0)
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * progress))


def warmup_cosine(peak: float, end: float, warmup: float, progress: float) -> float:
    """Linear from 0 to ``peak`` over the share ``warmup`` of the run, then a cosine to ``end``."""
    if progress < warmup:
        return peak * progress / warmup
    return cosine(peak, end, (progress - warmup) / (1 - warmup))


def linear(start: float, end: float, share: float, progress: float) -> float:
    """Linear from ``start`` to ``end`` over the first ``share`` of the run, then constant."""
    return start + (end - start) * (min(progress / share, 1.0) if share > 0 else 1.0)
