"""A report as one self-contained HTML page, and as the plainer one that is printed to PDF."""

from importlib.resources import files
from typing import Any, Literal

import jinja2

from micm_desktop import __version__
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.inventory.page import shown_findings, shown_groups
from micm_desktop.inventory.reasons import reason_in
from micm_desktop.inventory.words import Language
from micm_desktop.report.content import Report
from micm_desktop.report.examples import Shown
from micm_desktop.report.results import class_name, costs, results, risks, untested
from micm_desktop.report.stock import LISTED
from micm_desktop.report.told import Texts, key_sentences, percent, rule_rows, todo_title, todos
from micm_desktop.report.words import TEXTS

OF_GROUP = 6
GROUPS = 6
DAYS = 40
"""Lines of the day-by-day table, the latest ones."""


def report_page(report: Report, language: Language, made: str, kind: Literal["html", "print"] = "html") -> str:
    """The page; ``made`` is when. Everything that comes from files, tags or the user is escaped.

    ``print`` keeps to the HTML of Qt's text documents (tables, no style sheet of the browser kind).
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    name = "report.html.j2" if kind == "html" else "report_print.html.j2"
    source = (files("micm_desktop.resources") / "templates" / name).read_text(encoding="utf-8")
    return environment.from_string(source).render(contents(report, language, made))


def contents(report: Report, language: Language, made: str) -> dict[str, object]:
    """What the templates show, in words."""
    texts = TEXTS[language]
    judgement, evaluation = report.judgement, report.evaluation
    rows, changed = rule_rows(judgement, report.criteria, texts)
    examples = _examples(report, texts)
    names = {level: texts[f"verdict_{level}"] for level in ("ready", "checked", "not_yet")}
    return {
        "language": language,
        "t": texts,
        "name": report.name,
        "folder": str(report.folder),
        "made": texts["made"].format(at=made, version=__version__),
        "verdict": judgement.verdict,
        "verdict_name": names[judgement.verdict],
        "means": texts[f"means_{judgement.verdict}"],
        "key": key_sentences(report.figures, texts),
        "source": texts[f"source_{evaluation.source}"],
        "todo_title": todo_title(judgement, texts),
        "todos": todos(judgement, report.figures, texts),
        "rules": rows,
        "rules_note": texts["rules_note"].format(**names),
        "names": names,
        "changed": changed,
        "purpose": _purpose(report, texts),
        "stock": _stock(report, texts, language),
        "method": _method(report, texts),
        "results": results(report, texts),
        "costs": costs(report, texts),
        "examples": examples,
        "cards": [{"kind": kind["title"], **card} for kind in examples for card in kind["cards"]],
        "risks": risks(report, texts, language),
        "untested": untested(report, texts),
        "tagging": _tagging(report, texts),
        "provenance": _provenance(report, texts),
    }


def _purpose(report: Report, texts: Texts) -> list[str]:
    classes = [class_name(name, good, texts) for name, good in report.tagging.classes]
    told = report.purpose.strip() or texts["purpose_default"].format(project=report.name)
    separator = "、" if texts is TEXTS["ja"] else ", "
    return [
        told,
        texts["purpose_classes"].format(classes=separator.join(classes)) if classes else texts["purpose_none"],
    ]


def _stock(report: Report, texts: Texts, language: Language) -> dict[str, object]:
    stock = report.stock
    counts = [
        (stock.images, "images"),
        (stock.readable, "readable"),
        (stock.distinct, "distinct"),
        (stock.unreadable, "unreadable"),
        (stock.gone, "gone"),
        (sum(report.tagging.tags), "tagged"),
    ]
    folders = []
    for folder in stock.folders:
        inventory = folder.inventory
        folders.append(
            {
                "path": str(folder.path),
                "gone": not folder.exists,
                "looked_at": inventory is not None,
                "findings": [] if inventory is None else shown_findings(inventory, folder.findings, language),
                "groups": [] if inventory is None else shown_groups(inventory, texts["group"], OF_GROUP)[:GROUPS],
            }
        )
    sampled = ""
    if stock.looked_at < stock.readable:
        sampled = texts["sampled"].format(some=f"{stock.looked_at:,}", all=f"{stock.readable:,}")
    bad = stock.unreadable + stock.gone
    return {
        "counts": [(f"{count:,}", texts[key]) for count, key in counts],
        "sampled": sampled,
        "folders": folders,
        "problems": [
            (name, reason_in(reason, language) if reason else texts["gone"]) for name, reason in stock.problems
        ],
        "problems_title": texts["problems"].format(shown=f"{min(bad, LISTED):,}", all=f"{bad:,}"),
    }


def _method(report: Report, texts: Texts) -> list[str]:
    evaluation, provenance = report.evaluation, report.provenance
    trained = dict(provenance.training).get("images")
    if not provenance.encoder:
        encoder = texts["method_encoder_starter"]
    elif trained:
        encoder = texts["method_encoder_trained"].format(images=f"{int(float(trained)):,}")
    else:
        encoder = texts["method_encoder_own"]
    policy = evaluation.policy
    if policy is not None and policy.two_sided:
        miss, alarm = policy.mean_costs()[1], policy.mean_costs()[0]
        decided = texts["method_costs"].format(miss=f"{miss / alarm:g}", ask=f"{policy.ask_cost / alarm:g}")
    else:
        decided = texts["method_plain"]
    return [
        encoder,
        texts["method_tags"].format(tags=f"{sum(evaluation.support):,}"),
        decided,
        texts[f"method_{evaluation.source}"],
        texts["method_interval"],
        texts["method_heat"],
    ]


def _examples(report: Report, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "title": texts[f"kind_{examples.kind}"],
            "count": texts["kind_count"].format(shown=len(examples.shown), all=f"{examples.count:,}"),
            "cards": [_card(one, texts) for one in examples.shown],
        }
        for examples in report.examples
    ]


def _card(shown: Shown, texts: Texts) -> dict[str, object]:
    confidence = percent(shown.confidence)
    if shown.outcome == Outcome.UNKNOWN:
        said = texts["example_unknown"]
    else:
        key = "example_asked" if shown.outcome == Outcome.ASK else "example_said"
        said = texts[key].format(name=shown.said, confidence=confidence)
    return {
        "name": shown.name,
        "truth": texts["example_truth"].format(name=shown.truth),
        "said": said,
        "picture": shown.picture,
        "heat": shown.heat,
        "evidence": texts["evidence"].format(name=shown.said),
        "no_heat": "" if shown.no_heat in ("", "unknown") else texts[f"no_heat_{shown.no_heat}"],
        "nearest": shown.nearest,
        "nearest_classes": ", ".join(near.class_name for near in shown.nearest),
    }


def _tagging(report: Report, texts: Texts) -> dict[str, object]:
    tagging = report.tagging
    days = tagging.days[-DAYS:]
    hidden = len(tagging.days) - len(days)
    events = [
        (
            f"{event.at:%Y-%m-%d %H:%M}",
            event.by,
            texts["test_locked"].format(images=f"{event.images:,}", how=event.how)
            if event.locked
            else texts["test_unlocked"].format(images=f"{event.images:,}"),
        )
        for event in report.evaluation.test_set.events
    ]
    return {
        "classes": [name for name, _ in tagging.classes],
        "taggers": [
            {
                "name": one.name,
                "given": one.given,
                "first": "–" if one.first is None else f"{one.first:%Y-%m-%d %H:%M}",
                "last": "–" if one.last is None else f"{one.last:%Y-%m-%d %H:%M}",
                "entries": f"{one.entries:,}",
            }
            for one in tagging.taggers
        ],
        "days": days,
        "days_more": texts["days_more"].format(more=hidden) if hidden else "",
        "events": events,
    }


def _provenance(report: Report, texts: Texts) -> list[tuple[str, str]]:
    found = report.provenance
    training = ", ".join(f"{name} {value}" for name, value in found.training)
    model = f"{found.model_file}, SHA-256 {found.model_sha256}" if found.model_file else texts["model_none"]
    return [
        (texts["encoder"], found.encoder or texts["encoder_starter"]),
        (texts["encoder_sha256"], found.encoder_sha256),
        (texts["training"], training),
        (texts["classifier"], found.method),
        (texts["model_file"], model),
        (texts["tags_sha256"], found.tags_sha256),
        (texts["images_sha256"], found.images_sha256),
        (texts["settings_sha256"], found.settings_sha256),
        (texts["seeds"], texts["seeds_value"]),
        (texts["versions"], ", ".join(f"{name} {version}" for name, version in found.versions)),
        (texts["system"], found.system),
    ]
