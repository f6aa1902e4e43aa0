"""Images whose file was overwritten since they were labelled: what they show now has no label of its own.

A label belongs to what was seen. Whether it still holds for an edited file is for a person to say: the label waits with
the old content, and the file is listed until somebody decides, or the old content is back.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from micm_desktop.project import journal
from micm_desktop.project.catalog import all_images
from micm_desktop.project.records import Edited
from micm_desktop.project.schema import images, regions, replaced, tags, unsure

_KEYS_PER_QUERY = 500


def remember(connection: Connection, changed: Sequence[tuple[str, int]]) -> None:
    """Note labelled contents that were overwritten: each with the number of the image that shows another one now."""
    at = datetime.now(UTC).isoformat()
    for start in range(0, len(changed), _KEYS_PER_QUERY):
        part = dict(changed[start : start + _KEYS_PER_QUERY])
        labelled: set[str] = set()
        for table in (tags, unsure, regions):
            labelled.update(connection.execute(select(table.c.sha256).where(table.c.sha256.in_(part))).scalars())
        if labelled:
            rows = [{"sha256": key, "image_id": part[key], "at": at} for key in sorted(labelled)]
            upsert = sqlite_insert(replaced)
            values = {"image_id": upsert.excluded.image_id, "at": upsert.excluded.at}
            connection.execute(upsert.on_conflict_do_update(index_elements=["sha256"], set_=values), rows)


def all_edited(connection: Connection) -> list[Edited]:
    """Readable images whose file was overwritten, whose old content is nowhere any more, and that have no label yet; in
    the order of the paths."""
    # Of a file that was overwritten more than once, the last content that was labelled.
    query = select(replaced.c.sha256, replaced.c.image_id).order_by(replaced.c.at)
    noted = {number: sha256 for sha256, number in connection.execute(query)}
    if not noted:
        return []
    every = all_images(connection)
    there = {image.sha256 for image in every}
    labels = {**dict.fromkeys(journal.all_unsure(connection), -1), **journal.all_tags(connection)}
    boxes: dict[str, int] = {}
    for region in journal.all_regions(connection):
        boxes[region.sha256] = boxes.get(region.sha256, 0) + 1
    return [
        Edited(image, before, labels.get(before), boxes.get(before, 0))
        for image in every
        if (before := noted.get(image.id)) is not None
        and image.status == "ok"
        and before not in there
        and (before in labels or before in boxes)
        and image.sha256 not in labels
        and image.sha256 not in boxes
    ]


def carry_over(connection: Connection, by: str, edited: Iterable[Edited]) -> int:
    """Give the images the labels that their files had, also the regions; returns how many. In one action."""
    known = {one.image.id: one for one in all_edited(connection)}
    chosen = [known[one.image.id] for one in edited if known.get(one.image.id) == one]
    journal.set_tags(connection, by, {one.image.sha256: one.tag for one in chosen if one.tag is not None})
    for one in chosen:
        for region in journal.all_regions(connection, one.before):
            # What lies outside of a smaller picture has no place there.
            if region.xmax <= one.image.width and region.ymax <= one.image.height:
                box = region.xmin, region.ymin, region.xmax, region.ymax
                journal.add_region(connection, by, one.image.sha256, region.class_id, box)
    return len(chosen)


def leave(connection: Connection, edited: Iterable[Edited]) -> None:
    """List these no longer; their labels wait for the old content."""
    keys = [one.before for one in edited]
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        part = keys[start : start + _KEYS_PER_QUERY]
        connection.execute(delete(replaced).where(replaced.c.sha256.in_(part)))


def forget_returned(connection: Connection) -> None:
    """Drop the notes of contents that are back."""
    connection.execute(delete(replaced).where(replaced.c.sha256.in_(select(images.c.sha256))))
