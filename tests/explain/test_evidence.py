"""Evidence maps against a slow loop over patches, and on support sets whose answer is known."""

import math
from dataclasses import replace

import pytest
import torch
from tiny_features import extractor_of
from tiny_micm import CONV, PATCH, randomise
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, telling_attention
from micm_desktop.explain.evidence import (
    IMAGES_PER_CLASS,
    LEAST_LOG_ODDS,
    MARKED_SALIENCE,
    NEIGHBOURS,
    build_patch_bank,
    chosen_for_bank,
    class_heat,
    defect_log_odds,
    evidence_map,
    patch_map,
    untagged_heat,
)
from micm_desktop.explain.maps import smooth, standardise, to_heat
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.saliency import Saliency
from micm_desktop.progress import UserError

GRID = 4
DIM = 3


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def slow_unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def places(one: Tensor) -> list[list[float]]:
    return [one[:, row, column].tolist() for row in range(one.shape[1]) for column in range(one.shape[2])]


def test_against_a_slow_loop() -> None:
    """Three classes with one, two and three support images, so that the bank has empty places."""
    support = [[normal(DIM, GRID, GRID, seed=10 * c + i) for i in range(c + 1)] for c in range(3)]
    bank = build_patch_bank(support)
    queries, best = normal(2, DIM, GRID, GRID, seed=99), torch.tensor([2, 0])
    found = evidence_map(queries, best, bank.patches, bank.empty, bank.mean)
    assert found.shape == (2, GRID, GRID)

    every = [place for of_class in support for one in of_class for place in places(one)]
    mean = [sum(column) / len(every) for column in zip(*every, strict=True)]

    def centred(place: list[float]) -> list[float]:
        return slow_unit([value - m for value, m in zip(place, mean, strict=True)])

    known = [[centred(place) for one in of_class for place in places(one)] for of_class in support]
    for image in range(2):
        expected = []
        for place in places(queries[image]):
            query = centred(place)
            similar = []
            for of_class in known:
                cosines = sorted(
                    (sum(a * b for a, b in zip(query, one, strict=True)) for one in of_class), reverse=True
                )
                similar.append(sum(cosines[:NEIGHBOURS]) / NEIGHBOURS)
            own = similar.pop(int(best[image]))
            expected.append(own - max(similar))
        assert found[image].flatten().tolist() == pytest.approx(expected, abs=1e-4)


def test_the_place_that_looks_like_the_class_speaks_for_it_and_against_the_other() -> None:
    this, rival = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])
    support = [[rival[:, None, None].expand(DIM, GRID, GRID)], [this[:, None, None].expand(DIM, GRID, GRID)]]
    bank = build_patch_bank(support)
    query = rival[:, None, None].repeat(1, GRID, GRID)[None]
    query[0, :, 1, 2] = this
    evidence = evidence_map(query, torch.tensor([1]), bank.patches, bank.empty, bank.mean)
    assert (evidence > 0).nonzero().tolist() == [[0, 1, 2]]
    assert to_heat(evidence)[0, 1, 2] == 1
    other = evidence_map(query, torch.tensor([0]), bank.patches, bank.empty, bank.mean)
    torch.testing.assert_close(other, -evidence)


def test_a_bank_needs_an_image_of_each_class() -> None:
    with pytest.raises(UserError, match="None of the images could be read"):
        build_patch_bank([[normal(DIM, GRID, GRID)], []])


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 17, 1000])
def test_a_bank_takes_few_images_evenly(count: int) -> None:
    chosen = chosen_for_bank(list(range(count)))
    assert 1 <= len(chosen) <= IMAGES_PER_CLASS
    assert chosen[0] == 0 and chosen == sorted(set(chosen))
    if count <= IMAGES_PER_CLASS:
        assert len(chosen) == count
    else:
        assert chosen[-1] >= count * 0.7


def test_patches_are_the_stems_and_the_tokens_without_one() -> None:
    tokens, attention = normal(2, GRID * GRID, DIM), torch.full((2, 1, GRID * GRID), 1 / GRID**2)
    stem = normal(2, 5, GRID, GRID, seed=3)
    with_stem = Encoding(normal(2, DIM), tokens, attention, stem, normal(2, 6, 2, 2), normal(2, 3, 8, 8))
    assert torch.equal(patch_map([with_stem]), stem)
    without = patch_map([with_stem._replace(stem=stem[:, :0])])
    assert torch.equal(without[1, :, 2, 3], tokens[1, 2 * GRID + 3])
    coarser = with_stem._replace(stem=torch.ones(2, 3, 2, 2))
    saliency = Saliency(normal(2, 4), normal(2, 4, 7))
    known = patch_map([with_stem, with_stem._replace(saliency=saliency)])
    assert torch.equal(known[1, :, 1, 0], saliency.patches[1, 2]), "of the network that knows more"
    both = patch_map([with_stem, coarser])
    assert torch.equal(both[:, :5], stem), "the first network's grid is kept"
    torch.testing.assert_close(both[:, 5:], torch.ones(2, 3, GRID, GRID))


def encoded(*trainings: dict[str, int]) -> tuple[FeatureExtractor, list[Encoding]]:
    """One tiny network per training summary, and what they make of two images."""
    extractors = [extractor_of(network(seed), training) for seed, training in enumerate(trainings)]
    first = extractors[0]
    for other in extractors[1:]:
        first._branches.extend(other._branches)
    images = torch.randint(0, 256, (2, 32, 32, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    with torch.inference_mode():
        return first, first.encode(first.prepare(images))


def network(seed: int, config: EncoderConfig = PATCH) -> MicmNetwork:
    torch.manual_seed(seed)
    made = MicmNetwork(config)
    randomise(made, seed)
    return made.eval()


TRAINED, STARTER = {"steps": 10, "images": 50}, {"steps": 10, "surfaces": 2000}


@torch.inference_mode()
def test_without_tags_salient_places_or_attention_are_shown() -> None:
    extractor, plain = encoded(TRAINED)
    assert torch.equal(untagged_heat(extractor, plain), attention_heat(plain))
    salient = network(0, replace(CONV, saliency=True)).encode(torch.randn(2, 3, 64, 64))
    assert salient.saliency is not None
    for encodings in ([salient], [*plain, salient]):
        heat = untagged_heat(extractor, encodings)
        assert heat.shape == (2, 4, 4)
        likely = salient.saliency.logits.clamp_min(LEAST_LOG_ODDS).reshape(2, 4, 4)
        smoothed = smooth(likely - likely.mean(dim=(1, 2), keepdim=True))
        assert heat.flatten(1).argmax(dim=1).tolist() == smoothed.flatten(1).argmax(dim=1).tolist()
        assert heat.min() == 0 and heat.flatten(1).amax(dim=1).tolist() == pytest.approx([1, 1])


@torch.inference_mode()
def test_a_verdict_s_heat_adds_what_is_salient_or_the_attention() -> None:
    evidence = normal(2, 4, 4)
    extractor, plain = encoded(TRAINED)
    attention = telling_attention(extractor, plain)
    assert attention is not None
    torch.testing.assert_close(class_heat(extractor, plain, evidence), to_heat(standardise(evidence) + attention))
    extractor, foreign = encoded(STARTER)
    torch.testing.assert_close(class_heat(extractor, foreign, evidence), to_heat(standardise(evidence)))
    logits = normal(2, 16, seed=5)
    salient = [foreign[0]._replace(saliency=Saliency(logits, normal(2, 16, 3)))]
    likely = logits.reshape(2, 4, 4)
    assert likely.min() > LEAST_LOG_ODDS
    centred = likely - likely.mean(dim=(1, 2), keepdim=True)
    expected = smooth(standardise(evidence) + centred)
    torch.testing.assert_close(class_heat(extractor, salient, evidence), to_heat(expected))


@torch.inference_mode()
def test_a_network_that_is_sure_of_nothing_leaves_the_evidence_as_it_is() -> None:
    """Saliency counts as sure as it is: what is unlikely everywhere does not become hot by being least unlikely."""
    extractor, plain = encoded(STARTER)
    evidence, logits = normal(2, 4, 4), normal(2, 16, seed=5) - 12
    unsure = [plain[0]._replace(saliency=Saliency(logits, normal(2, 16, 3)))]
    assert torch.equal(class_heat(extractor, unsure, evidence), to_heat(smooth(standardise(evidence))))
    assert not untagged_heat(extractor, unsure).any()


@torch.inference_mode()
def test_salience_at_half_the_size_is_that_of_the_smaller_image() -> None:
    """On request, and with it a place's log-odds are the mean of both sizes."""
    knowing = network(0, replace(CONV, saliency=True))
    images = normal(2, 3, 64, 64)
    both = knowing.encode(images, half=True)
    smaller = F.interpolate(images, size=(32, 32), mode="bilinear", antialias=True)
    once, small = knowing.encode(images).saliency, knowing.encode(smaller).saliency
    assert once is not None and small is not None and once.half is None
    log_odds = defect_log_odds([both])
    assert log_odds is not None
    enlarged = F.interpolate(small.logits.reshape(2, 1, 2, 2), size=(4, 4), mode="bilinear")[:, 0]
    torch.testing.assert_close(log_odds, (once.logits.reshape(2, 4, 4) + enlarged) / 2)
    assert defect_log_odds(encoded(STARTER)[1]) is None


def test_marked_regions_make_a_rival_of_the_ground() -> None:
    """Two classes whose ground tells them apart better than their flaws do: without marks the evidence lies on it."""
    axes = torch.eye(6)

    def image(ground: int, flaw: int) -> Tensor:
        made = axes[ground][:, None, None].repeat(1, GRID, GRID)
        made[:, 1, 2] = 0.6 * axes[flaw] + 0.4 * axes[4]
        return made

    support = [[image(0, 1), image(0, 1)], [image(2, 3)]]
    mark = torch.zeros(GRID, GRID, dtype=torch.bool)
    mark[1, 2] = True
    query, best = support[0][0][None], torch.tensor([0])
    for marks, at_the_flaw, salience in (
        ([[mark, None], [mark]], True, MARKED_SALIENCE),
        ([[None, None], [None]], False, 1.0),
        ([[mark, mark], [None]], True, MARKED_SALIENCE),
    ):
        bank = build_patch_bank(support, marks)
        assert bank.salience[0] == salience
        assert len(bank.patches) == 2 + at_the_flaw
        heat = evidence_map(query, best, bank.patches, bank.empty, bank.mean)[0]
        assert (heat.argmax() == 1 * GRID + 2) == at_the_flaw
    few = build_patch_bank([[image(0, 1)] * 3, [image(2, 3)]], [[mark, None, None], [None]])
    assert len(few.patches) == 2 and few.salience.tolist() == [1.0, 1.0], "one mark of three says too little"


def test_where_nothing_speaks_for_the_class_there_is_no_heat() -> None:
    evidence = -normal(2, 3, 4).abs()
    evidence[0, 1, 1] = 0
    assert torch.equal(to_heat(evidence), torch.zeros(2, 3, 4))
