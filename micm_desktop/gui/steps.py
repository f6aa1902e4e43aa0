"""The order of the work: what is done, what runs, and what is next."""

from dataclasses import dataclass
from typing import Literal

PageName = Literal["start", "images", "inventory", "pretrain", "label", "decide", "evaluate", "export"]
PAGES: tuple[PageName, ...] = ("start", "images", "inventory", "pretrain", "label", "decide", "evaluate", "export")
State = Literal["open", "next", "running", "done"]


_OF_JOB: dict[str, State] = {"none": "open", "running": "running", "taken": "done"}


@dataclass(frozen=True)
class Facts:
    """What the navigation needs to know of the project."""

    project_open: bool = False
    images: int = 0
    scanning: bool = False
    inventory: Literal["none", "running", "taken"] = "none"
    pretraining: bool = False
    pretrained: bool = False
    tagged_classes: int = 0
    decided: bool = False
    """Costs, the line or a rule were entered."""
    evaluation: Literal["none", "running", "taken"] = "none"
    """``taken``: there is one, and it is not outdated."""
    exported: bool = False


def states(facts: Facts) -> dict[PageName, State]:
    """The state of each page. Pretraining is never in the way: the shipped encoder can be used at once."""
    enough_tags = facts.tagged_classes >= 2
    found: dict[PageName, State] = {
        "start": "done" if facts.project_open else "next",
        "images": "done" if facts.images else "open",
        "inventory": _OF_JOB[facts.inventory],
        "pretrain": "done" if facts.pretrained else "open",
        "label": "done" if enough_tags else "open",
        "decide": "done" if facts.decided else "open",
        "evaluate": _OF_JOB[facts.evaluation],
        "export": "done" if facts.exported else "open",
    }
    if facts.scanning:
        found["images"] = "running"
    if facts.pretraining:
        found["pretrain"] = "running"
    if not facts.project_open:
        return found
    if not facts.images:
        after: tuple[PageName, ...] = ("images",)
    elif not facts.pretrained and not facts.pretraining and not facts.tagged_classes:
        after = ("inventory", "pretrain")
    else:
        after = ("label", "export")
    for page in after:
        if found[page] == "open":
            found[page] = "next"
            break
    return found
