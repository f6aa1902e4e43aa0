"""What an evaluation says, in words of the language in use."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject

from micm_desktop.gui.i18n import number
from micm_desktop.gui.models.interval_model import Interval
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.evaluation.learning_curve import ClassGain
    from micm_desktop.fewshot.expected import Rate
    from micm_desktop.labeling.evaluation_values import Comparison, Evaluation
    from micm_desktop.project.set_aside import SetAside


class EvaluationWords(QObject):
    """Use :data:`evaluation_words`."""

    # --- figures

    def count(self, rate: "Rate") -> str:
        return self.tr("{count} of {total}").format(count=number(rate.count), total=number(rate.total))

    def interval(self, rate: "Rate") -> str:
        """Share and interval; empty without images."""
        if not rate.total:
            return ""
        return self.tr("{share} (95% certain: {low} to {high})").format(
            share=exact_percent(rate.share), low=exact_percent(rate.low), high=exact_percent(rate.high)
        )

    def cell(self, rate: "Rate", told: str) -> Interval:
        """A share for a table; ``told`` is the sentence without figures."""
        if not rate.total:
            none = self.tr("no image")
            return Interval(none, f"{told}: {none}")
        short = self.tr("{share}  ({count} of {total})").format(
            share=exact_percent(rate.share), count=number(rate.count), total=number(rate.total)
        )
        sentence = f"{told}: {self.count(rate)}, {self.interval(rate)}"
        return Interval(short, sentence, rate.share, rate.low, rate.high)

    def gain(self, gain: "ClassGain", name: str, most: float) -> Interval:
        """What more tags of a class would bring, on a scale from -``most`` to ``most``."""
        if gain.gain is None or gain.low is None or gain.high is None:
            few = self.tr("{tags} now: too few to tell").format(tags=number(gain.tags))
            return Interval(few, f"{name}: {few}")
        text = self.tr("{tags} now; {more} more: {gain}").format(
            tags=number(gain.tags), more=number(gain.more), gain=signed_percent(gain.gain)
        )
        interval = self.tr("95% certain: {low} to {high}").format(
            low=signed_percent(gain.low), high=signed_percent(gain.high)
        )
        return Interval(text, f"{name}: {text}, {interval}", gain.gain, gain.low, gain.high, -most, most)

    # --- sentences

    def judged_by(self, evaluation: "Evaluation") -> str:
        """By what images, and what was judged."""
        judged = evaluation.judged
        count = 0 if judged is None else len(judged)
        if evaluation.source == "locked":
            since = evaluation.test_set.first_locked
            day = words.moment(since) if since is not None else ""
            text = self.tr(
                "Judged by the locked test set: {images} that nothing has learned from, the first set aside on {day}."
            )
            return text.format(images=words.images(count), day=day)
        text = self.tr("Judged by {images} with a tag, each without its own tag (leave-one-out).")
        return text.format(images=words.images(count))

    def judged_with(self, evaluation: "Evaluation") -> str:
        """Encoder and method."""
        return self.tr("Encoder: {encoder}. Method: {method}.").format(
            encoder=self.encoder(evaluation.encoder_name), method=self.method(evaluation.method)
        )

    def test_set(self, test_set: "SetAside") -> str:
        """How many images are locked."""
        if not test_set.locked:
            return self.tr(
                "No images are set aside. A test set that nothing learns from proves the result best; set it aside "
                "before you tag."
            )
        since = test_set.first_locked
        day = words.moment(since) if since is not None else ""
        return self.tr("{images} are set aside for the test, the first on {day}.").format(
            images=words.images(len(test_set.locked)), day=day
        )

    def encoder(self, name: str) -> str:
        """``name``, or what the shipped one is called."""
        return self.tr("Starter (comes with the program)") if name in ("", "starter") else name

    def method(self, name: str) -> str:
        """A method for people; the name that the command line knows stands behind it."""
        told = {
            "auto": self.tr("Automatic"),
            "prototype": self.tr("Nearest class mean"),
            "ridge": self.tr("Ridge regression"),
            "opta": self.tr("Optimal transport"),
            "opta-shares": self.tr("Optimal transport, estimated shares"),
            "soft-kmeans": self.tr("Soft k-means"),
            "logistic": self.tr("Logistic regression"),
        }
        return f"{told[name]} ({name})" if name in told else name

    # --- comparisons

    def compared(self, found: "Comparison", first: str, second: str) -> str:
        """Which of two is better, and whether that may be chance."""
        paired = found.paired
        if paired is None:
            return ""
        difference = paired.only_second - paired.only_first
        p_value = QLocale().toString(paired.p_value, "f", 3 if paired.p_value < 0.095 else 2)
        if paired.p_value < 0.0005:
            chance = self.tr("that is hardly chance (p < {p}).").format(p=QLocale().toString(0.001, "f", 3))
        elif paired.better is not None:
            chance = self.tr("that is hardly chance (p = {p}).").format(p=p_value)
        else:
            chance = self.tr("that could be chance (p = {p}).").format(p=p_value)
        if not paired.only_first and not paired.only_second:
            return self.tr("A and B are right on the same images.")
        if not difference:
            return self.tr("A and B are right on as many images; they differ on {count}.").format(
                count=words.images(paired.only_first + paired.only_second)
            )
        better, worse = ("B", "A") if difference > 0 else ("A", "B")
        text = self.tr("{better} is right on %n more image(s) than {worse};", "", abs(difference))
        name = self.tr("{better} is {name}.").format(better=better, name=second if difference > 0 else first)
        return f"{text.format(better=better, worse=worse)} {chance} {name}"

    def difference(self, found: "Comparison") -> str:
        """The shares of both, and how far they may lie apart."""
        paired = found.paired
        if paired is None:
            return ""
        return self.tr(
            "A: {first} right, {first_share}. B: {second} right, {second_share}. B less A: {difference}, 95% certain "
            "between {low} and {high}."
        ).format(
            first=self.count(paired.first),
            first_share=exact_percent(paired.first.share),
            second=self.count(paired.second),
            second_share=exact_percent(paired.second.share),
            difference=signed_percent(paired.difference),
            low=signed_percent(paired.low),
            high=signed_percent(paired.high),
        )


def exact_percent(fraction: float) -> str:
    """A fraction with a digit after the point, e.g. ``88.3%``."""
    return f"{QLocale().toString(100 * fraction, 'f', 1)}%"


def signed_percent(fraction: float) -> str:
    """A difference of fractions, e.g. ``+2.1%``."""
    sign = "+" if fraction > 0 else "−" if fraction < 0 else "±"
    return f"{sign}{exact_percent(abs(fraction))}"


evaluation_words = EvaluationWords()
