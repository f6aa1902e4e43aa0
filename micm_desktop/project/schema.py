"""The tables of ``project.sqlite``."""

import os
from typing import Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    event,
)

APPLICATION_ID: Final = 0x4D49434D  # "MICM" in the file's header: tells a project from any other SQLite file
SCHEMA_VERSION: Final = 4
LOCKED: Final = "test_locked"
UNLOCKED: Final = "test_unlocked"
"""Actions of the journal about the test set; undo knows nothing of them."""


class FileName(TypeDecorator[str]):
    """A path exactly as the file system spells it. Kept as bytes, since a name need not be valid Unicode."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else os.fsdecode(value)


metadata = MetaData()

folders = Table(
    "folders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", FileName, nullable=False, unique=True),
    # The same place seen from the project folder, for projects that are moved together with their images.
    Column("path_from_project", FileName),
)

images = Table(
    "images",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folder_id", ForeignKey("folders.id"), nullable=False),
    Column("name_on_disk", FileName, nullable=False),
    Column("relative_path", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("message", String, nullable=False),
    UniqueConstraint("folder_id", "name_on_disk"),
    CheckConstraint("status IN ('ok', 'unreadable', 'missing')"),
)
Index("images_by_path", images.c.folder_id, images.c.relative_path)
Index("images_by_content", images.c.sha256)

classes = Table(
    "classes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("color", String, nullable=False),
    Column("key", String, nullable=False),
    Column("is_good", Boolean, nullable=False),
    # A removed class keeps its row: the journal refers to it.
    Column("removed", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)

tags = Table(
    "tags",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("class_id", ForeignKey("classes.id"), nullable=False),
    sqlite_with_rowid=False,
)

# Contents that a person looked at and could not tell; none of them has a tag.
unsure = Table(
    "unsure",
    metadata,
    Column("sha256", String, primary_key=True),
    sqlite_with_rowid=False,
)

# Contents of the test set, which nothing that learns may see.
locked = Table(
    "locked",
    metadata,
    Column("sha256", String, primary_key=True),
    sqlite_with_rowid=False,
)

# Labelled contents whose file was overwritten, and the image that shows something else now.
replaced = Table(
    "replaced",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("image_id", ForeignKey("images.id"), nullable=False),
    Column("at", String, nullable=False),
    sqlite_with_rowid=False,
)

regions = Table(
    "regions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String, nullable=False, index=True),
    Column("class_id", ForeignKey("classes.id")),
    *(Column(edge, Float, nullable=False) for edge in ("xmin", "ymin", "xmax", "ymax")),
    sqlite_autoincrement=True,
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action_id", Integer, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("by", String, nullable=False),
    Column("action", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("detail", String, nullable=False),
    # The action that this one takes back, 0 for none; NULL from a version that did not say.
    Column("undoes", Integer),
    sqlite_autoincrement=True,
)
TRIGGERS: Final = {
    f"history_no_{verb.lower()}": f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history "
    "BEGIN SELECT RAISE(ABORT, 'the label journal is append-only'); END"
    for verb in ("UPDATE", "DELETE")
}
"""All triggers of a project's database, by name, as SQLite keeps them."""
for _trigger in TRIGGERS.values():
    event.listen(history, "after_create", DDL(_trigger))  # type: ignore[no-untyped-call]

encoders = Table(
    "encoders",
    metadata,
    Column("id", Integer, primary_key=True),
    # Relative to the project folder for files inside it.
    Column("path", FileName, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("created", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("active", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)


def upgrade(connection: Connection, version: int) -> None:
    """Bring the tables of an older ``version`` up to :data:`SCHEMA_VERSION`; nothing that is there is changed."""
    if version < 2:
        unsure.create(connection)
        connection.exec_driver_sql("ALTER TABLE history ADD COLUMN undoes INTEGER")
    if version < 3:
        locked.create(connection)
    if version < 4:
        replaced.create(connection)
