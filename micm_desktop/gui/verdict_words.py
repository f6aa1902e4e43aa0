"""A verdict in one sentence: what, how likely a defect is, and what changed it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject

from micm_desktop.gui.i18n import decimal, percent

if TYPE_CHECKING:
    from micm_desktop.fewshot.decision import Policy
    from micm_desktop.labeling import Explanation


class VerdictWords(QObject):
    """Verdicts in the language in use."""

    def sentence(self, explanation: "Explanation", policy: "Policy") -> str:
        """Empty where there is nothing to decide, and for an unknown image, which is explained at length elsewhere."""
        from micm_desktop.fewshot.decision import Outcome

        ruled = explanation.ruled
        if ruled is None:
            return ""
        if ruled.rule:
            return self._by_rule(ruled.rule, ruled.outcome is Outcome.GOOD)
        if not policy.two_sided:
            return self.tr("A person should look: the class is too uncertain.") if ruled.outcome is Outcome.ASK else ""
        low, high = (risk_in_words(one) for one in policy.band())
        risk = risk_in_words(explanation.risk)
        match ruled.outcome:
            case Outcome.GOOD:
                return self.tr("<b>Good part</b>: risk of a defect {risk}, below {low}.").format(risk=risk, low=low)
            case Outcome.DEFECT:
                return self.tr("<b>Defect</b>: risk {risk}, from {high} on.").format(risk=risk, high=high)
            case Outcome.ASK:
                text = self.tr("<b>A person should look</b>: risk of a defect {risk}, between {low} and {high}.")
                return text.format(risk=risk, low=low, high=high)
        return ""

    def _by_rule(self, rule: str, good: bool) -> str:
        what = (
            self.tr("<b>Good part</b> by a rule: {why}")
            if good
            else self.tr("<b>A person should look</b>, by a rule: {why}")
        )
        reasons = {
            "too_dark": self.tr("the image is too dark."),
            "too_blurred": self.tr("the image is not sharp enough."),
            "least_probability": self.tr("the verdict is less probable than was asked for."),
            "outside_area": self.tr("what speaks for a defect lies outside the inspected area."),
            "smallest_area": self.tr("what speaks for a defect covers too little of the image."),
        }
        return what.format(why=reasons[rule])


def risk_in_words(risk: float) -> str:
    """A risk as a percentage, with a digit after the point below 10 %, and one that is not 0 below 0.1 %."""
    if risk >= 0.1:
        return percent(risk)
    return f"{decimal(100 * risk)}%" if risk >= 0.001 else f"{QLocale().toString(100 * risk, 'g', 1)}%"


verdict_words = VerdictWords()
