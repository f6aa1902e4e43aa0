"""Images in tiles on the command line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.cli.output import stderr, tracked
from micm_desktop.cli.regions import Boxes
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import JobControl, Progress, UserError

if TYPE_CHECKING:
    from micm_desktop.fewshot.episodes import EpisodeConfig
    from micm_desktop.fewshot.labeled_folder import LabeledFolder
    from micm_desktop.fewshot.tile_trial import TileTrial
    from micm_desktop.fewshot.tiles import Good
    from micm_desktop.micm.checkpoint import LoadedEncoder


def evaluate_tiles(
    encoder: "LoadedEncoder",
    folder: "LabeledFolder",
    good: "Good",
    boxes: Boxes,
    count: int,
    shots: Sequence[int],
    config: "EpisodeConfig",
) -> tuple[list[dict[str, object]], int, tuple[UnreadableImage, ...]]:
    """Results by ``shots``, the number of classes in an episode, and the images that could not be read."""
    from micm_desktop.fewshot.episodes import usable_classes
    from micm_desktop.fewshot.tiled_episodes import run_tiled_episodes
    from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles
    from micm_desktop.fewshot.tiles import check_tiled_method

    check_tiled_method(config.method)
    embedded: TiledFolder | None = None
    events = embed_tiles(encoder, folder.classes, folder.paths, folder.labels, boxes, count, JobControl())
    for event in tracked(events, "embedding tiles"):
        if isinstance(event, TiledFolder):
            embedded = event
    assert embedded is not None
    usable = usable_classes(embedded.labels, max(shots), config.queries)
    rows = np.flatnonzero(np.isin(embedded.labels, usable)) if len(usable) > 1 else np.arange(len(embedded.labels))
    marked = [embedded.marked[row] for row in rows]
    results: list[dict[str, object]] = []
    for number in shots:
        asked = replace(config, shots=number)
        found = run_tiled_episodes(embedded.embeddings[rows], embedded.labels[rows], good, marked, asked)
        results.append({key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(found).items()})
        accuracy, interval = 100 * found.accuracy, 100 * found.ci95
        stderr.print(f"{number} shots: {accuracy:.1f} ± {interval:.1f} % in {count} x {count} tiles", markup=False)
    return results, min(config.ways, len(usable)), embedded.failed


def tiles_for(
    tiles: str,
    encoder: "LoadedEncoder",
    folder: "LabeledFolder",
    good: "Good",
    boxes: Boxes,
    method: str,
) -> "tuple[int, TileTrial | None]":
    """How many tiles an edge ``--tiles`` asks for; with ``auto`` by a trial, which says so on standard error.

    Raises UserError for anything but auto and 1 to 4.
    """
    from micm_desktop.export.fit_tiles import choose_tiles

    return tiles_asked(tiles, lambda: choose_tiles(encoder, folder, good, method, boxes, JobControl()))


def tiles_asked(tiles: str, trial: "Callable[[], Iterator[Progress | TileTrial]]") -> "tuple[int, TileTrial | None]":
    """How many tiles an edge ``--tiles`` asks for; with ``auto`` as ``trial`` says.

    Raises UserError for anything but auto and 1 to 4.
    """
    if tiles != "auto":
        if tiles not in ("1", "2", "3", "4"):
            raise UserError("--tiles must be auto, 1, 2, 3 or 4.")
        return int(tiles), None
    from micm_desktop.fewshot.tile_trial import TileTrial

    for event in tracked(trial(), "trying tiles"):
        if isinstance(event, TileTrial):
            stderr.print(event.sentence(), markup=False)
            return (event.count if event.offered else 1), event
    return 1, None


def trial_values(trial: "TileTrial | None") -> dict[str, object]:
    """JSON of a trial: whole images against tiles, tagged images judged without their tags."""
    if trial is None:
        return {}
    figures = {"tiles": trial.count, "accuracy": round(trial.accuracy, 4), "whole": round(trial.whole, 4)}
    return {"tile_trial": figures | {"images": trial.images, "offered": trial.offered}}
