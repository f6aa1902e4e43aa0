"""The encoders, settings and backups of a project, and images that were edited since they were labelled."""

from collections.abc import Sequence
from pathlib import Path

from micm_desktop.project import backups, edited, encoders, journal, stored_settings
from micm_desktop.project.database import LABEL_TIMEOUT_MS, Database
from micm_desktop.project.records import Backup, Edited, EncoderRecord


class Registry:
    """Part of :class:`~.store.Project`, with its promises."""

    folder: Path
    _database: Database
    _user: str

    def register_encoder(self, path: Path, name: str, summary: str, *, activate: bool = True) -> EncoderRecord:
        """Add a finished encoder file; the same file again renews its entry. Paths inside the project move with it.

        Raises :class:`UserError` where the file does not exist.
        """
        with self._database.write() as connection:
            encoder_id = encoders.register(connection, self.folder, path, name, summary)
            if activate:
                encoders.activate(connection, encoder_id)
            records = encoders.all_encoders(connection, self.folder)
        return next(record for record in records if record.id == encoder_id)

    def encoders(self) -> list[EncoderRecord]:
        """The registered encoders, in the order they were first registered."""
        with self._database.read() as connection:
            return encoders.all_encoders(connection, self.folder)

    def describe_encoder(self, encoder_id: int, summary: str) -> None:
        """Keep another summary of an encoder."""
        with self._database.write() as connection:
            encoders.describe(connection, encoder_id, summary)

    def activate_encoder(self, encoder_id: int | None) -> None:
        """Use this encoder from now on; None: the shipped one. Raises :class:`UserError` for an unknown number."""
        with self._database.write() as connection:
            encoders.activate(connection, encoder_id)

    def remove_encoder(self, encoder_id: int) -> EncoderRecord:
        """Forget an encoder, whose file stays. Raises :class:`UserError` where it is in use, or not there."""
        with self._database.write() as connection:
            known = {record.id: record for record in encoders.all_encoders(connection, self.folder)}
            encoders.remove(connection, encoder_id)
        return known[encoder_id]

    def active_encoder(self) -> EncoderRecord | None:
        """The encoder in use; None: the shipped one."""
        return next((record for record in self.encoders() if record.active), None)

    def setting(self, key: str, default: str = "") -> str:
        """A value stored with the project, or ``default``."""
        with self._database.read() as connection:
            return stored_settings.read(connection, key, default)

    def set_setting(self, key: str, value: str) -> None:
        """Store a value with the project."""
        with self._database.write(LABEL_TIMEOUT_MS) as connection:
            stored_settings.write(connection, key, value)

    def back_up(self) -> Path:
        """Make a checked copy of everything but images and features, while others go on. Raises UserError."""
        return backups.back_up(self._database.file, self.folder)

    def back_up_if_due(self, *, opening: bool = False) -> Path | None:
        """As :func:`.backups.back_up_if_due`."""
        return backups.back_up_if_due(self._database.file, self.folder, opening=opening)

    def backups(self) -> list[Backup]:
        """The copies that there are, the newest first. For a worker thread."""
        return backups.all_backups(self.folder)

    # --- images that were edited since they were labelled

    def edited(self) -> list[Edited]:
        """Images whose file was overwritten since they were labelled, and whose labels wait; see :mod:`.edited`."""
        with self._database.read() as connection:
            return edited.all_edited(connection)

    def carry_labels_over(self, images: Sequence[Edited]) -> int:
        """Give edited images the labels they had; one step for undo. Returns how many: fewer where they have changed
        meanwhile."""
        with self._database.write(LABEL_TIMEOUT_MS) as connection, journal.one_action(connection):
            return edited.carry_over(connection, self._user, images)

    def leave_edited(self, images: Sequence[Edited]) -> None:
        """List these no longer."""
        with self._database.write(LABEL_TIMEOUT_MS) as connection:
            edited.leave(connection, images)
