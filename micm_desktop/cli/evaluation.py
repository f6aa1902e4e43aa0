"""The command that measures an encoder on labeled images: evaluate."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.table import Table

from micm_desktop.cli.learning import Encoder, Good, Seed, name_copies
from micm_desktop.cli.output import Json, command, finish, needs_desktop, stderr, stdout, tracked
from micm_desktop.cli.regions import boxes_of, tell_resolution, with_patches
from micm_desktop.cli.tiling import evaluate_tiles
from micm_desktop.export.predict import check_replaceable
from micm_desktop.images.scan import relative_name
from micm_desktop.progress import JobControl, Progress, UserError

if TYPE_CHECKING:
    from micm_desktop.fewshot.episode_scores import EpisodeScores
    from micm_desktop.fewshot.episodes import EpisodeConfig, JudgedEpisode
    from micm_desktop.fewshot.head import Array
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder

METHOD_NAMES = "auto, prototype, ridge, opta, opta-shares, soft-kmeans, logistic, local or finetune"
QUERY_COLUMNS = ("shots", "episode", "path", "truth", "class", "verdict", "confidence", "unknown_score", "unknown")


@command
def evaluate(
    labeled: Annotated[Path, typer.Argument(help="Folder with one sub-folder of images per class.")],
    encoder: Encoder = "starter",
    ways: Annotated[int, typer.Option(help="Classes per episode.")] = 5,
    shots: Annotated[list[int] | None, typer.Option(help="Support images per class; may be repeated.")] = None,
    queries: Annotated[int, typer.Option(help="Query images per class.")] = 15,
    episodes: Annotated[int, typer.Option(help="How many episodes.")] = 600,
    method: Annotated[str, typer.Option(help=f"{METHOD_NAMES}.")] = "prototype",
    imbalance: Annotated[
        int, typer.Option(min=0, help="Queries of the good class to one of all others together; 0: as many of each.")
    ] = 0,
    boxes: Annotated[
        Path | None,
        typer.Option(help="CSV of marked regions: also score the heatmaps; local and tiles learn from the regions."),
    ] = None,
    masks: Annotated[Path | None, typer.Option(help="Folder of masks: also score the heatmaps.")] = None,
    tiles: Annotated[int, typer.Option(min=1, max=4, help="Cut images into as many tiles along each edge.")] = 1,
    good: Good = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write the verdict on every query of every episode.")
    ] = None,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Few-shot accuracy of an encoder on labeled images, and whether its probabilities and verdicts can be trusted."""
    needs_desktop()
    chosen_shots = shots or [1, 5]
    if min(ways, queries, episodes, *chosen_shots) < 1 or ways < 2:
        raise UserError("--ways must be at least 2; --shots, --queries and --episodes at least 1.")
    from micm_desktop.export.localize import HeatmapScores, localize
    from micm_desktop.fewshot.classify import METHODS, check_method
    from micm_desktop.fewshot.episodes import EpisodeConfig, skipped_classes, usable_classes
    from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
    from micm_desktop.fewshot.tiles import good_classes, only_good_class
    from micm_desktop.micm.checkpoint import load_encoder

    check_method(method, METHODS)
    if tiles > 1 and (csv_file is not None or masks is not None or imbalance):
        raise UserError("--tiles measures accuracy alone. Leave out --csv, --masks and --imbalance.")
    if csv_file is not None:
        csv_file.parent.mkdir(parents=True, exist_ok=True)
        check_replaceable(csv_file)
    folder = read_labeled_folder(labeled)
    name_copies(folder.copies)
    loaded = load_encoder(encoder)
    marked = boxes_of(boxes, labeled)
    sizes = tell_resolution(marked, [branch.network.config for branch in loaded.branches])
    good_ones = good_classes(folder.classes, good or ())
    # Episodes have one good class: with several, as with none, the first one drawn plays its part.
    good_one = only_good_class(good_ones)
    config = EpisodeConfig(ways, 0, queries, episodes, method, seed, imbalance=imbalance, good=good_one)
    if tiles > 1:
        results, used, failed = evaluate_tiles(loaded, folder, good_ones, marked, tiles, chosen_shots, config)
        tiled = {"encoder": encoder, "method": method, "ways": used, "tiles": tiles, "results": results}
        return finish(tiled | sizes if json else {}, json, failed)
    embedded: EmbeddedFolder | None = None
    for event in tracked(embed_folder(loaded, folder, JobControl()), "embedding"):
        if isinstance(event, EmbeddedFolder):
            embedded = event
    assert embedded is not None
    for name in skipped_classes(embedded.labels, embedded.classes, chosen_shots, queries):
        needed = f"{max(chosen_shots)} + {queries} images (shots and queries)"
        stderr.print(f"class {name!r} has fewer than {needed} and is left out", markup=False)
    # The same classes in every row of the table; with fewer than two, drawing episodes says what is missing.
    usable = usable_classes(embedded.labels, max(chosen_shots), queries)
    rows = np.flatnonzero(np.isin(embedded.labels, usable)) if len(usable) > 1 else np.arange(len(embedded.labels))
    judged = with_patches(embedded, marked) if method == "local" else embedded
    views = None
    if method == "auto":
        from micm_desktop.fewshot.views import views_of

        # Any of the images may be drawn into a support set.
        *_, found_views = tracked(views_of(embedded, rows, JobControl()), "views")
        assert not isinstance(found_views, Progress)
        views = found_views
    if method == "finetune":
        from micm_desktop.fewshot.finetune import Finetuner, prepare_finetune

        *_, finetuner = tracked(prepare_finetune(embedded, seed, JobControl()), "tokens")
        assert isinstance(finetuner, Finetuner)
        judged, config = replace(embedded, embeddings=finetuner.rows), replace(config, fit=finetuner.fit)
    scores = [
        _scores(judged, views, labeled, rows, replace(config, shots=count), csv_file, first=number == 0)
        for number, count in enumerate(chosen_shots)
    ]
    used = min(ways, len(usable))
    values: dict[str, object] = {"encoder": encoder, "method": method, "ways": used}
    values |= _figures(scores, imbalance) | sizes
    found: HeatmapScores | None = None
    if boxes is not None or masks is not None:
        control = JobControl()
        events = localize(embedded, labeled, boxes, masks, max(chosen_shots), seed, control)
        for step in tracked(events, "heatmaps"):
            found = step if isinstance(step, HeatmapScores) else found
        assert found is not None
        attention = {key: round(getattr(found.attention, key), 4) for key in ("pointing_game", "heat_inside")}
        values["localization"] = _rounded(found.evidence) | {"attention": attention}
    if not json:
        title = f"{encoder}, {method}, {used}-way" + (f", {imbalance}:1" if imbalance else "")
        if good_one is None:
            stderr.print("No class is named as the good one: in misses and costs the first one drawn plays its part.")
        _print_table(title, scores)
        if found is not None:
            for name, one in (("class evidence", found.evidence), ("attention", found.attention)):
                stdout.print(
                    f"heatmap, {name}: hottest inside the marked defect in {100 * one.pointing_game:.1f} % of"
                    f" {one.images} images (by chance {100 * one.chance:.1f} %),"
                    f" {100 * one.heat_inside:.1f} % of the heat inside",
                    soft_wrap=True,
                )
        values = {}
    return finish(values, json, embedded.failed)


def _scores(
    embedded: "EmbeddedFolder",
    views: "Array | None",
    root: Path,
    rows: "np.ndarray[Any, np.dtype[np.int64]]",
    config: "EpisodeConfig",
    csv_file: Path | None,
    *,
    first: bool,
) -> "EpisodeScores":
    from micm_desktop.fewshot.episode_scores import score_episodes
    from micm_desktop.fewshot.episodes import judge_episodes

    embeddings = embedded.embeddings[rows]
    judged: Iterable[JudgedEpisode] = judge_episodes(embeddings, embedded.labels[rows], config, views)
    with ExitStack() as stack:
        if csv_file is not None:
            mode, encoding = ("w", "utf-8-sig") if first else ("a", "utf-8")
            writer = csv.writer(stack.enter_context(csv_file.open(mode, encoding=encoding, newline="")))
            if first:
                writer.writerow(QUERY_COLUMNS)
            names = [relative_name(embedded.paths[row], root) for row in rows]
            judged = _written(judged, writer, names, embedded.classes, config.shots)
        return score_episodes(judged, embeddings, config, views)


def _written(
    judged: "Iterable[JudgedEpisode]", writer: Any, names: Sequence[str], classes: Sequence[str], shots: int
) -> "Iterator[JudgedEpisode]":
    from micm_desktop.fewshot.decision import Outcome

    for one in judged:
        episode, decisions = one.episode, one.decisions
        for row, (query, truth) in enumerate(zip(episode.queries, episode.truth, strict=True)):
            best = int(decisions.class_index[row])
            writer.writerow(
                (
                    shots,
                    episode.number,
                    names[query],
                    classes[episode.classes[truth]],
                    classes[episode.classes[best]],
                    Outcome(decisions.outcome[row]).name.lower(),
                    f"{one.probabilities[row, best]:.6f}",
                    f"{one.unknown[row]:.6f}",
                    int(one.unknown[row] > one.fit.head.unknown_threshold),
                )
            )
        yield one


def _figures(scores: "Sequence[EpisodeScores]", imbalance: int) -> dict[str, object]:
    """The JSON of what was measured, one entry for each number of shots."""

    def each(name: str) -> list[dict[str, object]]:
        parts = [(one.result.shots, getattr(one, name)) for one in scores]
        return [{"shots": shots} | _rounded(part) for shots, part in parts if part is not None]

    return {
        "results": [_rounded(one.result) for one in scores],
        "imbalance": imbalance,
        "calibration": each("calibration"),
        "unknown": each("unknown"),
        "costs": each("costs"),
    }


def _rounded(values: Any) -> dict[str, object]:
    return {key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(values).items()}


def _print_table(title: str, scores: "Sequence[EpisodeScores]") -> None:
    table = Table(title=title)
    table.add_column("")
    for one in scores:
        table.add_column(f"{one.result.shots}-shot", justify="right")

    def percent(name: str, shares: Iterable[float | None]) -> None:
        table.add_row(name, *("" if share is None else f"{100 * share:.1f}" for share in shares))

    table.add_row("accuracy %", *(f"{100 * one.result.accuracy:.1f} ± {100 * one.result.ci95:.1f}" for one in scores))
    percent("  each class weighing the same", (one.result.balanced_accuracy for one in scores))
    percent("calibration error %", (one.calibration.fitted for one in scores))
    percent("  of raw scores", (one.calibration.uncalibrated for one in scores))
    unknown = [one.unknown for one in scores]
    percent("unknown, AUROC %", (one.auroc if one else None for one in unknown))
    percent("  by the largest probability", (one.auroc_max_probability if one else None for one in unknown))
    percent("  known called unknown %", (one.false_rejection if one else None for one in unknown))
    percent("defects missed %", (one.costs.missed for one in scores))
    percent("good called defect %", (one.costs.false_alarms for one in scores))
    percent("a person asked %", (one.costs.asked for one in scores))
    table.add_row("cost of 1,000 parts, in false alarms", *(f"{one.costs.cost:.0f}" for one in scores))
    table.add_row("  by the most probable class", *(f"{one.costs.cost_most_probable:.0f}" for one in scores))
    stdout.print(table)
