"""Files that changed places though their sizes and times do not tell.

Uncompressed pictures all have one size, and what a ZIP archive or a USB stick has held knows times to two seconds.
Where such files are renamed in a circle, a scan that goes by size and time would show labels on images that never had
them. So labelled files that others equal in both are read again at each scan, and where one holds something else, so
are all that equal it.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, LargeBinary, select, type_coerce, union

from micm_desktop.file_hash import file_hash
from micm_desktop.images.scan import readable
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.database import Database
from micm_desktop.project.records import FolderRecord
from micm_desktop.project.schema import images, regions, tags, unsure


class LookAlike(NamedTuple):
    """A known file that others equal in size and time."""

    row: int
    folder: FolderRecord
    name: bytes
    sha256: str
    size_bytes: int
    modified_ns: int

    @property
    def path(self) -> Path:
        return self.folder.path / os.fsdecode(self.name)


def exchanged(
    database: Database, folders: list[FolderRecord], control: JobControl
) -> Iterator[Progress | list[LookAlike]]:
    """Files whose content may be another than the project knows, though size and time are the same: the last value,
    after one for each file that is read meanwhile. Raises Cancelled."""
    with database.read() as connection:
        labelled = list(_known(connection, folders, _labelled_groups(connection), labelled=True))
    groups = set()
    for one in labelled:
        control.safe_point()
        yield Progress(0, 0, readable(os.fsdecode(one.name)))
        if (one.size_bytes, one.modified_ns) not in groups and _is_another(one):
            groups.add((one.size_bytes, one.modified_ns))
    if not groups:
        yield []
        return
    with database.read() as connection:
        yield list(_known(connection, folders, groups, labelled=False))


def _labelled_groups(connection: Connection) -> set[tuple[int, int]]:
    """Size and time of labelled files that others with another content have, too."""
    keys = images.c.size_bytes, images.c.modified_ns
    there = images.c.status == "ok"
    mine = select(*keys).where(there, images.c.sha256.in_(_labels())).distinct().subquery()
    same = (images.c.size_bytes == mine.c.size_bytes) & (images.c.modified_ns == mine.c.modified_ns)
    query = select(*keys, images.c.sha256).join(mine, same).where(there).distinct()
    count = Counter((size, time) for size, time, _ in connection.execute(query))
    return {key for key, contents in count.items() if contents > 1}


def _labels() -> Any:
    return union(*(select(table.c.sha256) for table in (tags, unsure, regions)))


def _known(
    connection: Connection, folders: list[FolderRecord], groups: set[tuple[int, int]], *, labelled: bool
) -> Iterator[LookAlike]:
    if not groups:
        return
    by_id = {folder.id: folder for folder in folders}
    name: Any = type_coerce(images.c.name_on_disk, LargeBinary)
    columns = images.c.id, images.c.folder_id, name, images.c.sha256, images.c.size_bytes, images.c.modified_ns
    query = select(*columns).where(images.c.status == "ok").execution_options(yield_per=10_000)
    if labelled:
        query = query.where(images.c.sha256.in_(_labels()))
    # One pass over all rows: there is no index by size and time, and there can be as many groups as images.
    for row, folder, encoded, sha256, *key in connection.execute(query):
        if tuple(key) in groups:
            yield LookAlike(row, by_id[folder], encoded, sha256, *key)


def _is_another(one: LookAlike) -> bool:
    """Whether the file holds something else than the project knows; what has changed visibly is read anyway."""
    try:
        status = one.path.stat()
        if (status.st_size, status.st_mtime_ns) != (one.size_bytes, one.modified_ns):
            return False
        return file_hash(one.path) != one.sha256
    except OSError:
        return False
