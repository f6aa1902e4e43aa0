"""Which patches of an image are compared: the salient ones, and of a tagged image those in its regions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_model import last

from micm_desktop.explain.evidence import patch_map
from micm_desktop.explain.maps import places_inside
from micm_desktop.explain.salient_patches import LocalScores, join_patches, most_salient, salience
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.features import read_prepared
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.local import PATCHES, LocalHead, split
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl, UserError


@pytest.fixture(scope="module")
def embedded(labeled: Path) -> EmbeddedFolder:
    """A few pictures by the shipped encoder, which knows what is salient."""
    folder = read_labeled_folder(labeled)
    few = [row for row in range(len(folder.paths)) if row % 6 < 2]
    paths, labels = (tuple(values[row] for row in few) for values in (folder.paths, folder.labels))
    few_of = replace(folder, paths=paths, labels=labels)
    return last(embed_folder(load_encoder("starter"), few_of, JobControl()), EmbeddedFolder)


def test_the_most_salient_patches_in_order() -> None:
    maps = torch.arange(30.0).reshape(1, 1, 5, 6)
    logits = torch.linspace(-1, 1, 30)[None]
    values, weights = most_salient(maps, logits)
    assert values.flatten().tolist() == list(range(29, 29 - PATCHES, -1))
    assert weights.sum() == pytest.approx(1) and weights[0].diff().max() < 0


def test_fewer_places_than_patches_are_filled_up_with_nothing() -> None:
    values, weights = most_salient(torch.ones(2, 3, 2, 2), torch.zeros(2, 4))
    assert values.shape == (2, PATCHES, 3) and weights.count_nonzero(dim=1).tolist() == [4, 4]
    assert weights[:, :4].sum() == pytest.approx(2)


def test_places_inside_are_those_that_a_box_touches() -> None:
    inside = places_inside([(50, 0, 75, 10), (-5, 95, 3, 120)], (100, 100), (4, 4))
    expected = torch.zeros(4, 4, dtype=torch.bool)
    expected[0, 2] = expected[3, 0] = True
    assert torch.equal(inside, expected)


def test_regions_restrict_what_a_tagged_image_shows_and_not_what_a_query_shows(embedded: EmbeddedFolder) -> None:
    box = {embedded.paths[0]: [(0.0, 0.0, 20.0, 20.0)]}  # 3 × 3 of the 14 × 14 places
    joined = last(join_patches(embedded, box, JobControl()), EmbeddedFolder)
    whole, queries, tagged = split(joined.embeddings)
    np.testing.assert_array_equal(whole, embedded.embeddings)
    np.testing.assert_array_equal(queries.values[1:], tagged.values[1:])
    assert (queries.weights > 0).all() and (tagged.weights[0] > 0).sum() == 9
    inputs = read_prepared(embedded.extractor, embedded.paths[0])
    assert isinstance(inputs, list)
    with torch.inference_mode():
        maps = patch_map(embedded.extractor.encode(inputs))[0]
    corner = maps[:, :3, :3].flatten(1).T.numpy()
    found = tagged.values[0, tagged.weights[0] > 0]
    assert {min(range(9), key=lambda row: np.abs(corner[row] - patch).sum()) for patch in found} == set(range(9))


def test_scores_in_torch_are_those_of_the_cached_patches(embedded: EmbeddedFolder) -> None:
    joined = last(join_patches(embedded, {}, JobControl()), EmbeddedFolder)
    head = fit_head("local", joined.embeddings, joined.labels, len(joined.classes))
    assert isinstance(head, LocalHead)
    expected = head.share * head.local_scores(split(joined.embeddings)[1])
    scores = LocalScores(head)
    for row, path in list(enumerate(joined.paths))[::5]:
        inputs = read_prepared(joined.extractor, path)
        assert isinstance(inputs, list)
        with torch.inference_mode():
            encodings = joined.extractor.encode(inputs)
            found = scores(encodings, patch_map(encodings))[0]
        np.testing.assert_allclose(found.numpy(), expected[row], atol=1e-3)


def test_without_a_saliency_head_the_unusual_places_count(embedded: EmbeddedFolder) -> None:
    inputs = read_prepared(embedded.extractor, embedded.paths[0])
    assert isinstance(inputs, list)
    with torch.inference_mode():
        encodings = [one._replace(saliency=None) for one in embedded.extractor.encode(inputs)]
        maps = torch.zeros(1, 4, 14, 14)
        maps[0, :, 5, 6] = 3.0
        assert salience(encodings, maps).argmax() == 5 * 14 + 6


def test_a_file_that_has_gone_is_named(embedded: EmbeddedFolder, tmp_path: Path) -> None:
    gone = replace(embedded, paths=(tmp_path / "gone.png", *embedded.paths[1:]))
    with pytest.raises(UserError, match=r"gone\.png cannot be read any more"):
        list(join_patches(gone, {}, JobControl()))
