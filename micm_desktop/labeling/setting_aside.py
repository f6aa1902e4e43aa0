"""Setting images aside for the test before they are tagged: which ones, and what is left out.

At random, each folder and each group of alike images gives its share, and images that nearly show the same stay on one
side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from micm_desktop.evaluation.notes import Note
from micm_desktop.inventory.duplicates import linked_groups
from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.labeling.near_copies import MOST_IMAGES, NearCopies, find_near_copies
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.labeling.workspace import Labeling

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Locked:
    """``images`` were locked; ``notes`` say what was left out, or could not be looked at."""

    images: int
    notes: tuple[Note, ...]


def lock_share(
    labeling: "Labeling", share: float, control: JobControl, *, seed: int = 0
) -> Iterator[Progress | Locked]:
    """Lock a random ``share`` in (0, 1) of all readable images, of those that were never tagged; the last value says
    what was locked. The draw follows from ``seed`` alone.

    Raises UserError where nothing can be locked, or nothing would be left to learn from, and Cancelled.
    """
    if not 0 < share < 1:
        raise UserError("The share of images to set aside must lie above 0 % and below 100 %.")
    project = labeling.project
    images = labeling.distinct_images()
    known, locked = project.ever_learned_from(), project.locked()
    wanted = round(share * len(images)) - sum(image.sha256 in locked for image in images)
    if wanted < 1:
        raise UserError("That many images are already set aside, or there are too few for a test set.")
    copies = NearCopies((), complete=len(images) <= MOST_IMAGES)
    if copies.complete:
        for event in find_near_copies(project.folder, images, control):
            if isinstance(event, NearCopies):
                copies = event
            else:
                yield event
    # A copy that came later follows the image that is locked.
    joining: list[list[int]] = []
    open_units: list[list[int]] = []
    for unit in _units(len(images), copies.pairs):
        if not any(images[row].sha256 in known for row in unit):
            (joining if any(images[row].sha256 in locked for row in unit) else open_units).append(unit)
    strata = _strata([images[unit[0]] for unit in open_units], labeling.current_embeddings())
    chosen = draw([len(unit) for unit in open_units], strata, wanted, np.random.default_rng(seed))
    taken = {images[row].sha256 for unit in (*joining, *(open_units[index] for index in chosen)) for row in unit}
    keys = sorted(taken - locked)
    if not keys:
        raise UserError("All images have or had a tag: what was learned from cannot test. Add images that are new.")
    if len(keys) + len(locked) >= len(images):
        raise UserError("Nothing would be left to learn from. Set aside a smaller share.")
    count = project.lock(keys, f"random {100 * share:g} %, seed {seed}")
    yield Locked(count, tuple(_notes(images, keys, known, copies, wanted)))


def lock_images(labeling: "Labeling", images: Sequence[ImageRecord]) -> Locked:
    """Lock these images, but for those that have or had a tag. Raises UserError as :func:`lock_share`."""
    project = labeling.project
    known = project.ever_learned_from()
    keys = {image.sha256 for image in images if image.sha256}
    free = sorted(keys - known)
    if not free:
        raise UserError("All images of the list have or had a tag: what was learned from cannot test.")
    if not {image.sha256 for image in labeling.distinct_images()} - project.locked() - set(free):
        raise UserError("Nothing would be left to learn from. Set aside fewer images.")
    count = project.lock(free, "list")
    left_out = len(keys) - len(free)
    return Locked(count, (Note("tagged_left_out", {"count": left_out}),) if left_out else ())


def images_of_list(labeling: "Labeling", file: Path) -> list[ImageRecord]:
    """The project's images that a text file names, one a line: by path, from the folder that was opened or from the
    root, or by content hash. Raises UserError for a line that names none.
    """
    by_name: dict[str, ImageRecord] = {}
    for image in labeling.images:
        if image.status == "ok":
            by_name |= {image.sha256: image, image.relative_path: image, str(image.path): image}
    found = []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The list {file} cannot be read. It must be a text file with one image a line.") from error
    for number, line in enumerate(lines, 1):
        name = line.strip()
        if name:
            # As Windows writes it, too.
            key = next((one for one in (name, name.replace("\\", "/")) if one in by_name), None)
            if key is None:
                raise UserError(f"Line {number} of {file} names no readable image of the project: {name}")
            found.append(by_name[key])
    return found


def draw(sizes: Sequence[int], strata: Labels, wanted: int, rng: np.random.Generator) -> list[int]:
    """Units of ``sizes`` images each, drawn at random so that about ``wanted`` images are among them, and about as
    large a share of each of the ``strata`` (U,); in order.

    Every unit is as likely as any other: systematic sampling of the units in random order, stratum by stratum.
    """
    total = sum(sizes)
    if not total:
        return []
    share = min(1.0, wanted / total)
    order = np.lexsort((rng.random(len(sizes)), strata))
    # A unit is taken where a whole number is passed: in so many of all, however the strata are cut.
    passed = np.floor(np.arange(len(sizes) + 1) * share + rng.random())
    return sorted(order[np.diff(passed) > 0].tolist())


def _units(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Rows in [0, count) that ``pairs`` link, and the others alone."""
    groups = linked_groups(pairs)
    linked = {row for group in groups for row in group}
    return sorted([*groups, *([row] for row in range(count) if row not in linked)])


def _strata(images: Sequence[ImageRecord], embeddings: Embeddings | None) -> Labels:
    """Folder and, where there are features, group of alike images of each: (U,)."""
    from micm_desktop.inventory.coverage import find_groups

    folders = [(image.folder_id, str(PurePosixPath(image.relative_path).parent)) for image in images]
    place = {folder: index for index, folder in enumerate(sorted(set(folders)))}
    strata = np.array([place[folder] for folder in folders], np.int64)
    rows = {} if embeddings is None else embeddings.rows
    having = [index for index, image in enumerate(images) if image.sha256 in rows]
    group = np.full(len(images), -1, np.int64)
    if embeddings is not None and having:
        # As compact as they are kept: of 100,000 images float32 would be half a gigabyte.
        chosen = np.array([rows[images[index].sha256] for index in having], np.int64)
        group[having] = find_groups(embeddings.values.take(chosen)).group
    return np.unique(np.stack([strata, group], axis=1), axis=0, return_inverse=True)[1].reshape(-1)


def _notes(
    images: Sequence[ImageRecord], keys: Sequence[str], known: frozenset[str], copies: NearCopies, wanted: int
) -> list[Note]:
    said = []
    tagged = sum(image.sha256 in known for image in images)
    if tagged:
        said.append(Note("tagged_left_out", {"count": tagged}))
    if len(keys) < 0.9 * wanted:
        said.append(Note("share_missed", {"wanted": wanted, "count": len(keys)}))
    if not copies.complete:
        said.append(Note("copies_unseen", {"count": len(images)}))
    elif copies.pairs:
        said.append(Note("copies_together", {"count": len({row for pair in copies.pairs for row in pair})}))
    return said
