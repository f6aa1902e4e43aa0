#!/usr/bin/env python3
"""How long a tag takes to reach all predictions: fit, score and decide, with embeddings as they are kept in memory (16
bits a value), beside the bare float32 matrix product of that size.

Usage: tagging.py [--images 100000] [--dimensions 1408] [--classes 5] [--tags 25] [--views 3] [--rounds 9] [--threads 2]
Made-up embeddings: time depends on sizes alone.
"""

import argparse
import os
import time
from collections.abc import Callable


def median_seconds(rounds: int, work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[rounds // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=1408)
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--tags", type=int, default=25)
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    # Read when NumPy is loaded, so the imports come after it.
    os.environ["OPENBLAS_NUM_THREADS"] = str(args.threads)
    import numpy as np

    from micm_desktop.fewshot.classify import fit_support
    from micm_desktop.fewshot.compact import compact
    from micm_desktop.fewshot.decision import decide, default_policy, estimate_defect_share
    from micm_desktop.fewshot.head import normalise_rows

    rng = np.random.default_rng(0)
    images = normalise_rows(rng.standard_normal((args.images, args.dimensions), np.float32))
    labels = np.arange(args.tags) % args.classes
    support = images[: args.tags]
    near = support[:, None] + 0.01 * rng.standard_normal((args.tags, args.views, args.dimensions), np.float32)
    views = near.astype(np.float32) if args.views else None
    weight = np.ascontiguousarray(support[: args.classes])
    kept = compact([images], len(images), args.dimensions)
    good = (True,) + (False,) * (args.classes - 1)

    def predict() -> object:
        fit = fit_support("auto", support, labels, args.classes, kept, views=views)
        probabilities, far = fit.head.judge(kept)
        policy = default_policy(good, estimate_defect_share(probabilities, good))
        return decide(probabilities, far > fit.head.unknown_threshold, policy)

    product = median_seconds(args.rounds, lambda: images @ weight.T)
    whole = median_seconds(args.rounds, predict)
    print(
        f"{args.images} images of {args.dimensions} values, {args.classes} classes, {args.tags} tags,"
        f" {args.threads} threads"
    )
    print("| | ms |\n|---|---|")
    print(f"| bare matrix product | {1000 * product:.1f} |\n| fit, score and decide | {1000 * whole:.1f} |")
    print(f"| ratio | {whole / product:.2f} |")


if __name__ == "__main__":
    main()
