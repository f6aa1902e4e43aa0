"""The command that writes a proof-of-concept report."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from micm_desktop.cli.output import DONE, Json, command, finish, needs_desktop, stdout, tracked
from micm_desktop.cli.projects import ProjectFolder, opened
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import cache_folder

if TYPE_CHECKING:
    from micm_desktop.inventory.words import Language
    from micm_desktop.report.content import Report


@command
def report(
    project: ProjectFolder,
    out: Annotated[Path, typer.Option(help="File to write: .html, or .pdf.")],
    lang: Annotated[str, typer.Option(help="Language of the report: en or ja.")] = "en",
    model: Annotated[Path | None, typer.Option(help="Exported model file that the report is to name.")] = None,
    purpose: Annotated[
        str | None, typer.Option(help="What the inspection is for; kept with the project. Empty: the usual sentence.")
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            help="Limit behind the verdict, such as ready.missed=0.05 or checked.asked=50%; kept with the project."
            " Limits: missed, false_alarms, asked, defects, good, each_class, locked."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """May this inspection run on the line? A proof-of-concept report in one file, with the rules behind its verdict."""
    needs_desktop(window=out.suffix.lower() == ".pdf")
    if lang not in ("en", "ja"):
        raise UserError("--lang must be en or ja.")
    language: Literal["en", "ja"] = "ja" if lang == "ja" else "en"
    from micm_desktop.report.content import Report, gather_report
    from micm_desktop.report.limits import changed_by, read_settings, write_settings
    from micm_desktop.report.page import report_page
    from micm_desktop.report.writing import check_place, write_whole

    found: Report | None = None
    with opened(project, to_write=bool(limit) or purpose is not None) as labeling:
        check_place(out)
        settings = before = read_settings(labeling.project)
        settings = replace(settings, criteria=changed_by(settings.criteria, limit or ()))
        if purpose is not None:
            settings = replace(settings, purpose=purpose.strip())
        if settings != before:
            write_settings(labeling.project, settings)
        labeling.load_features()
        cache = cache_folder() / "inventory"
        for event in tracked(gather_report(labeling, settings, cache, JobControl(), model), "report"):
            if isinstance(event, Report):
                found = event
    assert found is not None
    made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    if out.suffix.lower() == ".pdf":
        from micm_desktop.gui.report_pdf import pdf_without_window

        write_whole(out, pdf_without_window(found, language, made))
    else:
        write_whole(out, report_page(found, language, made).encode("utf-8", "replace"))
    if json:
        return finish(report_values(found, out), True)
    for line in told(found, language):
        stdout.print(line, markup=False, soft_wrap=True)
    stdout.print(str(out), markup=False, soft_wrap=True)
    return DONE


def told(report: "Report", language: "Language") -> list[str]:
    """The verdict and what it rests on, as on the first page."""
    from micm_desktop.report.told import key_sentences, todo_title, todos
    from micm_desktop.report.words import TEXTS

    texts, judgement, figures = TEXTS[language], report.judgement, report.figures
    said = [f"{texts['verdict']}: {texts[f'verdict_{judgement.verdict}']}", *key_sentences(figures, texts)]
    return [*said, todo_title(judgement, texts), *(f"- {one}" for one in todos(judgement, figures, texts))]


def report_values(report: "Report", out: Path) -> dict[str, object]:
    """JSON of a report, as the contract names it, and the verdict with what it rests on."""
    figures, judgement = report.figures, report.judgement
    return {
        "report": str(out),
        "images": report.stock.images,
        "labeled": sum(report.tagging.tags),
        "verdict": judgement.verdict,
        "tested_on": figures.source,
        "tested": {"defects": figures.defects, "good": figures.good},
        "missed_upper": None if figures.missed is None else round(figures.missed.high, 4),
        "fails": {
            "ready": [one.rule for one in judgement.ready if not one.passed],
            "checked": [one.rule for one in judgement.checked if not one.passed],
        },
    }
