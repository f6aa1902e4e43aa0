"""Labels out of a project and into one, line by line as in :mod:`.label_file`.

An image is recognised by its content, and only where the line names none by its path. What is in the project is never
overwritten: what disagrees is listed.
"""

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from micm_desktop.progress import UserError
from micm_desktop.project import classes, journal
from micm_desktop.project.catalog import all_images
from micm_desktop.project.records import UNSURE, ClassRecord, Conflict, Exchange, ImageRecord, LabelLine
from micm_desktop.project.schema import history
from micm_desktop.whole_file import whole_file

_ON_THE_EDGE = 1.0
"""Pixels that a box may reach over the edge: some programs count them from 1."""
_Tag = str | int
"""The name of a class as it is compared, or UNSURE."""


def export_lines(connection: Connection) -> list[LabelLine]:
    """Every tag and region, in the order of the paths."""
    records = {record.id: record for record in classes.all_classes(connection)}
    paths: dict[str, str] = {}
    for image in all_images(connection):
        if image.sha256:
            paths.setdefault(image.sha256, image.relative_path)
    tags: dict[str, int] = {**dict.fromkeys(journal.all_unsure(connection), UNSURE), **journal.all_tags(connection)}
    tag_told, region_told = _told(connection)
    lines = []
    expressed = set()
    for region in journal.all_regions(connection):
        key = region.sha256
        own = records.get(region.class_id) if region.class_id is not None else None
        record = own or records.get(tags.get(key, 0))
        if own is None and record is not None:
            expressed.add(key)
        line = _line(paths.get(key, ""), key, record, region_told.get(region.id, {}))
        box = (region.xmin, region.ymin, region.xmax, region.ymax)
        lines.append(replace(line, box=box, own_class=own is not None))
    for key, tag in tags.items():
        if key not in expressed:
            line = _line(paths.get(key, ""), key, records.get(tag), tag_told.get(key, {}))
            lines.append(replace(line, unsure=tag == UNSURE))
    # Regions keep the order in which they were drawn.
    return sorted(lines, key=lambda line: (line.path, line.sha256, line.box is not None))


def _line(path: str, sha256: str, record: ClassRecord | None, told: Mapping[str, str]) -> LabelLine:
    return LabelLine(
        path,
        sha256,
        record.name if record is not None else "",
        source=told.get("source", "human"),
        at=told.get("at", ""),
        by=told.get("by", ""),
        good=record is not None and record.is_good,
    )


def _told(connection: Connection) -> tuple[dict[str, dict[str, str]], dict[int, dict[str, str]]]:
    """By whom and when each tag and each region was made last: by content, and by number."""
    tags: dict[str, dict[str, str]] = {}
    regions: dict[int, dict[str, str]] = {}
    columns = select(history.c.at, history.c.by, history.c.action, history.c.sha256, history.c.detail)
    for at, by, action, sha256, text in connection.execute(columns.order_by(history.c.id)):
        is_region = action.startswith("region_")
        if not is_region and action not in ("tag", "unsure"):
            continue
        detail = json.loads(text)
        told = {key: str(detail.get(key, known)) for key, known in (("at", at), ("by", by), ("source", "human"))}
        if is_region:
            regions[(detail["after"] or detail["before"])["id"]] = told
        else:
            tags[sha256] = told
    return tags, regions


# --- into a project


@dataclass
class _Content:
    """What the file says of one content."""

    lines: list[LabelLine]
    tag: _Tag | None = None
    tag_line: int = 0
    told: LabelLine | None = None


@dataclass(frozen=True)
class _Plan:
    exchange: Exchange
    tags: Mapping[str, tuple[_Tag, LabelLine]]
    regions: Sequence[tuple[str, LabelLine]]
    names: Mapping[str, LabelLine]
    """The classes that are to be added, by the name as it is compared; each with a line that has it."""


def import_lines(
    connection: Connection, by: str, lines: Sequence[LabelLine], *, merge: bool = False, dry_run: bool = False
) -> Exchange:
    """Add what ``lines`` say and the project does not know, in one transaction and action. Conflicts are listed: with
    ``merge`` the project's own labels stay and all else is added, without it nothing is. ``dry_run`` only tells.

    Raises :class:`UserError`, with the line's number, for what cannot be stored, or where the lines contradict one
    another.
    """
    plan = _plan(connection, lines)
    if dry_run:
        return plan.exchange
    if plan.exchange.conflicts and not merge:
        return replace(plan.exchange, added=0)
    with journal.one_action(connection):
        _apply(connection, by, plan)
    return plan.exchange


def _apply(connection: Connection, by: str, plan: _Plan) -> None:
    numbers: dict[_Tag, int] = {_folded(record.name): record.id for record in classes.all_classes(connection)}
    for folded, line in plan.names.items():
        try:
            numbers[folded] = classes.add_class(connection, by, line.name, line.good, "", "").id
        except UserError as error:
            raise UserError(f"Line {line.number}: {error}") from error
    numbers[UNSURE] = UNSURE
    wanted = {key: numbers[tag] for key, (tag, _) in plan.tags.items()}
    journal.set_tags(connection, by, wanted, {key: _source(line) for key, (_, line) in plan.tags.items()})
    for key, line in plan.regions:
        class_id = numbers[_folded(line.name)] if line.own_class else None
        assert line.box is not None
        journal.add_region(connection, by, key, class_id, line.box, _source(line))


def _source(line: LabelLine) -> dict[str, str]:
    told = {"source": line.source, "at": line.at, "by": line.by}
    return {name: value for name, value in told.items() if value}


def _plan(connection: Connection, lines: Sequence[LabelLine]) -> _Plan:
    images = all_images(connection)
    tags: dict[str, int] = {**dict.fromkeys(journal.all_unsure(connection), UNSURE), **journal.all_tags(connection)}
    records = classes.all_classes(connection)
    names: dict[int, _Tag] = {record.id: _folded(record.name) for record in records} | {UNSURE: UNSURE}
    here: dict[str, Counter[tuple[_Tag | None, Any]]] = defaultdict(Counter)
    for region in journal.all_regions(connection):
        box = (region.xmin, region.ymin, region.xmax, region.ymax)
        here[region.sha256][names.get(region.class_id) if region.class_id is not None else None, box] += 1
    contents, missing, conflicts = _matched(images, {*tags, *here}, lines)
    sizes = {image.sha256: (image.width, image.height) for image in images if image.width}
    new_tags: dict[str, tuple[_Tag, LabelLine]] = {}
    new_regions: list[tuple[str, LabelLine]] = []
    added = unchanged = 0
    for key, content in contents.items():
        _gather(content, sizes.get(key))
        known = names.get(tags[key]) if key in tags else None
        clash = known is not None and content.tag is not None and known != content.tag
        if content.tag is not None and known is None:
            assert content.told is not None
            new_tags[key] = content.tag, content.told
        for line in content.lines:
            says_tag = not line.own_class and (bool(line.name) or line.unsure)
            if clash and says_tag:
                conflicts.append(Conflict(line, "tag", _shown(records, tags[key])))
                continue
            fresh = says_tag and key in new_tags and new_tags[key][1] is line
            if line.box is not None:
                place = (_folded(line.name) if line.own_class else None, line.box)
                if here[key][place] > 0:
                    here[key][place] -= 1
                else:
                    new_regions.append((key, line))
                    fresh = True
            added, unchanged = added + fresh, unchanged + (not fresh)
    existing = set(names.values())
    wanted = {_folded(line.name): line for line in (*(line for _, line in new_regions if line.own_class),)}
    wanted |= {tag: line for tag, line in new_tags.values() if isinstance(tag, str)}
    conflicts.sort(key=lambda conflict: conflict.line.number)
    return _Plan(
        Exchange(added, unchanged, tuple(conflicts), tuple(missing)),
        new_tags,
        new_regions,
        {name: line for name, line in wanted.items() if name not in existing},
    )


def _matched(
    images: Iterable[ImageRecord], labelled: set[str], lines: Iterable[LabelLine]
) -> tuple[dict[str, _Content], list[LabelLine], list[Conflict]]:
    """The lines by the content they are about, those whose image is not there, and those that cannot be told."""
    by_path: dict[str, set[str]] = defaultdict(set)
    known = set(labelled)
    for image in images:
        if image.sha256:
            known.add(image.sha256)
            by_path[image.relative_path].add(image.sha256)
            by_path[_as_path(str(image.path))].add(image.sha256)
    contents: dict[str, _Content] = {}
    missing, conflicts = [], []
    for line in lines:
        key = line.sha256 if line.sha256 in known else ""
        if not key:
            found = by_path.get(_as_path(line.path), set())
            if not found:
                missing.append(line)
                continue
            if line.sha256 or len(found) > 1:
                # The file of that name shows something else than what was labelled, or there are several.
                conflicts.append(Conflict(line, "content" if line.sha256 else "path", ""))
                continue
            key = next(iter(found))
        contents.setdefault(key, _Content([])).lines.append(line)
    return contents, missing, conflicts


def _gather(content: _Content, size: tuple[int, int] | None) -> None:
    """Find the tag that the lines of one content agree on."""
    if not all(line.exact for line in content.lines):
        # A file that does not say which regions have a class of their own: those of an image of one class have its.
        plain = {_folded(line.name) for line in content.lines if line.box is None and line.name}
        named = plain or {_folded(line.name) for line in content.lines if line.name}
        own = named if len(named) == 1 else set()
        content.lines = [
            replace(line, own_class=line.box is not None and bool(line.name) and _folded(line.name) not in own)
            for line in content.lines
        ]
    for line in content.lines:
        if line.box is not None and size is not None:
            room = size[0] + _ON_THE_EDGE, size[1] + _ON_THE_EDGE
            if line.box[2] > room[0] or line.box[3] > room[1]:
                raise UserError(
                    f"Line {line.number}: the box reaches over the edge of the image, which has {size[0]} x {size[1]}"
                    " pixels."
                )
        tag: _Tag | None = UNSURE if line.unsure else _folded(line.name) if line.name and not line.own_class else None
        if tag is None:
            continue
        if content.tag not in (None, tag):
            raise UserError(f"Line {line.number} contradicts line {content.tag_line}: one image cannot be both.")
        if content.tag is None or line.box is None:
            content.tag, content.tag_line, content.told = tag, line.number, line


def _shown(records: Sequence[ClassRecord], tag: int) -> str:
    return next((record.name for record in records if record.id == tag), "")


def _folded(name: str) -> str:
    """A class's name as it is compared."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def _as_path(path: str) -> str:
    """As paths are stored, also where Windows or macOS wrote it."""
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def write_text(file: Path, text: str) -> None:
    """Write a file as a whole, with a byte order mark. Raises OSError; what was there before stays then."""
    with whole_file(file) as stream:
        stream.write(b"\xef\xbb\xbf" + text.encode("utf-8"))
