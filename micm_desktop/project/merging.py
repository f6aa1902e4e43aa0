"""What goes along when a class is taken away, or becomes part of another."""

from dataclasses import asdict, replace

from sqlalchemy import Connection, select, update

from micm_desktop.project import journal
from micm_desktop.project.records import RegionRecord
from micm_desktop.project.schema import regions, tags


def move_tags(connection: Connection, by: str, class_id: int, into: int | None) -> int:
    """Give every image tagged with ``class_id`` the tag ``into``, or none; returns their number."""
    tagged = connection.execute(select(tags.c.sha256).where(tags.c.class_id == class_id)).scalars().all()
    journal.set_tags(connection, by, dict.fromkeys(tagged, into))
    return len(tagged)


def move_regions(connection: Connection, by: str, class_id: int, into: int | None) -> None:
    """Give every region of ``class_id`` the class ``into``, or none."""
    of_class = select(regions).where(regions.c.class_id == class_id).order_by(regions.c.id)
    moved = [RegionRecord(*row) for row in connection.execute(of_class)]
    connection.execute(update(regions).where(regions.c.class_id == class_id).values(class_id=into))
    changes = [
        ("region_changed", one.sha256, {"before": asdict(one), "after": asdict(replace(one, class_id=into))})
        for one in moved
    ]
    if changes:
        journal.append(connection, by, changes)
