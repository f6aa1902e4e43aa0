"""Verdict and rules in words: what stands on the first page of a report."""

from collections.abc import Mapping
from dataclasses import dataclass

from micm_desktop.fewshot.expected import Rate
from micm_desktop.report.limits import Criteria
from micm_desktop.report.verdict import RULES, Check, Figures, Judgement, Rule, defects_needed

Texts = Mapping[str, str]
SHARES: tuple[Rule, ...] = ("missed", "false_alarms", "asked")


@dataclass(frozen=True)
class RuleRow:
    """One rule as a row of the table: the limits of both levels, the figure, and whether it holds for either."""

    rule: str
    ready: str
    ready_holds: bool
    checked: str
    checked_holds: bool
    measured: str


def percent(share: float) -> str:
    """A share in [0, 1] in percent."""
    return f"{100 * share:.1f} %"


def rate_values(rate: Rate) -> dict[str, str]:
    """The names that sentences have for a rate."""
    return {
        "count": f"{rate.count:,}",
        "total": f"{rate.total:,}",
        "low": percent(rate.low),
        "high": percent(rate.high),
    }


def key_sentences(figures: Figures, texts: Texts) -> list[str]:
    """The figures behind the verdict."""
    found = []
    if figures.missed is not None:
        found.append(texts["say_missed"].format(**rate_values(figures.missed)))
    if figures.false_alarms is not None:
        found.append(texts["say_alarms"].format(**rate_values(figures.false_alarms)))
    if figures.asked is not None:
        found.append(texts["say_asked"].format(**rate_values(figures.asked)))
    return found or [texts["say_nothing"]]


def todo_title(judgement: Judgement, texts: Texts) -> str:
    """What the list of :func:`todos` is about."""
    if judgement.verdict == "ready":
        return texts["next_ready"]
    following = "ready" if judgement.verdict == "checked" else "checked"
    return texts["next"].format(verdict=texts[f"verdict_{following}"])


def todos(judgement: Judgement, figures: Figures, texts: Texts) -> list[str]:
    """What keeps the inspection from the next better verdict, and what to do about it."""
    return [_todo(one, figures, texts) for one in judgement.missing] or [texts["keep_ready"]]


def _todo(check: Check, figures: Figures, texts: Texts) -> str:
    figure, limit = check.figure, check.limit
    if check.rule == "locked":
        return texts["todo_locked_spoiled" if figures.source == "locked" else "todo_locked"]
    if check.rule == "two_sided":
        return texts["todo_two_sided"]
    if figure is None or (check.rule == "each_class" and not check.named):
        return texts[f"todo_{check.rule}_none"]
    if check.rule == "missed":
        if limit <= 0:
            return texts["todo_missed_zero"]
        values = {"figure": percent(figure), "limit": percent(limit), "needed": f"{defects_needed(limit):,}"}
        clean = figures.missed is not None and not figures.missed.count
        return texts["todo_missed_clean" if clean else "todo_missed"].format(**values)
    if check.rule in SHARES:
        return texts[f"todo_{check.rule}"].format(figure=percent(figure), limit=percent(limit))
    values = {"figure": f"{figure:,}", "limit": f"{limit:,}", "more": f"{limit - figure:,}", "named": check.named}
    return texts[f"todo_{check.rule}"].format(**values)


def rule_rows(judgement: Judgement, criteria: Criteria, texts: Texts) -> tuple[list[RuleRow], bool]:
    """The table of rules, and whether any limit differs from the usual one, which then stands beside it."""
    usual, rows, changed = Criteria(), [], False
    for place, rule in enumerate(RULES):
        ready, checked = judgement.ready[place], judgement.checked[place]
        told = []
        for check, default in ((ready, usual.ready), (checked, usual.checked)):
            text = limit_text(rule, check.limit, texts)
            before = check.limit if rule == "two_sided" else getattr(default, rule)
            if before != check.limit:
                changed = True
                text += " " + texts["usual"].format(value=limit_text(rule, before, texts))
            told.append(text)
        name = texts[f"rule_{rule}"]
        if ready.named:
            name += f": {ready.named}"
        rows.append(RuleRow(name, told[0], ready.passed, told[1], checked.passed, _figure(ready, texts)))
    return rows, changed


def limit_text(rule: Rule, limit: float | int | bool, texts: Texts) -> str:
    """A limit in words."""
    if isinstance(limit, bool):
        return texts["required" if limit else "not_required"]
    if rule in SHARES:
        return texts["at_most"].format(value=f"{100 * limit:.4g} %")
    return texts["at_least"].format(value=f"{limit:,}")


def _figure(check: Check, texts: Texts) -> str:
    if check.figure is None:
        return texts["not_measured"]
    if isinstance(check.figure, bool):
        return texts["yes" if check.figure else "no"]
    return percent(check.figure) if check.rule in SHARES else f"{check.figure:,}"
