"""The results of a report, and what to keep in mind about them, in words and tables."""

import base64
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.evaluation.notes import sentence as note_sentence
from micm_desktop.fewshot.decision import GOOD_NAMES
from micm_desktop.fewshot.expected import Rate
from micm_desktop.inventory.words import Language
from micm_desktop.report.told import Texts, percent
from micm_desktop.report.verdict import SPOILS

if TYPE_CHECKING:
    from micm_desktop.evaluation.curves import CostCurve
    from micm_desktop.report.content import Report

Row = list[str]
TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99)


def results(report: "Report", texts: Texts) -> dict[str, object] | None:
    """Rates, confusion matrix and classes as tables; None where nothing was tested."""
    evaluation = report.evaluation
    if evaluation.judged is None:
        return None
    return {
        "rates": _rates(report, texts),
        "per_thousand_note": _share_note(report, texts),
        "confusion": _confusion(report, texts),
        "classes": _classes(report, texts),
    }


def _rates(report: "Report", texts: Texts) -> list[Row]:
    evaluation, expected = report.evaluation, report.evaluation.expected
    rows: list[Row] = []
    if expected is not None:
        missed, alarms = expected.misses_per_thousand()[0], expected.false_alarms_per_thousand()[0]
        share = expected.defect_share
        rows += [
            _rate(texts["missed"], expected.missed, texts, missed),
            _rate(texts["false_alarms"], expected.false_alarms, texts, alarms),
            _rate(texts["asked_defects"], expected.asked_defects, texts, 1000 * share * expected.asked_defects.share),
            _rate(texts["asked_good"], expected.asked_good, texts, 1000 * (1 - share) * expected.asked_good.share),
        ]
    if evaluation.right is not None:
        rows.append(_rate(texts["right"], evaluation.right, texts))
    return rows


def _rate(name: str, rate: Rate, texts: Texts, per_thousand: float | None = None) -> Row:
    counted = texts["of"].format(count=f"{rate.count:,}", total=f"{rate.total:,}")
    return [name, counted, *_interval(rate), "" if per_thousand is None else f"{per_thousand:.1f}"]


def _interval(rate: Rate) -> tuple[str, str]:
    return (percent(rate.share), f"{percent(rate.low)} – {percent(rate.high)}") if rate.total else ("–", "–")


def _share_note(report: "Report", texts: Texts) -> str:
    expected = report.evaluation.expected
    if expected is None:
        return ""
    how = texts["share_estimated" if report.decision.defect_share is None else "share_typed"]
    return texts["per_thousand_note"].format(share=percent(expected.defect_share), how=how)


def _confusion(report: "Report", texts: Texts) -> dict[str, object] | None:
    evaluation = report.evaluation
    if evaluation.confusion is None:
        return None
    names = [record.name for record in evaluation.classes]
    counts = evaluation.confusion.counts
    return {
        "head": [*names[: evaluation.trained], texts["asked"], texts["unknown"]],
        # A cell: how many, and whether that is right.
        "rows": [
            (
                name,
                [(int(count), place == row < evaluation.trained) for place, count in enumerate(counts[row].tolist())],
            )
            for row, name in enumerate(names)
            if counts[row].any()
        ],
    }


def _classes(report: "Report", texts: Texts) -> list[Row]:
    evaluation = report.evaluation
    rows = []
    for record, support, score in zip(evaluation.classes, evaluation.support, evaluation.by_class, strict=True):
        name = class_name(record.name, record.is_good, texts)
        cells = [
            "–" if not rate.total else f"{percent(rate.share)} ({100 * rate.low:.1f} – {percent(rate.high)})"
            for rate in (score.recall, score.precision)
        ]
        rows.append([name, f"{support:,}", f"{score.tagged:,}", *cells])
    return rows


def class_name(name: str, good: bool, texts: Texts) -> str:
    """A class's name, marked where it means good parts and does not say so itself."""
    return texts["good_mark"].format(name=name) if good and name.strip().lower() not in GOOD_NAMES else name


def costs(report: "Report", texts: Texts) -> dict[str, object] | None:
    """What mistakes cost, and what 1,000 parts do; None without a line between good and defect."""
    policy, curve = report.evaluation.policy, report.evaluation.cost
    if policy is None or not policy.two_sided:
        return None
    entered = []
    for record, cost in zip(report.evaluation.classes, policy.costs, strict=False):
        name = texts["cost_alarm" if record.is_good else "cost_miss"].format(name=record.name)
        entered.append([name, f"{cost:g}"])
    entered.append([texts["cost_ask"], f"{policy.ask_cost:g}"])
    low, high = policy.band()
    entered.append([texts["line"], texts["line_said"].format(low=percent(low), high=percent(high))])
    of_thousand = []
    if curve is not None:
        of_thousand = [
            [texts["cost_chosen"], f"{float(curve.cost[curve.chosen]):,.0f}"],
            [texts["cost_cheapest"], f"{float(curve.cost[curve.cheapest]):,.0f}"],
            [texts["cost_ask_all"], f"{curve.ask_all:,.0f}"],
            [texts["cost_trust_all"], f"{curve.pass_all:,.0f}"],
        ]
    note = _share_note(report, texts)
    return {
        "entered": entered,
        "of_thousand": of_thousand,
        "note": note,
        "curve": "" if curve is None else cost_drawing(curve),
    }


def cost_drawing(curve: "CostCurve") -> str:
    """The cost curve as a data address of an SVG picture, without words, so that it needs no font of a language.

    Risks are spread as log odds: the lines that matter lie near 0 where misses are dear.
    """
    width, height, left, bottom = 560, 190, 56, 24
    right, floor = width - 12, height - bottom
    odds = np.log(curve.threshold / (1 - curve.threshold))
    most = 1.25 * max(float(curve.ask_all), float(curve.cost[curve.chosen]), 1.0)

    def across(log_odds: float) -> float:
        return left + (log_odds - float(odds[0])) / max(float(odds[-1] - odds[0]), 1e-9) * (right - left)

    def up(cost: float) -> float:
        return 8 + (1 - min(cost, most) / most) * (floor - 8)

    points = [f"{across(float(x)):.1f},{up(float(y)):.1f}" for x, y in zip(odds, curve.cost, strict=True)]
    ask, mark = up(curve.ask_all), (across(float(odds[curve.chosen])), up(float(curve.cost[curve.chosen])))
    numbers = [
        f'<text x="{left - 6}" y="{up(cost) + 4:.1f}" text-anchor="end">{cost:,.0f}</text>'
        for cost in (0.0, most / 2, most)
    ]
    for risk in TICKS:
        place = float(np.log(risk / (1 - risk)))
        if odds[0] <= place <= odds[-1]:
            label = f"{100 * risk:g} %"
            numbers.append(f'<text x="{across(place):.1f}" y="{height - 6}" text-anchor="middle">{label}</text>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11" fill="#4c5866">'
        f'<rect x="{left}" y="8" width="{right - left}" height="{floor - 8}" fill="none" stroke="#d5dae1"/>'
        f'<path d="M{left} {ask:.1f}H{right}" stroke="#8a94a0" stroke-dasharray="5 4" fill="none"/>'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#0072b2" stroke-width="2"/>'
        f'<circle cx="{mark[0]:.1f}" cy="{mark[1]:.1f}" r="5" fill="#b35900"/>{"".join(numbers)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def risks(report: "Report", texts: Texts, language: Language) -> list[str]:
    """What may make the figures wrong, the gravest first."""
    evaluation, tagging, stock = report.evaluation, report.tagging, report.stock
    notes = sorted(
        (note for note in evaluation.notes if note.severity != "info" or note.kind in SPOILS),
        key=lambda note: note.severity != "stop",
    )
    found = [note_sentence(note, language) for note in notes]

    def add(key: str, when: bool, **values: object) -> None:
        if when:
            found.append(texts[key].format(**values))

    tested = evaluation.judged is not None
    provenance = report.provenance
    add("risk_model", not provenance.same_encoder, file=provenance.model_file)
    add("risk_reused", tested and evaluation.source == "leave-one-out")
    add("risk_copies", stock.copies > 0, count=f"{stock.copies:,}", total=f"{stock.looked_at:,}")
    add("risk_one_person", sum(any(one.given) for one in tagging.taggers) == 1)
    add("risk_changed", tagging.changed > 0, count=f"{tagging.changed:,}")
    add("risk_unsure", tagging.unsure > 0, count=f"{tagging.unsure:,}")
    lost = sum(tagging.tags) - sum(tagging.here)
    add("risk_gone", lost > 0, count=f"{lost:,}")
    if evaluation.expected is not None:
        guessed = report.decision.defect_share is None
        add("risk_share_guessed" if guessed else "risk_share", True, share=percent(evaluation.expected.defect_share))
    add("risk_same", True)
    return found


def untested(report: "Report", texts: Texts) -> list[str]:
    """What the figures do not speak of."""
    tested = [name for name, count in report.figures.each_class if not count]
    found = [texts["untested_class"].format(name=name) for name in tested]
    if report.decision.rules:
        found.append(texts["untested_rules"])
    return [*found, *(texts[f"untested_{key}"] for key in ("new", "time", "line", "tiles", "people"))]
