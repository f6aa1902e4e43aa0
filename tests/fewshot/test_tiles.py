"""Which tiles are learned from and which one speaks for its image, on made-up tiles whose one odd tile is known."""

from functools import partial

import numpy as np
import pytest
from embeddings import unit

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.tile_grid import TileGrid, tile_grid
from micm_desktop.fewshot.tile_trial import TileTrial, try_tiles
from micm_desktop.fewshot.tiles import (
    TiledHead,
    _fit_rows,
    check_tiled_method,
    chosen_tiles,
    departure,
    fit_tiles,
    good_classes,
    held_out_verdicts,
    support_tiles,
    tile_of,
    worst_tiles,
)
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.progress import UserError

FIT = partial(fit_head, "ridge")
SIZE, TILES = 24, 9
GOOD = np.array([True, False, False])


def tiles(labels: Labels, seed: int, *, noise: float = 0.1, strength: float = 2.0) -> tuple[Array, Labels]:
    """Tiles (N, T, E) that vary in four dimensions, as ordinary ones do; in images of class 1 and 2 one tile is moved
    along the class's own axis. And which one."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, noise, (len(labels), TILES, SIZE))
    values[:, :, 3:7] += rng.normal(size=(len(labels), TILES, 4))
    odd = rng.integers(0, TILES, len(labels))
    for image, label in enumerate(labels):
        if label:
            values[image, odd[image]] += strength * np.eye(SIZE)[label]
    flat = values.reshape(-1, SIZE)
    return unit(flat).reshape(values.shape), odd


def nothing_marked(count: int) -> list[tuple[int, ...]]:
    return [()] * count


@pytest.mark.parametrize(
    ("names", "given", "expected"),
    [
        (("Good", "scratch"), (), [True, False]),
        (("良品", "OK", "NG"), (), [True, True, False]),
        (("good", "plain"), ("Plain",), [False, True]),
        (("crack", "pit"), (), [False, False]),
    ],
)
def test_good_classes_are_known_by_name(names: tuple[str, ...], given: tuple[str, ...], expected: list[bool]) -> None:
    assert good_classes(names, given).tolist() == expected


def test_the_tile_of_a_region_holds_most_of_it() -> None:
    grid = tile_grid([EncoderConfig(image_size=224)], 3)
    assert grid.edge == 544
    size = (1088, 544)  # squeezed to half its width
    assert tile_of((0, 0, 20, 20), size, grid) == 0
    assert tile_of((1060, 520, 1088, 544), size, grid) == 8
    assert tile_of((500, 250, 560, 290), size, grid) == 4
    # In the overlap of the first two columns both hold all of it: the nearer centre decides.
    assert [tile_of((2 * x, 0, 2 * x + 4, 4), size, grid) for x in (170, 205)] == [0, 1]
    # A region larger than a tile belongs to the one that sees most of it.
    assert tile_of((0, 300, 1088, 544), size, TileGrid(2, 300, 244)) in (2, 3)


def test_all_tiles_of_good_images_and_the_odd_one_of_others() -> None:
    labels = np.array([0] * 20 + [1, 2, 1])
    values, odd = tiles(labels, 1, strength=5.0)
    marked = [*nothing_marked(22), (3, 5)]
    chosen = support_tiles(values, labels, GOOD, marked)
    assert chosen[:20] == [list(range(TILES))] * 20
    assert [found[0] for found in chosen[20:22]] == odd[20:22].tolist()
    assert chosen[22] == [3, 5], "regions tell better"


def alike_but_one(labels: Labels, seed: int) -> tuple[Array, Labels]:
    """As :func:`tiles`, of images whose tiles look alike, each image in its own way."""
    rng = np.random.default_rng(seed)
    values = np.repeat(rng.normal(size=(len(labels), 1, SIZE)), TILES, axis=1) + rng.normal(
        0, 0.2, (len(labels), TILES, SIZE)
    )
    odd = rng.integers(0, TILES, len(labels))
    values[np.arange(len(labels)), odd] += 6 * np.eye(SIZE)[labels]
    return unit(values.reshape(-1, SIZE)).reshape(values.shape), odd


def test_without_good_images_the_tile_that_departs_from_the_rest() -> None:
    labels = np.array([1, 2, 1, 2])
    values, odd = alike_but_one(labels, 2)
    assert departure(values).argmax(axis=1).tolist() == odd.tolist()
    chosen = support_tiles(values, labels, np.zeros(3, np.bool_), nothing_marked(4))
    assert [found for (found,) in chosen] == odd.tolist()
    assert worst_tiles(np.zeros((4, TILES, 3), np.float32), values, np.zeros(3, np.bool_)).tolist() == odd.tolist()


def test_the_worst_tile_is_the_one_least_likely_good() -> None:
    logits = np.zeros((1, 3, 3), np.float32)
    logits[0, 0] = [2, 0, 0]
    logits[0, 1] = [1, 4, -9]  # the surest defect
    logits[0, 2] = [0, 3, 3]  # less sure which, but surer that it is one
    assert worst_tiles(logits, np.ones((1, 3, 4), np.float32), GOOD).tolist() == [2]


def test_images_get_the_class_of_their_one_odd_tile() -> None:
    labels = np.repeat([0, 1, 2], 20)
    values, _ = tiles(labels, 3)
    head, held_out = fit_tiles(FIT, values, labels, GOOD, nothing_marked(len(labels)))
    fresh, _ = tiles(labels, 4)
    assert (head.logits(fresh).argmax(axis=1) == labels).mean() > 0.85
    assert (held_out.argmax(axis=1) == labels).mean() > 0.75
    means = FIT(unit(values.mean(axis=1)), labels, 3).logits(unit(fresh.mean(axis=1)))
    assert (means.argmax(axis=1) == labels).mean() < 0.8, "too easy: the mean of the tiles tells as much"


def test_images_without_a_good_class_get_that_of_the_tile_that_departs() -> None:
    labels, good = np.repeat([0, 1], 10), np.zeros(2, np.bool_)
    values, _ = alike_but_one(labels, 3)
    head, _ = fit_tiles(FIT, values, labels, good, nothing_marked(len(labels)))
    fresh, _ = alike_but_one(labels, 4)
    assert (head.logits(fresh).argmax(axis=1) == labels).mean() > 0.9


def test_unmarked_images_choose_again_by_what_the_others_say() -> None:
    labels = np.repeat([0, 1, 2], 12)
    values, odd = tiles(labels, 5, strength=1.4)
    first = support_tiles(values, labels, GOOD, nothing_marked(36))
    again = chosen_tiles(FIT, values, labels, GOOD, nothing_marked(36))
    right = [
        np.mean([found == [where] for found, where in zip(one[12:], odd[12:], strict=True)]) for one in (first, again)
    ]
    assert right[1] > right[0] + 0.1
    assert again[:12] == first[:12]
    marked = [(), *[(3,)] * 35]
    assert chosen_tiles(FIT, values, labels, GOOD, marked) == support_tiles(values, labels, GOOD, marked)


def test_what_is_held_out_has_not_been_seen() -> None:
    labels = np.repeat([0, 1], 4)
    good = np.array([True, False])
    values, odd = tiles(labels, 5)
    chosen = [list(range(TILES))] * 4 + [[int(where)] for where in odd[4:]]
    logits, _ = held_out_verdicts(FIT, values, labels, good, chosen)
    changed = values.copy()
    changed[6] = changed[0]
    others, _ = held_out_verdicts(FIT, changed, labels, good, chosen)
    rest = [0, 1, 2, 3, 4, 5, 7]
    assert not np.allclose(logits[6], others[6]) and not np.allclose(logits[rest], others[rest], atol=1e-3)
    alone = TiledHead(_fit_rows(FIT, values[rest], labels[rest], good, [chosen[row] for row in rest]), good)
    np.testing.assert_allclose(logits[6:7], alone.logits(values[6:7]), atol=1e-4)


def test_a_head_does_not_lean_against_what_it_has_not_seen() -> None:
    """Centred on its own tiles, nearly all of them good, a fit without a centre of its own takes new ones for bad."""
    labels = np.repeat([0, 1], 12)
    good = np.array([True, False])
    values, odd = tiles(labels, 6)
    values = unit((values - values.mean(axis=(0, 1))).reshape(-1, SIZE)).reshape(values.shape)
    chosen = [list(range(TILES))] * 12 + [[int(where)] for where in odd[12:]]
    head = _fit_rows(FIT, values, labels, good, chosen)
    rows = np.concatenate([values[image, found] for image, found in enumerate(chosen)])
    bare = FIT(rows, np.repeat(labels, [len(found) for found in chosen]), 2)
    nothing = np.zeros((1, SIZE), np.float32)
    assert head.probabilities(nothing)[0, 0] > bare.probabilities(nothing)[0, 0] + 0.1


def test_the_only_image_of_a_class_is_not_judged() -> None:
    labels = np.array([0, 0, 0, 1])
    values, _ = tiles(labels, 6)
    _, held_out = fit_tiles(FIT, values, labels, np.array([True, False]), nothing_marked(4))
    assert np.isnan(held_out[3]).all() and np.isfinite(held_out[:3]).all()


def test_good_images_are_not_called_defective_for_having_many_tiles() -> None:
    labels = np.repeat([0, 1], [10, 10])
    good = np.array([True, False])
    values, _ = tiles(labels, 7)
    head, _ = fit_tiles(FIT, values, labels, good, nothing_marked(20))
    fresh, _ = tiles(np.repeat([0, 1], 100), 8)
    found = head.logits(fresh).argmax(axis=1)
    false_alarms, misses = (found[:100] == 1).mean(), (found[100:] == 0).mean()
    assert false_alarms < 0.4 and misses < 0.4


def trial(pooled: bool) -> TileTrial:
    """Nine tiles against the whole image, which is the mean of its tiles, or (``pooled``) knows the odd one already."""
    labels = np.repeat([0, 1, 2], 14)
    values, odd = tiles(labels, 9)
    whole = values[np.arange(len(labels)), odd][:, None] if pooled else unit(values.mean(axis=1))[:, None]
    marked = nothing_marked(len(labels))
    return try_tiles(FIT, {1: whole, 3: values}, labels, GOOD, {1: marked, 3: marked})


def test_tiles_are_offered_where_they_clearly_help_and_not_where_they_do_not() -> None:
    helps, useless = trial(pooled=False), trial(pooled=True)
    assert helps.offered and helps.accuracy > helps.whole + 0.1
    assert f"{helps.accuracy:.0%}" in helps.sentence() and "cut into 3 x 3 tiles" in helps.sentence()
    assert not useless.offered and "not cut" in useless.sentence()


def test_methods_that_fit_no_tiles_are_named() -> None:
    check_tiled_method("ridge")
    with pytest.raises(UserError, match="'opta' does not work with tiles"):
        check_tiled_method("opta")
