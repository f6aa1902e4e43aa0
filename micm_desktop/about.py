"""What this program is and what it is made of: version, commit, date, and the licences of everything it brings."""

import importlib.metadata
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from micm_desktop import __version__

DISTRIBUTION = "micm-desktop"
EXTRAS = frozenset({"desktop", "openvino"})
"""Those of our own extras whose packages users get."""

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_LICENCE_FILE = re.compile(r"(licen[cs]es?|copying|copyright|notice|third.?party.?notices?)([._-].*)?", re.IGNORECASE)
_PUBLIC_TEXTS = {"LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt"), "Apache": ("Apache-2.0.txt",)}
"""For packages that name a licence and do not bring its text, which they may not be passed on without."""


@dataclass(frozen=True)
class Build:
    """``commit`` is hexadecimal, with ``+`` at its end where the sources differed from it; ``date`` is ISO 8601. Both
    are empty where the program runs from a clone."""

    version: str
    commit: str
    date: str


@dataclass(frozen=True)
class Licence:
    """Of one package: ``licence`` is its short name as the package states it, ``text`` all that the package brings of
    licence texts and notices. Either may be empty."""

    name: str
    version: str
    licence: str
    address: str
    text: str


def build() -> Build:
    """Which build of the program this is; the build hook has written it into the wheel."""
    try:
        told = json.loads(files("micm_desktop").joinpath("resources", "build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    return Build(__version__, told.get("commit", ""), told.get("date", ""))


@cache
def licences() -> tuple[Licence, ...]:
    """Of the starter encoder, and of all packages in use, by name. Takes up to a second where they are many.

    A packed program brings them in a file; elsewhere the installed packages are asked.
    """
    packed = files("micm_desktop").joinpath("resources", "licences.json")
    if packed.is_file():
        return tuple(Licence(**one) for one in json.loads(packed.read_text(encoding="utf-8")))
    found = [licence_of(distribution) for distribution in _in_use()]
    return tuple(sorted([_of_the_starter(), *found], key=lambda one: one.name.lower()))


def as_json(all_of_them: Sequence[Licence]) -> str:
    """The file of a packed program."""
    return json.dumps([asdict(one) for one in all_of_them], ensure_ascii=False, indent=1)


def _in_use() -> Iterator[importlib.metadata.Distribution]:
    """Every installed distribution that ours needs, directly or through others; not ours."""
    todo = [(DISTRIBUTION, EXTRAS)]
    seen: set[tuple[str, frozenset[str]]] = set()
    given: set[str] = set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        name, extras = one
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another system, or of an extra that is not installed
        if name not in given and name != DISTRIBUTION:
            given.add(name)
            yield distribution
        for requirement in distribution.requires or ():
            wanted, _, marker = requirement.partition(";")
            only_for = set(_EXTRA.findall(marker))
            if only_for and not only_for & extras:
                continue
            match = _REQUIREMENT.match(wanted)
            if match:
                asked = frozenset(part.strip() for part in (match[2] or "").split(",") if part.strip())
                todo.append((re.sub(r"[-_.]+", "-", match[1]).lower(), asked))


def licence_of(distribution: importlib.metadata.Distribution) -> Licence:
    """What an installed distribution says of its licence."""
    told = distribution.metadata
    stated = _field(distribution, "License-Expression")
    classifiers = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if line.startswith("License")
    ]
    # The old field holds a whole text in some packages.
    free = _field(distribution, "License")
    short = stated or ", ".join(classifiers) or (free if len(free) < 80 and "\n" not in free else "")
    address = _field(distribution, "Home-page") or next(iter(told.get_all("Project-URL") or ()), "").rpartition(", ")[2]
    texts = [free] if "\n" in free else []
    for path in distribution.files or ():
        # Only the package's own: far down in it, a module may be called so too.
        inside = PurePosixPath(path.as_posix())
        in_metadata = inside.parts[0].endswith(".dist-info") and "licenses" in inside.parts
        if in_metadata or (len(inside.parts) < 4 and _LICENCE_FILE.fullmatch(inside.name)):
            with suppress(OSError, UnicodeDecodeError):
                texts.append(path.read_text())
    if not texts:
        texts = [_public(file) for key, names in _PUBLIC_TEXTS.items() if key in short for file in names]
    return Licence(told["Name"], distribution.version, short, address, "\n\n".join(dict.fromkeys(texts)))


def _field(distribution: importlib.metadata.Distribution, name: str) -> str:
    return distribution.metadata[name].strip() if name in distribution.metadata else ""


def _public(name: str) -> str:
    return files("micm_desktop").joinpath("resources", "licences", name).read_text(encoding="utf-8")


def _of_the_starter() -> Licence:
    text = files("micm_desktop").joinpath("resources", "NOTICE").read_text(encoding="utf-8")
    return Licence("MobileNetV2 (starter.safetensors)", "", "BSD-3-Clause", "https://github.com/pytorch/vision", text)
