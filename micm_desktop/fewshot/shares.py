"""How often each class occurs among unlabeled images, estimated from their predictions."""

import numpy as np

from micm_desktop.fewshot.compact import Rows
from micm_desktop.fewshot.head import Array

ITERATIONS = 200
TOLERANCE = 1e-5
MOST_IMAGES = 2000
"""Images that are looked at, evenly spread: a share is known to a percent by then."""
SMALLEST = 0.02
"""No share falls below this before they are made to sum to 1: what was tagged exists, and of a handful of defects among
hundreds of good parts the estimate would leave nothing (docs/decisions/0010-decision.md)."""


def estimate_shares(probabilities: Array) -> Array:
    """Class shares (C,), which sum to 1, by expectation maximisation (Saerens, Latinne and Decaestecker 2002).

    probabilities (N, C), as calibrated under equal shares, which is how every head here is fitted; rows that are not
    finite do not count. Equal shares where none is left.
    """
    classes = probabilities.shape[1]
    probabilities = some_of(probabilities)
    probabilities = probabilities[np.isfinite(probabilities).all(axis=1)]
    shares = np.full(classes, 1 / classes)
    for _ in range(ITERATIONS if len(probabilities) else 0):
        before = shares
        shares = np.maximum(with_shares(probabilities, before).mean(axis=0), SMALLEST)
        shares = shares / shares.sum()
        if np.abs(shares - before).max() < TOLERANCE:
            break
    return shares.astype(np.float32)


def some_of(rows: Rows) -> Array:
    """At most ``MOST_IMAGES`` of the rows (N, D), evenly spread."""
    some: Array = rows[:: max(1, -(-len(rows) // MOST_IMAGES))]
    return some


def with_shares(probabilities: Array, shares: Array) -> Array:
    """Probabilities (N, C) under equal shares -> under ``shares`` (C,): Bayes' rule with another prior."""
    weighted = probabilities * shares
    out: Array = weighted / np.maximum(weighted.sum(axis=1, keepdims=True), 1e-12)
    return out
