"""Images in tiles on the command line."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from micm_desktop.cli.output import stderr, tracked
from micm_desktop.cli.regions import Boxes
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import JobControl, UserError

if TYPE_CHECKING:
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
    *,
    ways: int,
    shots: Sequence[int],
    queries: int,
    episodes: int,
    method: str,
    seed: int,
) -> tuple[list[dict[str, float]], int, tuple[UnreadableImage, ...]]:
    """Results by shots, the number of classes in an episode, and the images that could not be read."""
    from micm_desktop.fewshot.episodes import usable_classes
    from micm_desktop.fewshot.tiled_episodes import run_tiled_episodes
    from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles
    from micm_desktop.fewshot.tiles import check_tiled_method

    check_tiled_method(method)
    embedded: TiledFolder | None = None
    events = embed_tiles(encoder, folder.classes, folder.paths, folder.labels, boxes, count, JobControl())
    for event in tracked(events, "embedding tiles"):
        if isinstance(event, TiledFolder):
            embedded = event
    assert embedded is not None
    results = []
    for number in shots:
        found = run_tiled_episodes(
            embedded.embeddings,
            embedded.labels,
            good,
            embedded.marked,
            ways=ways,
            shots=number,
            queries=queries,
            episodes=episodes,
            method=method,
            seed=seed,
        )
        results.append({key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(found).items()})
    used = min(ways, len(usable_classes(embedded.labels, max(shots), queries)))
    return results, used, embedded.failed


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
    if tiles != "auto":
        if tiles not in ("1", "2", "3", "4"):
            raise UserError("--tiles must be auto, 1, 2, 3 or 4.")
        return int(tiles), None
    from micm_desktop.export.fit_tiles import choose_tiles
    from micm_desktop.fewshot.tile_trial import TileTrial

    for event in tracked(choose_tiles(encoder, folder, good, method, boxes, JobControl()), "trying tiles"):
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
