"""Features of a project's images, made by several computers that take parts of them from one list; see
docs/decisions/0035-shared-features.md.

The computer that has the project does its share, and takes up what the others have made, once it is checked.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from micm_desktop.export.shared_work import Part, SharedWork
from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.fewshot.head import Array
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.feature_list import FeatureList
from micm_desktop.labeling.feature_parts import CLOSE, BadPart, FeaturePart, distance, read_part, write_part
from micm_desktop.progress import JobControl, ProcessingError, Progress

log = logging.getLogger(__name__)

COMPARED = 2
"""Images of each part of another computer's that are embedded here, too."""


@dataclass(frozen=True)
class Refused:
    """The features of a part that were not taken up, but made anew here."""

    part: int
    reason: str


@dataclass
class Shared:
    """What has come of it: images embedded here, images ``taken`` up, those that cannot be embedded, and how far
    features of ``compared`` images, made elsewhere and here, were apart at most."""

    computed: int = 0
    taken: int = 0
    failed: list[UnreadableImage] = field(default_factory=list)
    compared: int = 0
    distance: float = 0.0
    refused: int = 0


class SharedFeatures:
    """One computer's share of the work on ``images``."""

    def __init__(self, images: FeatureList, work: SharedWork, device: str, control: JobControl) -> None:
        """Raises UserError for a ``device`` that this computer does not have."""
        self._images = images
        self._work = work
        self._control = control
        self._extractor = EncoderCache().extractor_on(images.info, device)
        self._own: set[int] = set()
        self.result = Shared()

    def help(self) -> Iterator[Progress]:
        """Do parts until all are done, by whomever. Raises Cancelled and OSError; parts that are done stay."""
        total = len(self._images)
        while (finished := len(self._work.finished())) < self._work.parts:
            self._control.safe_point()
            yield Progress(min(total, finished * len(self._images.rows_of(0))), total)
            part = self._work.take()
            if part is None:
                self._work.wait()
            else:
                self.result.failed += self._unreadable(self._compute(part))
        yield Progress(total, total)

    def collect(self, store: FeatureStore) -> Iterator[Progress | Refused]:
        """As :meth:`help`, and keep the features of all parts in ``store``, each once it is done and checked.

        Raises ProcessingError where features that were made here do not pass.
        """
        total, left = len(self._images), set(range(self._work.parts))
        for number in sorted(left):
            if all(key in store for key in self._images.hashes(self._images.rows_of(number))):
                left.discard(number)
        while left:
            new = sorted(self._work.finished() & left)
            for number in new:
                self._control.safe_point()
                refused = self._take_up(number, store)
                if refused is None:
                    left.discard(number)
                    yield Progress(total - sum(len(self._images.rows_of(one)) for one in left), total)
                    continue
                yield refused
                part = self._work.take_again(number)
                if part is not None:
                    self._compute(part)
            self._control.safe_point()
            part = self._work.take()
            if part is not None:
                self._compute(part)
            elif not new:
                self._work.wait()
        yield Progress(total, total)

    def _compute(self, part: Part) -> FeaturePart:
        file, finished = part.claim.with_suffix(".features"), False
        try:
            with self._work.alive(part):
                made = self._embed(list(self._images.rows_of(part.number)))
                write_part(file, self._images.info, made)
            self._work.finish(part, file)
            finished = True
        finally:
            if not finished:
                self._work.give_back(part)
                for left in file.parent.glob(f"{file.name}*"):
                    left.unlink(missing_ok=True)
        self._own.add(part.number)
        self.result.computed += len(made.rows)
        return made

    def _embed(self, rows: Sequence[int]) -> FeaturePart:
        from micm_desktop.fewshot.features import extract_features

        paths, hashes = self._images.paths(rows), self._images.hashes(rows)
        read: list[int] = []
        features = [self._extractor.no_features()]
        failed: dict[int, str] = {}
        for batch in extract_features(self._extractor, paths, self._control, hashes):
            read += [rows[place] for place in batch.rows]
            features.append(batch.features)
            failed |= {rows[place]: problem.reason for place, problem in batch.failed.items()}
        return FeaturePart(np.array(read, np.int64), np.concatenate(features), failed)

    def _take_up(self, number: int, store: FeatureStore) -> Refused | None:
        try:
            part = read_part(self._work.result(number), self._images, number)
            if number not in self._own:
                self._compare(part)
        except BadPart as problem:
            if number in self._own:
                raise ProcessingError(
                    f"Part {number} in {self._work.folder} does not hold what this computer has written there"
                    f" ({problem}). Check the drive."
                ) from problem
            log.warning("features of part %d refused: %s", number, problem)
            self.result.refused += 1
            return Refused(number, str(problem))
        self._keep(part, store)
        if part.failed and number not in self._own:
            # Another computer may not see all that this one does.
            self._keep(again := self._embed(sorted(part.failed)), store)
            self.result.computed += len(again.rows)
            part = again
        self.result.failed += self._unreadable(part)
        return None

    def _compare(self, part: FeaturePart) -> None:
        """Raises BadPart where features of some of the images, made here, are others."""
        some = sorted(random.sample(range(len(part.rows)), min(COMPARED, len(part.rows))))
        here = self._embed([int(part.rows[place]) for place in some])
        there: Array = part.features[np.searchsorted(part.rows, here.rows)]
        apart = distance(there, here.features, self._images.info)
        if apart > CLOSE:
            raise BadPart(f"made here, those of an image are {apart:.2g} apart; {CLOSE} at most")
        self.result.compared += len(here.rows)
        self.result.distance = max(self.result.distance, apart)

    def _keep(self, part: FeaturePart, store: FeatureStore) -> None:
        store.append(self._images.hashes(part.rows.tolist()), part.features)
        self.result.taken += len(part.rows)

    def _unreadable(self, part: FeaturePart) -> list[UnreadableImage]:
        rows = sorted(part.failed)
        paths = self._images.paths(rows)
        return [UnreadableImage(path, part.failed[row]) for row, path in zip(rows, paths, strict=True)]
