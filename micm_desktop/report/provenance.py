"""What a report was made of, so that somebody else can check it: versions, hashes, settings."""

import importlib.metadata
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from micm_desktop import __version__
from micm_desktop.labeling.deciding import DecisionSettings, to_text
from micm_desktop.labeling.judging import METHOD_SETTING
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

PACKAGES: Final = ("torch", "numpy", "scipy", "scikit-learn", "opencv-python-headless", "onnxruntime", "SQLAlchemy")
_TOLD: Final = ("images", "epochs", "seconds", "seed", "objective", "init")
_PART: Final = 1 << 20


@dataclass(frozen=True)
class Provenance:
    """``training``: what the encoder's file says of how it was made. Hashes are SHA-256, hexadecimal; those of the
    model file are empty where none was named. ``same_encoder``: whether that file was made with the encoder in use.
    """

    versions: tuple[tuple[str, str], ...]
    system: str
    encoder: str
    encoder_sha256: str
    training: tuple[tuple[str, str], ...]
    method: str
    tags_sha256: str
    images_sha256: str
    settings_sha256: str
    model_file: str = ""
    model_sha256: str = ""
    same_encoder: bool = True


def read_provenance(
    project: Project,
    info: EncoderInfo,
    images: Sequence[ImageRecord],
    settings: DecisionSettings,
    model_file: Path | None,
) -> Provenance:
    """``images`` are all of the project. Raises UserError where ``model_file`` is no model file."""
    active = project.active_encoder()
    model_hash, model_encoder = ("", info.sha256) if model_file is None else _model(model_file)
    return Provenance(
        (("micm-desktop", __version__), ("Python", platform.python_version()), *_versions()),
        f"{platform.system()} {platform.machine()}",
        "" if active is None else active.name,
        info.sha256,
        _training(info.training),
        project.setting(METHOD_SETTING, "auto"),
        tags_hash(project.tags(), project.classes()),
        _hash_of_lines(image.sha256 for image in images if image.sha256),
        sha256(to_text(settings).encode()).hexdigest(),
        "" if model_file is None else model_file.name,
        model_hash,
        model_encoder == info.sha256,
    )


def tags_hash(tags: Mapping[str, int], classes: Iterable[ClassRecord]) -> str:
    """SHA-256 of the tags: sorted UTF-8 lines of content hash, tab, name of the class, tab, ``good`` or ``defect``."""
    names = {one.id: f"{one.name}\t{'good' if one.is_good else 'defect'}" for one in classes}
    return _hash_of_lines(f"{key}\t{names[class_id]}" for key, class_id in tags.items() if class_id in names)


def _hash_of_lines(lines: Iterable[str]) -> str:
    return sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


def _versions() -> list[tuple[str, str]]:
    found = []
    for name in PACKAGES:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _training(training: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    known = [(name, training[name]) for name in _TOLD if isinstance(training.get(name), str | int | float)]
    return tuple((name, f"{value:.0f}" if isinstance(value, float) else str(value)) for name, value in known)


def _model(file: Path) -> tuple[str, str]:
    """Hash of a model file, and of the encoder it was made with."""
    from micm_desktop.export import runtime

    digest = sha256()
    try:
        with file.open("rb") as stream:
            while part := stream.read(_PART):
                digest.update(part)
    except OSError as problem:
        raise UserError(
            f"{file} cannot be read ({problem.strerror}). Name the model file that was exported."
        ) from problem
    return digest.hexdigest(), runtime.load(file).info.encoder
