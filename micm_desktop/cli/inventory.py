"""The command that tells what is in a folder of unlabeled images."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import typer

from micm_desktop.cli.learning import Encoder
from micm_desktop.cli.leaving_out import TestSetOf, locked_images, name_left_out
from micm_desktop.cli.output import Json, command, finish, needs_desktop, stdout, tracked
from micm_desktop.export.predict import check_replaceable
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import cache_folder

if TYPE_CHECKING:
    from micm_desktop.inventory.findings import Finding
    from micm_desktop.inventory.taking import Inventory

EXAMPLES = 12


@command
def inventory(
    images: Annotated[Path, typer.Argument(help="Folder of images.")],
    html: Annotated[Path | None, typer.Option(help="Report to write.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or ja.")] = "en",
    subset: Annotated[
        Path | None, typer.Option(help="Text file to write: images that cover the set, to label or pretrain on first.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many images the subset has.")] = 100,
    encoder: Encoder = "starter",
    test_set: TestSetOf = None,
    json: Json = False,
) -> int:
    """What is in a folder of unlabeled images: copies, blur, light, groups, and what to do about it."""
    needs_desktop()
    if lang not in ("en", "ja"):
        raise UserError("--lang must be en or ja.")
    from micm_desktop import __version__
    from micm_desktop.inventory.findings import find_faults
    from micm_desktop.inventory.measuring import cache_file
    from micm_desktop.inventory.page import inventory_page
    from micm_desktop.inventory.subset import diverse_subset
    from micm_desktop.inventory.taking import Inventory, take_inventory
    from micm_desktop.inventory.words import sentence
    from micm_desktop.micm.checkpoint import load_encoder

    for file in (html, subset):
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            check_replaceable(file)
    language: Literal["en", "ja"] = "ja" if lang == "ja" else "en"
    cache = cache_file(images, cache_folder() / "inventory")
    found: Inventory | None = None
    for event in tracked(take_inventory(images, load_encoder(encoder), cache, JobControl()), "inventory"):
        if isinstance(event, Inventory):
            found = event
    assert found is not None
    findings = find_faults(found)
    if html is not None:
        made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M} · MICM Desktop {__version__}"
        html.write_text(inventory_page(found, findings, language, made), encoding="utf-8")
    if subset is not None:
        locked = locked_images(images, test_set)
        name_left_out(sum(one.sha256 in locked for one in found.measures))
        chosen = diverse_subset(found, count, locked)
        subset.write_text("".join(f"{found.measures[row].path}\n" for row in chosen), encoding="utf-8")
    if json:
        return finish(inventory_values(found, findings), True, found.unreadable)
    counts = f"{len(found.measures)} images, {found.distinct} of them different, {len(found.unreadable)} unreadable"
    stdout.print(counts, markup=False)
    if found.coverage is not None:
        effective, diversity = found.coverage.effective, found.coverage.diversity
        stdout.print(f"{effective:.1f} groups in effect, diversity score {diversity:.1f}", markup=False)
    for one in findings:
        stdout.print(f"- {sentence(one, language)}", markup=False, soft_wrap=True)
    return finish({}, False, found.unreadable)


def inventory_values(inventory: "Inventory", findings: "list[Finding]") -> dict[str, object]:
    """JSON of an inventory, as the contract names it."""
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
        "warnings": [sentence(one) for one in findings if one.kind != "preset"],
        "advice": [sentence(one) for one in findings if one.kind == "preset"],
        "findings": [
            {key: value for key, value in asdict(one).items() if key != "rows"} | {"share": round(one.share, 4)}
            for one in findings
        ],
    }
