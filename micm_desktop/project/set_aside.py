"""The locked test set: images set aside before they were tagged, which nothing that learns or chooses may see.

Tags of locked images are kept as all tags are, and are what the test compares with. What learns reads
:func:`support_tags`. Locking and unlocking are in the label journal and stay there; undo passes over them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from micm_desktop.progress import UserError
from micm_desktop.project import journal
from micm_desktop.project.schema import LOCKED, UNLOCKED, history, locked, tags


@dataclass(frozen=True)
class SetAsideEvent:
    """``images`` were locked, or unlocked, at once. ``how``: in the words of whoever did it, such as ``random 20%``."""

    at: datetime
    by: str
    locked: bool
    images: int
    how: str


@dataclass(frozen=True)
class SetAside:
    """The test set as it is now, and all that ever was, oldest first. ``since``: the journal's entry that locked each
    content hash.
    """

    since: Mapping[str, int] = field(default_factory=dict)
    events: tuple[SetAsideEvent, ...] = ()

    @property
    def locked(self) -> frozenset[str]:
        """The content hashes that are locked now."""
        return frozenset(self.since)

    @property
    def mark(self) -> int:
        """How far locking has come, for :meth:`after`."""
        return max(self.since.values(), default=0)

    def after(self, mark: int) -> frozenset[str]:
        """The locked images that were still free when the test set's :attr:`mark` was this one."""
        return frozenset(sha256 for sha256, entry in self.since.items() if entry > mark)

    @property
    def unlocked_images(self) -> int:
        """How many images were unlocked, over all times: figures from before are no longer independent of the tags."""
        return sum(event.images for event in self.events if not event.locked)

    @property
    def first_locked(self) -> datetime | None:
        """When images were locked for the first time."""
        return next((event.at for event in self.events if event.locked), None)


def all_locked(connection: Connection) -> frozenset[str]:
    """The content hashes that are locked now."""
    return frozenset(connection.execute(select(locked.c.sha256)).scalars())


def support_tags(connection: Connection) -> dict[str, int]:
    """Content hash -> class id of every tag that may be learned from: those of images that are not locked."""
    query = select(tags.c.sha256, tags.c.class_id).where(tags.c.sha256.not_in(select(locked.c.sha256)))
    return {row.sha256: row.class_id for row in connection.execute(query)}


def ever_learned_from(connection: Connection) -> frozenset[str]:
    """Contents that had a tag at any time, whoever took it away since, without those that are locked now."""
    tagged = connection.execute(select(history.c.sha256).where(history.c.action == "tag").distinct()).scalars()
    return frozenset(tagged) - all_locked(connection)


def lock(connection: Connection, by: str, sha256s: Sequence[str], how: str) -> int:
    """Lock contents; returns how many were not locked before.

    Raises :class:`UserError` where one has or had a tag, or no content hash: what was learned from cannot test.
    """
    if "" in sha256s:
        raise UserError("An image that cannot be opened cannot be set aside. Take it out of the list and try again.")
    new = sorted(set(sha256s) - all_locked(connection))
    known = ever_learned_from(connection) & set(new)
    if known:
        raise UserError(
            f"{len(known)} of the images have or had a tag: what was learned from cannot test. Set aside images that"
            " were never tagged."
        )
    if new:
        connection.execute(insert(locked), [{"sha256": sha256} for sha256 in new])
        journal.append(connection, by, [(LOCKED, sha256, {"how": how}) for sha256 in new])
    return len(new)


def unlock(connection: Connection, by: str, how: str) -> int:
    """Unlock all; returns how many there were. From now on their tags are learned from."""
    there = sorted(all_locked(connection))
    if there:
        connection.execute(delete(locked))
        journal.append(connection, by, [(UNLOCKED, sha256, {"how": how}) for sha256 in there])
    return len(there)


def read(connection: Connection) -> SetAside:
    """What is locked now, and all that ever was."""
    columns = (history.c.at, history.c.by, history.c.action, func.count().label("images"), history.c.detail)
    query = select(*columns).where(history.c.action.in_((LOCKED, UNLOCKED))).group_by(history.c.action_id)
    events = [
        SetAsideEvent(datetime.fromisoformat(at), who, action == LOCKED, images, str(json.loads(detail)["how"]))
        for at, who, action, images, detail in connection.execute(query.order_by(history.c.action_id))
    ]
    locking = select(history.c.sha256, func.max(history.c.id)).where(history.c.action == LOCKED)
    there = all_locked(connection)
    rows = connection.execute(locking.group_by(history.c.sha256))
    return SetAside({sha256: entry for sha256, entry in rows if sha256 in there}, tuple(events))
