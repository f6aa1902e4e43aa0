"""What to tag next: queues of images whose tags would teach the most, from cached arrays alone.

The work is bounded: beyond one product of all embeddings with a few hundred vectors, the queues look at ``SAMPLE``
images, evenly spread, and at the ``NOTABLE`` ones that stand out among all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.compact import Rows, finite_rows
from micm_desktop.fewshot.head import Array, Labels, class_means, unknown_score

Queue = Literal["mixed", "uncertain", "diverse", "odd", "rare", "mistakes"]
Why = Literal["typical", "uncertain", "new", "odd", "rare", "seldom", "likely", "mistake"]
Mask = npt.NDArray[np.bool_]

SAMPLE = 1024
NOTABLE = 64
"""Images of each single queue that take part in the mixed one, beside the sample."""
NOISE = 0.3
"""Variance of a tag beside that of a prediction, 1; on the generated sets 0.1 and 0.3 differ by less than a point."""
FIRST, TURN = 8, 4
"""After the first tags, which are to cover the classes, every fourth goes to an odd or a rare image."""
LONG = 16
LOPSIDED = 0.5, 1.5
"""Share of the tags, and multiple of its even share, above which one class has too many of them."""
UNSURE = 0.5
"""Lead of the best class below which an image of the mixed queue is shown as uncertain, and not as typical."""
ANCHORS = 32
"""Tagged images from which the farthest of all images are found."""
NEAR = 0.95
"""Cosine from which two images are near-identical, as two pictures of one part are; one of them is asked for."""


@dataclass(frozen=True)
class Known:
    """What is known of N images, of which some are tagged with one of C classes.

    embeddings (N, E) unit vectors; tags (N,) in [-1, C), -1 for none, each class present; probabilities (N, C), and
    (N, 0) while C < 2; unknown (N,) in [0, 1], 0 while C = 0. held_out (S', C): what each of the tagged images
    held_out_rows (S',) would be judged as without its tag; S' = 0 while C < 2.
    """

    embeddings: Rows
    tags: Labels
    probabilities: Array
    unknown: Array
    held_out: Array
    held_out_rows: Labels

    @property
    def free(self) -> Mask:
        """(N,) whether an image can be asked for: it has no tag, and its embedding is finite."""
        return (self.tags < 0) & finite_rows(self.embeddings)

    @property
    def tagged(self) -> Labels:
        """Rows of the tagged images."""
        return np.flatnonzero((self.tags >= 0) & finite_rows(self.embeddings))

    @property
    def classes(self) -> int:
        return int(self.tags.max(initial=-1)) + 1


@dataclass(frozen=True)
class Pick:
    """The image with index ``row``, and why it is asked for.

    ``typical``: ``share`` of all images are nearest to it and unlike what is tagged. ``uncertain``: between ``first``
    and ``second`` with the probabilities ``share`` and ``other``. ``new``: ``share`` is the largest cosine to a tag or
    an earlier pick. ``odd``: ``share`` is the unknown score. ``rare``: probably ``first``, with ``share``, which
    has fewer tags than another class; ``seldom``: which few images are judged to be; ``likely``: neither.
    ``mistake``: tagged ``second`` (``other``), but ``first`` (``share``) by the other tags.
    """

    row: int
    why: Why
    first: int = -1
    second: int = -1
    share: float = 0.0
    other: float = 0.0


def what_is_known(embeddings: Rows, tags: Labels, method: str = "auto", views: Array | None = None) -> Known:
    """Fit the tags and judge all images. embeddings (N, E), tags (N,) in [-1, C), views (S, V, E) of the S tagged
    images in order. Raises as ``fit_support`` does.
    """
    support = np.flatnonzero(tags >= 0)
    labels, count = tags[support], int(tags.max(initial=-1)) + 1
    rows = embeddings[support]
    none = np.zeros((len(embeddings), 0), np.float32)
    if count < 2:
        far = np.zeros(len(embeddings), np.float32)
        if count:
            far = unknown_score(embeddings, class_means(rows, labels, count))
        return Known(embeddings, tags, none, far, none[:0], support[:0])
    fit = fit_support(method, rows, labels, count, embeddings, views=views)
    return Known(embeddings, tags, *fit.head.judge(embeddings), fit.held_out, support[fit.rows])


def suggest(queue: Queue, known: Known, count: int) -> list[Pick]:
    """At most ``count`` images in the order in which to tag them; the same for the same arrays.

    No image comes twice and, ``mistakes`` apart, no two that are near-identical.
    """
    return QUEUES[queue](known, count)


def _uncertain(known: Known, count: int) -> list[Pick]:
    """Those between two classes (margin sampling, Scheffer et al. 2001)."""
    if known.classes < 2:
        return []
    first, second = _best_two(known.probabilities)
    share, other = (_at(known.probabilities, kind) for kind in (first, second))
    rows = _distinct(known, _smallest(share - other, known.free, 4 * count), count)
    return [
        Pick(row, "uncertain", int(first[row]), int(second[row]), float(share[row]), float(other[row])) for row in rows
    ]


def _diverse(known: Known, count: int) -> list[Pick]:
    """Each the farthest from all tags and earlier picks (k-center greedy, Sener and Savarese 2018, arXiv:1708.00489).

    Without tags the first is the one most like all others.
    """
    free, embeddings = known.free, known.embeddings
    tagged = known.tagged
    pool = _spread(np.flatnonzero(free), SAMPLE)
    if len(tagged):
        anchors = embeddings[_spread(tagged, ANCHORS)]
        farthest = _smallest((embeddings @ anchors.T).max(axis=1), free, SAMPLE)
        pool = np.union1d(pool, farthest)
    if not len(pool):
        return []
    rows, picks = embeddings[pool], []
    if len(tagged):
        nearest = (rows @ embeddings[tagged].T).max(axis=1)
    else:
        central = int((rows @ rows.sum(axis=0)).argmax())
        picks.append(Pick(int(pool[central]), "typical", share=1.0))
        nearest = rows @ rows[central]
    while len(picks) < count:
        place = int(nearest.argmin())
        if nearest[place] >= NEAR:
            break
        picks.append(Pick(int(pool[place]), "new", share=float(nearest[place])))
        nearest = np.maximum(nearest, rows @ rows[place])
    return picks[:count]


def _odd(known: Known, count: int) -> list[Pick]:
    """Those least like anything tagged."""
    if not known.classes:
        return []
    rows = _distinct(known, _smallest(-known.unknown, known.free, 4 * count), count)
    return [Pick(row, "odd", share=float(known.unknown[row])) for row in rows]


def _rare(known: Known, count: int) -> list[Pick]:
    """Those judged to be of the class with the fewest tags, the surest first; then of the next class."""
    if known.classes < 2:
        return []
    best, free, picks = known.probabilities.argmax(axis=1), known.free, list[Pick]()
    judged = np.bincount(best[free], minlength=known.classes)
    tagged = np.bincount(known.tags[known.tags >= 0], minlength=known.classes)
    for kind in np.lexsort((judged, tagged)).tolist():
        share = known.probabilities[:, kind]
        wanted = count - len(picks)
        why: Why = "rare" if tagged[kind] < tagged.max() else "seldom" if judged[kind] < judged.mean() else "likely"
        for row in _distinct(known, _smallest(-share, free & (best == kind), 4 * wanted), wanted):
            picks.append(Pick(row, why, first=kind, share=float(share[row])))
    return picks


def _mistakes(known: Known, count: int) -> list[Pick]:
    """Tagged images that the other tags give to another class, the surest first."""
    if not len(known.held_out):
        return []
    tags, found = known.tags[known.held_out_rows], known.held_out.argmax(axis=1)
    share, other = _at(known.held_out, found), _at(known.held_out, tags)
    return [
        Pick(
            int(known.held_out_rows[place]), "mistake", int(found[place]), int(tags[place]), share[place], other[place]
        )
        for place in _smallest(other - share, found != tags, count).tolist()
    ]


def _mixed(known: Known, count: int) -> list[Pick]:
    """The most informative images; after the ``FIRST`` tags every ``TURN``-th goes to an odd and a rare one in turn.

    While one class has most of the tags, as where nearly all parts are good, those that differ most from the tagged
    ones, after ``LONG`` tags every second time: what would tell good parts apart best is a good part itself.
    """
    tagged = known.tags[known.tagged]
    lopsided = _is_lopsided(tagged)
    different = iter(_diverse(known, count) if lopsided else ())
    notable = [_odd(known, NOTABLE), _rare(known, NOTABLE)]
    extra = np.array([pick.row for picks in (*notable, _uncertain(known, NOTABLE)) for pick in picks], np.int64)
    informative = _informative(known, extra)
    others = [iter(picks) for picks in notable]
    picks: list[Pick] = []
    while len(picks) < count:
        # Counted from the first tag: whoever asks again after each tag gets the same turns.
        place = len(tagged) + len(picks)
        turn, rest = divmod(place, TURN)
        if lopsided and (place < LONG or place % 2):
            source = different
        else:
            source = informative if rest or place < FIRST else others[turn % len(others)]
        following = _next_distinct(known, picks, source) or _next_distinct(known, picks, informative)
        if following is None:
            break
        picks.append(following)
    return picks


def _is_lopsided(tagged: Labels) -> bool:
    """Whether one class has most of the tags, (S,) class indices; not before there are two."""
    if len(tagged) < 2:
        return False
    counts = np.bincount(tagged)
    share, multiple = LOPSIDED
    return len(counts) == 1 or counts.max() > max(share, multiple / len(counts)) * len(tagged)


def _informative(known: Known, extra: Labels) -> Iterator[Pick]:
    """Those whose tags would make ridge regression surest of the images that it is unsure of, one after the other.

    Transductive experimental design (Yu, Bi and Tresp 2006): each lowers the predictive variance of a sample of all
    images the most, where an image weighs more the closer its two best probabilities are. The rows ``extra`` may be
    chosen beside the sample.
    """
    finite = np.flatnonzero(finite_rows(known.embeddings))
    sample, tagged = _spread(finite, SAMPLE), _spread(known.tagged, SAMPLE)
    rows = np.union1d(np.union1d(sample, tagged), extra)
    vectors, is_sample, is_tagged = known.embeddings[rows], np.isin(rows, sample), np.isin(rows, tagged)
    weight, margin, between = is_sample.astype(np.float32), np.ones(len(rows), np.float32), None
    if known.classes > 1:
        between = _best_two(known.probabilities[rows])
        first, second = (_at(known.probabilities[rows], kind) for kind in between)
        margin = first - second
        weight *= 1 - margin
    cosines = vectors @ vectors.T
    variance = _conditioned(cosines, is_tagged)
    nearest = cosines[is_tagged].max(axis=0, initial=-1)
    open_ = known.free[rows]
    while open_.any():
        spread = np.maximum(variance.diagonal(), 0) + NOISE
        gain = weight @ np.square(variance) / spread
        place = int(np.where(open_, gain, -1).argmax())
        if between is not None and margin[place] < UNSURE:
            kinds = [int(kind[place]) for kind in between]
            shares = [float(known.probabilities[rows[place], kind]) for kind in kinds]
            yield Pick(int(rows[place]), "uncertain", *kinds, *shares)
        else:
            like = float((cosines[place] > nearest)[is_sample].mean())
            yield Pick(int(rows[place]), "typical", share=like)
        open_ &= cosines[place] < NEAR
        open_[place] = False
        nearest = np.maximum(nearest, cosines[place])
        variance = variance - np.outer(variance[:, place], variance[place]) / spread[place]


def _conditioned(covariance: Array, given: Mask) -> Array:
    """Covariance (n, n) of ridge regression's predictions once the ``given`` (n,) have a tag."""
    if not given.any():
        return covariance
    of_given = covariance[given]
    noisy = of_given[:, given] + np.float32(NOISE) * np.eye(len(of_given), dtype=np.float32)
    out: Array = covariance - of_given.T @ np.linalg.solve(noisy, of_given)
    return out


def _next_distinct(known: Known, picks: list[Pick], source: Iterator[Pick]) -> Pick | None:
    """The next of ``source`` that is none of ``picks`` and not near-identical to one."""
    earlier = known.embeddings[[pick.row for pick in picks]]
    return next((pick for pick in source if (earlier @ known.embeddings[pick.row]).max(initial=-1) < NEAR), None)


def _best_two(probabilities: Array) -> tuple[Labels, Labels]:
    """Classes of the largest and the second probability of each row."""
    first = probabilities.argmax(axis=1)
    rest = probabilities.copy()
    rest[np.arange(len(rest)), first] = -1
    return first, rest.argmax(axis=1)


def _at(values: Array, columns: Labels) -> Array:
    out: Array = values[np.arange(len(values)), columns]
    return out


def _smallest(values: Array, allowed: Mask, count: int) -> Labels:
    """Rows of the ``count`` smallest values among those allowed; of equal ones the first comes first."""
    rows = np.flatnonzero(allowed)
    return rows[np.argsort(values[rows], kind="stable")[:count]].astype(np.int64)


def _spread(rows: Labels, count: int) -> Labels:
    """At most ``count`` of ``rows``, evenly spread."""
    return rows if len(rows) <= count else rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]


def _distinct(known: Known, rows: Iterable[int], count: int) -> list[int]:
    """The first ``count`` of ``rows`` that are not near-identical to one before them."""
    kept: list[int] = []
    for row in rows:
        if len(kept) == count:
            break
        if not kept or float((known.embeddings[kept] @ known.embeddings[row]).max()) < NEAR:
            kept.append(int(row))
    return kept


QUEUES: Mapping[Queue, Callable[[Known, int], list[Pick]]] = {
    "mixed": _mixed,
    "uncertain": _uncertain,
    "diverse": _diverse,
    "odd": _odd,
    "rare": _rare,
    "mistakes": _mistakes,
}
