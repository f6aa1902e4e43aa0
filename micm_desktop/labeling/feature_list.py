"""Which images several computers make features of, as files in a folder that all of them see: what a computer needs
that cannot open the project.

``images.jsonl`` names the images, ``encoder.safetensors`` is the encoder. Both are written before ``plan.json`` of
:mod:`~micm_desktop.export.shared_work`, which holds the hashes of both.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from micm_desktop import __version__
from micm_desktop.export.shared_work import PLAN, QUIET, SharedWork
from micm_desktop.labeling.embedded import recipe
from micm_desktop.micm.encoder_file import EncoderInfo, read_encoder_info
from micm_desktop.progress import UserError
from micm_desktop.project.records import ImageRecord
from micm_desktop.whole_file import whole_file

PART = 256
"""Images that a computer takes at a time."""
IMAGES, ENCODER = "images.jsonl", "encoder.safetensors"


@dataclass(frozen=True)
class FeatureList:
    """The images of the work in ``folder``, in its order: where each lies below one of ``roots``, and its hash."""

    folder: Path
    info: EncoderInfo
    roots: tuple[Path, ...]
    places: tuple[tuple[int, str, str], ...]
    digest: str
    """Hash of the file that names them."""

    def __len__(self) -> int:
        return len(self.places)

    def rows_of(self, part: int) -> range:
        """The places in the list that a part holds."""
        return range(part * PART, min(len(self), (part + 1) * PART))

    def hashes(self, rows: Sequence[int]) -> list[str]:
        """Content hashes."""
        return [self.places[row][2] for row in rows]

    def paths(self, rows: Sequence[int]) -> list[Path]:
        """Where they lie on this computer."""
        return [self.roots[self.places[row][0]] / self.places[row][1] for row in rows]

    def work(self, quiet: float = QUIET) -> SharedWork:
        """Join the work, or begin it. Raises UserError where it is of other images, another encoder, or another version
        of the program."""
        identity = {"encoder": self.info.sha256, "features": recipe(self.info), "images": self.digest}
        return SharedWork(self.folder, -(-len(self) // PART), identity | {"program": __version__}, quiet)


def is_begun(folder: Path) -> bool:
    """Whether there is work in ``folder``."""
    return (folder / PLAN).exists()


def write_list(folder: Path, info: EncoderInfo, images: Sequence[ImageRecord]) -> FeatureList:
    """Lay down in ``folder`` what others need to make features of ``images``, one or more. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    token = uuid.uuid4().hex[:12]
    with info.path.open("rb") as source, whole_file(folder / ENCODER, folder / f"{ENCODER}.{token}") as copy:
        shutil.copyfileobj(source, copy)
    roots = sorted({image.root for image in images})
    numbers = {root: number for number, root in enumerate(roots)}
    with whole_file(folder / IMAGES, folder / f"{IMAGES}.{token}") as stream:
        stream.write(json.dumps(roots).encode() + b"\n")
        for image in images:
            # In ASCII: a name on disk may be no text, and JSON keeps what stands for its bytes.
            line = json.dumps([numbers[image.root], image.name_on_disk, image.sha256])
            stream.write(line.encode() + b"\n")
    return read_list(folder)


def read_list(folder: Path, roots: Sequence[Path] = ()) -> FeatureList:
    """What was laid down in ``folder``; ``roots``: where its folders of images are on this computer, in their order.

    Raises UserError where there is no such work, it is damaged, or a folder of images is not there.
    """
    try:
        content = (folder / IMAGES).read_bytes()
    except FileNotFoundError:
        raise UserError(
            f"There are no features to compute in {folder}. Begin on the computer that has the project:"
            " micm-desktop features PROJECT --claim DIR."
        ) from None
    try:
        first, *lines = content.splitlines()
        told = [str(root) for root in json.loads(first)]
        places = tuple(_place(line, len(told)) for line in lines)
        if not places:
            raise ValueError("no images")
    except (ValueError, TypeError, RecursionError) as problem:
        raise UserError(f"{folder / IMAGES} is damaged. Delete the folder {folder}, or name another one.") from problem
    if roots and len(roots) != len(told):
        raise UserError(f"The images lie in {len(told)} folders ({', '.join(told)}): give --images for each of them.")
    here = tuple(roots or map(Path, told))
    for root, name in zip(here, told, strict=True):
        if not root.is_dir():
            raise UserError(f"The folder {root} is not here. Say with --images where {name} is on this computer.")
    return FeatureList(folder, read_encoder_info(folder / ENCODER), here, places, hashlib.sha256(content).hexdigest())


def _place(line: bytes, roots: int) -> tuple[int, str, str]:
    """A line of the list. Raises ValueError and TypeError where it is none, or leads out of its folder."""
    root, name, sha256 = json.loads(line)
    path = PurePath(name)
    if root not in range(roots) or path.anchor or path.drive or ".." in path.parts or not name:
        raise ValueError(name)
    if len(sha256) != 64:
        raise ValueError(sha256)
    return root, name, sha256
