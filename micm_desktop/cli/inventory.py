"""The command that tells what is in a folder of unlabeled images."""

import math
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import typer

from micm_desktop.cli.learning import Encoder
from micm_desktop.cli.leaving_out import TestSetOf, locked_images, name_left_out
from micm_desktop.cli.output import Json, command, finish, needs_desktop, stdout, tracked
from micm_desktop.cli.regions import boxes_of
from micm_desktop.export.predict import check_replaceable
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import cache_folder

if TYPE_CHECKING:
    from micm_desktop.inventory.drift import Drift
    from micm_desktop.inventory.findings import Finding
    from micm_desktop.inventory.taking import Inventory
    from micm_desktop.inventory.words import Language
    from micm_desktop.micm.checkpoint import LoadedEncoder

EXAMPLES = 12


@command
def inventory(
    images: Annotated[Path, typer.Argument(help="Folder of images.")],
    html: Annotated[Path | None, typer.Option(help="Report to write.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the report and the sentences: en or ja.")] = "en",
    against: Annotated[
        Path | None, typer.Option(help="Another folder, such as this week's: does it differ from IMAGES?")
    ] = None,
    subset: Annotated[
        Path | None, typer.Option(help="Text file to write: images that cover the set, to label or pretrain on first.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many images the subset has.")] = 100,
    boxes: Annotated[
        Path | None, typer.Option(help="CSV with the boxes of marked defects: are they large enough to be seen?")
    ] = None,
    encoder: Encoder = "starter",
    features: Annotated[bool, typer.Option(help="Look for groups of alike images, which takes longest.")] = True,
    test_set: TestSetOf = None,
    json: Json = False,
) -> int:
    """What is in a folder of unlabeled images: copies, blur, light, groups, and what to do about it."""
    needs_desktop()
    if lang not in ("en", "ja"):
        raise UserError("--lang must be en or ja.")
    if subset is not None and not features:
        raise UserError("--subset needs the features of the images. Leave out --no-features.")
    from micm_desktop import __version__
    from micm_desktop.fewshot.resolution import measure, regions_of
    from micm_desktop.inventory.drift import compare_inventories
    from micm_desktop.inventory.drift_words import drift_sentences
    from micm_desktop.inventory.findings import find_faults
    from micm_desktop.inventory.page import inventory_page
    from micm_desktop.inventory.reasons import reason_in
    from micm_desktop.inventory.subset import diverse_subset
    from micm_desktop.inventory.words import sentence, summary
    from micm_desktop.micm.checkpoint import load_encoder
    from micm_desktop.report.writing import write_whole

    for file in (html, subset):
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            check_replaceable(file)
    language: Literal["en", "ja"] = "ja" if lang == "ja" else "en"
    loaded = load_encoder(encoder) if features else None
    found = _taken(images, loaded)
    drift = None if against is None else compare_inventories(found, _taken(against, loaded))
    configs = [branch.info.config for branch in loaded.branches] if loaded is not None else []
    marked = boxes_of(boxes, images)
    resolution = measure(regions_of(marked), configs) if marked and configs else None
    findings = find_faults(found, resolution=resolution, configs=configs)
    if html is not None:
        made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M} · MICM Desktop {__version__}"
        write_whole(html, inventory_page(found, findings, language, made, drift).encode("utf-8", "replace"))
    if subset is not None:
        locked = locked_images(images, test_set)
        name_left_out(sum(one.sha256 in locked for one in found.measures))
        chosen = diverse_subset(found, count, locked)
        subset.write_text("".join(f"{found.measures[row].path}\n" for row in chosen), encoding="utf-8")
    unreadable = [UnreadableImage(one.path, reason_in(one.reason, language)) for one in found.unreadable]
    not_read = {"en": "not read", "ja": "読めないファイル"}[language]
    if json:
        compared = {} if drift is None else {"drift": drift_values(drift, language)}
        return finish(inventory_values(found, findings, language) | compared, True, unreadable, not_read)
    for line in summary(found, language):
        stdout.print(line, markup=False)
    for one in findings:
        stdout.print(f"- {sentence(one, language)}", markup=False, soft_wrap=True)
    for line in drift_sentences(drift, language) if drift is not None else ():
        stdout.print(f"- {line}", markup=False, soft_wrap=True)
    written = {name: str(file) for name, file in (("report", html), ("subset", subset)) if file is not None}
    return finish(written, False, unreadable, not_read)


def _taken(images: Path, encoder: "LoadedEncoder | None") -> "Inventory":
    from micm_desktop.inventory.measuring import cache_file
    from micm_desktop.inventory.taking import Inventory, take_inventory

    cache = cache_file(images, cache_folder() / "inventory")
    *_, found = tracked(take_inventory(images, encoder, cache, JobControl()), "inventory")
    assert isinstance(found, Inventory)
    return found


def drift_values(drift: "Drift", language: "Language") -> dict[str, object]:
    """JSON of a comparison with another folder."""
    from micm_desktop.inventory.drift_words import drift_sentences

    first, second = drift.first, drift.second

    def value(number: float) -> float | None:
        return None if math.isnan(number) else round(number, 5)

    return {
        "against": str(second.root),
        "compared": list(drift.counts),
        "differs": bool(drift.found),
        "sentences": drift_sentences(drift, language),
        "figures": [
            {
                "figure": one.figure,
                "p": round(one.p, 5),
                "differs": one.found,
                "larger": round(one.larger, 4),
                "median": value(one.first),
                "median_against": value(one.second),
                "change": value(one.change),
                "noticed": value(one.noticed),
                "unlike": [first.measures[row].path for row in one.first_rows],
                "unlike_against": [second.measures[row].path for row in one.second_rows],
            }
            for one in drift.differences
        ],
        "kinds": [
            {
                "share": round(one.first_share, 4),
                "share_against": round(one.second_share, 4),
                "examples": [first.measures[row].path for row in one.first_rows],
                "examples_against": [second.measures[row].path for row in one.second_rows],
            }
            for one in drift.kinds
        ],
    }


def inventory_values(
    inventory: "Inventory", findings: "list[Finding]", language: "Language" = "en"
) -> dict[str, object]:
    """JSON of an inventory, as the contract names it."""
    from micm_desktop.inventory.findings import ADVICE
    from micm_desktop.inventory.taking import counted
    from micm_desktop.inventory.words import sentence

    measures, quality, coverage = inventory.measures, inventory.quality, inventory.coverage

    def names(rows: "tuple[int, ...]") -> list[str]:
        return [measures[row].path for row in rows]

    groups: list[dict[str, object]] = []
    for number, size in enumerate(coverage.sizes if coverage is not None else ()):
        assert coverage is not None
        members = [
            row for row, group in zip(inventory.grouped, coverage.group.tolist(), strict=True) if group == number
        ]
        share = round(size / sum(coverage.sizes), 4)
        groups.append({"images": size, "share": share, "examples": names(tuple(members[:EXAMPLES]))})
    return {
        "images": len(measures),
        "distinct": inventory.distinct,
        "unreadable": [{"path": str(one.path), "reason": one.reason} for one in inventory.unreadable],
        "duplicate_groups": [names(group) for group in (*inventory.equal, *inventory.near)],
        "exact_groups": len(inventory.equal),
        "pairs": [
            {"paths": names((pair.first, pair.second)), "correlation": round(pair.correlation, 4)}
            for pair in inventory.pairs
        ],
        "bursts": [names(burst) for burst in inventory.bursts],
        "quality": {
            name: names(tuple(getattr(quality, name).tolist()))
            for name in ("blurred", "noisy", "dark", "bright", "clipped")
        }
        | {
            "lighting": None
            if quality.lighting is None
            else {
                "darker": round(quality.lighting.darker, 4),
                "brighter": round(quality.lighting.brighter, 4),
                "bright_images": len(quality.lighting.bright_rows),
            },
            "medians": {
                name: round(float(np.median([getattr(one, name) for one in measures])), 4) if measures else None
                for name in ("brightness", "contrast", "sharpness", "noise")
            },
        },
        "stored": {name: counted(measures, name) for name in ("format", "width", "height", "bits", "colour", "camera")},
        "coverage": None
        if coverage is None
        else {
            "images": len(inventory.grouped),
            "groups": len(coverage.sizes),
            "effective_groups": round(coverage.effective, 3),
            "diversity": round(coverage.diversity, 3),
        },
        "groups": groups,
        "warnings": [sentence(one, language) for one in findings if one.kind not in ADVICE],
        "advice": [sentence(one, language) for one in findings if one.kind in ADVICE],
        "findings": [
            {key: value for key, value in asdict(one).items() if key != "rows"} | {"share": round(one.share, 4)}
            for one in findings
        ],
    }
