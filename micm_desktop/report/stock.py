"""The images of a project: all of them counted, and some of them looked at closely."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from micm_desktop.inventory.coverage import evenly
from micm_desktop.inventory.findings import Finding, find_faults
from micm_desktop.inventory.measuring import cache_file
from micm_desktop.inventory.taking import Inventory, take_inventory
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

LOOKED_AT: Final = 2000
"""Images that are measured, evenly spread over all folders: more take minutes, and tell a manager no more."""
LISTED: Final = 50


@dataclass(frozen=True)
class FolderStock:
    """One folder of images; ``inventory`` of those that were looked at, None where there are none."""

    path: Path
    exists: bool
    inventory: Inventory | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Stock:
    """Counts of image files, by status; ``distinct``: of readable ones by content. ``problems``: the first ``LISTED``
    that cannot be read or found, by name, with the reason (empty where they are gone). ``looked_at`` of ``readable``
    were measured."""

    images: int
    readable: int
    distinct: int
    unreadable: int
    gone: int
    problems: tuple[tuple[str, str], ...]
    looked_at: int
    folders: tuple[FolderStock, ...]

    @property
    def copies(self) -> int:
        """Images that were looked at and are equal or nearly equal to another one."""
        found = [one.inventory for one in self.folders if one.inventory is not None]
        return sum(len(one.measures) - one.distinct for one in found)


def take_stock(
    project: Project, images: Sequence[ImageRecord], encoder: LoadedEncoder, cache: Path, control: JobControl
) -> Iterator[Progress | Stock]:
    """``cache``: folder in which measures are kept. The last value is the stock. Raises OSError, Cancelled."""
    counts = Counter(image.status for image in images)
    readable = [image for image in images if image.status == "ok"]
    bad = [image for image in images if image.status != "ok"]
    chosen = [readable[row] for row in evenly(len(readable), LOOKED_AT)] if readable else []
    folders = []
    for folder in project.folders():
        mine = [image.path for image in chosen if image.folder_id == folder.id]
        inventory = None
        if mine and folder.exists:
            file = cache_file(folder.path, cache)
            for event in take_inventory(folder.path, encoder, file, control, mine):
                if isinstance(event, Inventory):
                    inventory = event
                else:
                    yield event
        # Advice on pretraining is for whoever sets the inspection up.
        findings = () if inventory is None else tuple(one for one in find_faults(inventory) if one.kind != "preset")
        folders.append(FolderStock(folder.path, folder.exists, inventory, findings))
    yield Stock(
        len(images),
        len(readable),
        len({image.sha256 for image in readable}),
        counts["unreadable"],
        counts["missing"],
        tuple((image.relative_path, image.message if image.status == "unreadable" else "") for image in bad[:LISTED]),
        len(chosen),
        tuple(folders),
    )
