"""Fine-tuning of the last decoder block: what it learns, when it stays away, and that it is the same for a seed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_micm import PATCH, randomise
from torch.nn import functional as F

from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.episode_scores import run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.finetune import (
    GRID,
    SCALE,
    FinetunedHead,
    Finetuner,
    TunedBlock,
    entering_tokens,
    prepare_finetune,
    tune,
)
from micm_desktop.fewshot.head import Array
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.ridge import fit_ridge
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import Cancelled, JobControl, UserError


def embedded(labeled: Path, encoder: str | Path) -> EmbeddedFolder:
    *_, found = embed_folder(load_encoder(encoder), read_labeled_folder(labeled), JobControl())
    assert isinstance(found, EmbeddedFolder)
    return found


def prepared(folder: EmbeddedFolder, seed: int = 0) -> Finetuner:
    *_, found = prepare_finetune(folder, seed, JobControl())
    assert isinstance(found, Finetuner)
    return found


@pytest.fixture(scope="module")
def folder(labeled: Path, patch_encoder: Path) -> EmbeddedFolder:
    """Images that the network was pretrained on."""
    return embedded(labeled, patch_encoder)


@pytest.fixture(scope="module")
def finetuner(folder: EmbeddedFolder) -> Finetuner:
    return prepared(folder)


def fitted(finetuner: Finetuner, rows: list[int], labels: list[int], classes: int) -> FinetunedHead:
    support, tags = finetuner.rows[rows], np.array(labels)
    head = fit_support("finetune", support, tags, classes, finetuner.rows, fit=finetuner.fit).head
    assert isinstance(head, FinetunedHead)
    return head


def network() -> MicmNetwork:
    made = MicmNetwork(PATCH).eval()
    randomise(made)
    return made


def test_the_tokens_are_what_enters_the_last_block() -> None:
    made = network()
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        entering = made.before_last_block(images)
        expected = made(images)
        torch.testing.assert_close(made.norm(made.decoder[-1](entering))[:, 0], expected.class_token)
    # A grid of 4 patches along an edge stays as it is.
    assert PATCH.grid == GRID
    np.testing.assert_allclose(entering_tokens(made, images), entering.numpy(), rtol=1e-3, atol=1e-3)
    coarse = entering_tokens(made, torch.randn(1, 3, 64, 64))
    assert coarse.shape == (1, 1 + GRID**2, PATCH.dim)


def test_tuning_goes_beyond_the_class_means_it_begins_with() -> None:
    """Tokens without order, and labels that only learning by heart can tell."""
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randn(24, 2, 1 + GRID**2, PATCH.dim, generator=generator)
    labels = torch.arange(24) % 3
    start = TunedBlock(network(), torch.zeros(PATCH.dim))
    before = {name: value.clone() for name, value in start.block.named_parameters()}
    with torch.no_grad():
        begin = start.class_tokens(tokens.flatten(0, 1)).reshape(24, 2, -1)
        means = F.normalize(torch.stack([begin[labels == c].mean(dim=(0, 1)) for c in range(3)]), dim=1)
        by_means = F.cross_entropy(SCALE * begin[:, 0] @ means.T, labels)
    tuned = tune(start, tokens, labels, seed=0)
    assert F.cross_entropy(SCALE * tuned(tokens[:, 0]), labels) < 0.7 * by_means
    assert all(not torch.equal(before[name], value) for name, value in tuned.block.named_parameters() if value.ndim > 1)


def test_a_head_adds_the_tuned_cosines_to_ridge_regression(finetuner: Finetuner, folder: EmbeddedFolder) -> None:
    rows = [0, 1, 2, 6, 7, 8]
    head = fitted(finetuner, rows, [0, 0, 0, 1, 1, 1], 2)
    assert head.tuned is not None and head.share > 0
    alone = folder.embeddings @ head.weight.T + head.bias
    with torch.inference_mode():
        cosines = head.tuned(torch.from_numpy(head.tokens.astype(np.float32))).numpy()
    np.testing.assert_allclose(head.logits(finetuner.rows), alone + head.share * cosines, rtol=1e-4, atol=1e-5)
    doubled = head.scaled(2.0)
    np.testing.assert_allclose(doubled.logits(finetuner.rows), 2 * head.logits(finetuner.rows), rtol=1e-4, atol=1e-5)
    probabilities, unknown = head.judge(finetuner.rows)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (unknown == head.unknown_score(finetuner.rows)).all() and head.logits(finetuner.rows[:0]).shape == (0, 2)


def test_it_is_the_same_for_the_same_seed(folder: EmbeddedFolder, finetuner: Finetuner) -> None:
    def logits(made: Finetuner) -> Array:
        return fitted(made, [0, 1, 6, 7], [0, 0, 1, 1], 2).logits(made.rows)

    first = logits(finetuner)
    assert np.array_equal(first, logits(prepared(folder)))
    assert not np.array_equal(first, logits(prepared(folder, seed=1)))


def test_one_tag_per_class_teaches_the_head_alone(finetuner: Finetuner) -> None:
    head = fitted(finetuner, [0, 6, 12], [0, 1, 2], 3)
    assert head.tuned is None
    assert np.isfinite(head.logits(finetuner.rows)).all()


def test_a_network_that_knows_nothing_of_the_images_is_not_tuned(labeled: Path) -> None:
    """The starter's class token tells nothing; ridge regression on the views stands alone."""
    folder = embedded(labeled, "starter")
    finetuner = prepared(folder)
    rows = [0, 1, 6, 7]
    head = fitted(finetuner, rows, [0, 0, 1, 1], 2)
    assert head.tuned is None
    plain = fit_ridge(folder.embeddings[rows], np.array([0, 0, 1, 1]), 2).head
    assert not np.allclose(head.weight, plain.weight), "the views count"


def test_bad_input_is_answered_in_words(finetuner: Finetuner, folder: EmbeddedFolder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="At least two classes"):
        fitted(finetuner, [0, 1], [0, 0], 1)
    damaged = finetuner.rows[[0, 6]].copy()
    damaged[0, 0] = np.nan
    with pytest.raises(UserError, match="damaged"):
        fit_support("finetune", damaged, np.array([0, 1]), 2, fit=finetuner.fit)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(prepare_finetune(folder, 0, control))


def test_episodes_are_judged_by_it(finetuner: Finetuner, folder: EmbeddedFolder) -> None:
    config = EpisodeConfig(ways=3, shots=2, queries=3, episodes=4, method="finetune", fit=finetuner.fit)
    scores = run_episodes(finetuner.rows, folder.labels, config)
    assert scores.result.accuracy > 1 / 3
    assert scores.unknown is not None and 0 <= scores.unknown.auroc <= 1
