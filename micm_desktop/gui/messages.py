"""The core's messages in the user's language. The core speaks English and knows no screen."""

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from micm_desktop.gui.core_messages import TEMPLATES
from micm_desktop.gui.earlier_messages import EARLIER
from micm_desktop.gui.jobs import Failure
from micm_desktop.project.folders import log_file


def in_words(failure: Failure) -> str:
    """What went wrong, and where to look next."""
    if failure.expected:
        return reason_in_words(failure.text)
    return QCoreApplication.translate(
        "Messages", "This did not work because of an error in the program ({reason}). Details are in the log: {log}"
    ).format(reason=failure.text, log=log_file())


def reason_in_words(text: str) -> str:
    """A message of the core in the language in use; as it is where it is not known."""
    for template, pattern in patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: reason_in_words(value) for name, value in found.groupdict().items()}
            return QCoreApplication.translate("Core", template).format(**values)
    return text


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """What the core's messages look like. Made on the first call, which takes longer than a frame: in a worker."""
    # The longest first: "{reason}." alone would match everything.
    ordered = sorted(
        map(str, (*TEMPLATES, *EARLIER)), key=lambda template: len(re.sub(r"\{\w+\}", "", template)), reverse=True
    )
    return [(template, _pattern(template)) for template in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    texts = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts)]
    return re.compile("".join(texts), re.DOTALL)
