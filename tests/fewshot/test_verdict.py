"""The verdict on a run: what tags say, what is said without them, and that a spoilt network is found out."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_model import last

from micm_desktop.fewshot.episodes import run_episodes
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, LabeledFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.verdict import (
    MAX_TAGS,
    NEIGHBOURS,
    judge_file,
    judge_run,
    known_of,
    label_free_scores,
    right_order,
    usable_tags,
    verdict_by_tags,
    verdict_without_tags,
)
from micm_desktop.images.samples import write_sample_set
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder, save_encoder
from micm_desktop.micm.encoder_file import Use, Verdict
from micm_desktop.progress import Cancelled, JobControl, Progress


def of_means(new: float, base: float, both: float, noise: float = 0.05) -> dict[Use, np.ndarray]:
    """Shares of right comparisons for 30 images; the differences of any two candidates deviate by ``noise``."""
    waves = [np.sin(np.arange(30) * 2 * np.pi * turns / 30) * noise for turns in (1, 2, 3)]
    return {
        use: (mean + wave).astype(np.float32)
        for use, mean, wave in zip(("new", "base", "both"), (new, base, both), waves, strict=True)
    }


@pytest.mark.parametrize(
    ("new", "base", "both", "use"),
    [
        (0.8, 0.8, 0.8, "both"),
        (0.9, 0.7, 0.8, "new"),
        (0.7, 0.9, 0.8, "base"),
        (0.8, 0.8, 0.78, "base"),
        (0.8, 0.78, 0.8, "both"),
        (0.805, 0.78, 0.8, "both"),
        (0.6, 0.8, 0.81, "base"),
        (0.6, 0.8, 0.9, "both"),
    ],
    ids=[
        "a tie",
        "new is best",
        "base is best",
        "both together fall behind",
        "both are as good as new",
        "new is better by noise",
        "bad new features help by noise",
        "bad new features help clearly",
    ],
)
def test_tags_decide(new: float, base: float, both: float, use: Use) -> None:
    verdict = verdict_by_tags(of_means(new, base, both))
    assert verdict.use == use
    assert verdict.figures == pytest.approx(
        {"tagged": 30, "order_new": new, "order_base": base, "order_both": both}, abs=1e-3
    )
    assert verdict.reason.endswith(".")
    for share in (new, base):
        assert f"{share:.0%}" in verdict.reason


def test_candidates_that_are_equal_everywhere_are_a_tie() -> None:
    even = np.full(6, 0.7, np.float32)
    assert verdict_by_tags({"new": even, "base": even, "both": even}).use == "both"


def test_a_class_needs_three_tags_and_a_rival() -> None:
    paths = [Path(f"{number}.png") for number in range(8)]
    assert usable_tags(dict(zip(paths, [7, 7, 7, 4, 4, 4, 4, 9], strict=True))) == dict(
        zip(paths, [1, 1, 1, 0, 0, 0, 0], strict=False)
    )
    assert usable_tags(dict(zip(paths, [7, 7, 7, 4, 4, 9, 9, 3], strict=True))) == {}
    assert usable_tags({}) == {}


def test_of_many_tags_some_of_each_class_are_taken() -> None:
    tagged = {Path(f"{number:04d}.png"): int(number > 900) for number in range(1000)}
    found = usable_tags(tagged)
    assert Counter(found.values()) == {0: MAX_TAGS // 2, 1: 99}
    assert all(tagged[path] == label for path, label in found.items())


def test_right_order_against_a_slow_loop() -> None:
    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 0])
    rows = (np.eye(6)[labels] + rng.normal(0, 0.6, (10, 6))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for image, found in enumerate(right_order(rows, labels)):
        pairs = [
            float(rows[image] @ rows[same]) > float(rows[image] @ rows[other])
            for same in range(10)
            for other in range(10)
            if same != image and labels[same] == labels[image] != labels[other]
        ]
        assert found == pytest.approx(sum(pairs) / len(pairs))


def test_agreement_against_a_slow_loop() -> None:
    rng = np.random.default_rng(0)
    new, base = (rng.normal(size=(12, 4)).astype(np.float32) for _ in range(2))
    shares = []
    for image in range(12):
        others = sorted((i for i in range(12) if i != image), key=lambda i: -float(new[i] @ new[image]))
        pairs = [
            float(base[near] @ base[image]) > float(base[far] @ base[image])
            for near in others[:NEIGHBOURS]
            for far in others[NEIGHBOURS:]
        ]
        shares.append(sum(pairs) / len(pairs))
    assert label_free_scores(new, base) == {"images": 12, "agreement": pytest.approx(np.mean(shares), abs=1e-4)}
    assert label_free_scores(new[:2], base[:2]) == {}


def test_without_tags_both_are_kept_unless_the_new_ones_are_noise() -> None:
    rng = np.random.default_rng(0)
    base, noise = (rng.normal(size=(100, 8)).astype(np.float32) for _ in range(2))
    assert label_free_scores(base, base)["agreement"] == 1
    assert verdict_without_tags(label_free_scores(base + noise, base)).use == "both"
    assert verdict_without_tags(label_free_scores(noise, base)).use == "base"
    assert verdict_without_tags({}).use == "both"


# On real networks


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory: pytest.TempPathFactory) -> LabeledFolder:
    """Twelve pictures of each of six classes."""
    root = tmp_path_factory.mktemp("surfaces")
    write_sample_set(root, per_class=12, size=96)
    return read_labeled_folder(root)


@pytest.fixture(scope="module")
def base(conv_encoder: Path) -> LoadedEncoder:
    return replace(load_encoder(conv_encoder), base=None)


@pytest.fixture(scope="module")
def spoilt(conv_encoder: Path) -> LoadedEncoder:
    """The same network with noise for weights."""
    made = replace(load_encoder(conv_encoder), base=None)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in made.network.parameters():
            deviation = parameter.std(correction=0)
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)
    return made


def first_of_each_class(folder: LabeledFolder, count: int) -> dict[Path, int]:
    tagged = {}
    for kind in range(len(folder.classes)):
        tagged |= dict.fromkeys(
            [p for p, k in zip(folder.paths, folder.labels, strict=True) if k == kind][:count], kind
        )
    return tagged


def accuracy(encoder: LoadedEncoder, folder: LabeledFolder) -> float:
    embedded = last(embed_folder(encoder, folder, JobControl()), EmbeddedFolder)
    result = run_episodes(
        embedded.embeddings, embedded.labels, ways=5, shots=3, queries=9, episodes=200, method="prototype", seed=0
    )
    return result.accuracy


def test_a_spoilt_network_is_found_out_by_tags(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    path = tmp_path / "spoilt.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network)
    events = list(judge_file(path, "none", surfaces.paths, first_of_each_class(surfaces, 5), JobControl()))
    verdict = events.pop()
    assert isinstance(verdict, Verdict) and verdict.use in ("base", "both")
    assert verdict.figures["order_base"] > verdict.figures["order_new"]
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress[-1].done == progress[-1].total and [event.done for event in progress] == sorted(
        event.done for event in progress
    )
    judged = load_encoder(path)
    assert judged.training["verdict"]["use"] == verdict.use and judged.training["verdict"]["reason"] == verdict.reason
    before = replace(judged, training={**judged.training, "verdict": {"use": "base"}})
    assert accuracy(judged, surfaces) >= accuracy(before, surfaces) - 0.01


def test_a_better_network_is_used(base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder) -> None:
    """The other way round: what the run began from was worth nothing."""
    events = judge_run(base, spoilt, surfaces.paths, first_of_each_class(surfaces, 5), JobControl())
    assert last(events, Verdict).use in ("new", "both")


def test_a_spoilt_network_is_found_out_without_tags(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder
) -> None:
    verdict = last(judge_run(spoilt, base, surfaces.paths, {surfaces.paths[0]: 0}, JobControl()), Verdict)
    assert verdict.use == "base" and verdict.figures["images"] == 72


def test_few_tags_say_nothing(base: LoadedEncoder, surfaces: LabeledFolder) -> None:
    verdict = last(judge_run(base, base, surfaces.paths[:9], {surfaces.paths[0]: 0}, JobControl()), Verdict)
    assert verdict.use == "both" and "tags enough" in verdict.reason
    assert verdict.figures.keys() == {"images", "agreement"} and verdict.figures["images"] == 9


def test_tagged_images_that_cannot_be_read_say_nothing_either(
    base: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    gone = {tmp_path / f"{number}.png": number % 2 for number in range(6)}
    verdict = last(judge_run(base, base, surfaces.paths[:9], gone, JobControl()), Verdict)
    assert verdict.use == "both" and verdict.figures["images"] == 9


def test_judging_can_be_cancelled_and_the_encoder_stays_usable(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(judge_run(spoilt, base, surfaces.paths, {}, control))
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network)
    assert last(judge_file(path, "none", surfaces.paths, {}, control), Verdict).use == "both"
    assert len(load_encoder(path).branches) == 2


def test_images_that_are_gone_leave_the_encoder_usable(
    base: LoadedEncoder, spoilt: LoadedEncoder, tmp_path: Path
) -> None:
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network)
    assert last(judge_file(path, "none", [tmp_path / "gone.png"], {}, JobControl()), Verdict).use == "both"


def test_a_run_that_began_with_nothing_has_no_verdict(spoilt: LoadedEncoder, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5})
    before = path.read_bytes()
    assert list(judge_file(path, "none", [], {}, JobControl())) == []
    assert path.read_bytes() == before


def test_what_is_known_of_where_a_run_began(base: LoadedEncoder, spoilt: LoadedEncoder, tmp_path: Path) -> None:
    path = tmp_path / "first.safetensors"
    save_encoder(path, base.network, {"steps": 5})
    assert known_of(str(path)) == {"steps": 5}
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network, base_training={"surfaces": 3})
    assert known_of(str(path)) == {"surfaces": 3}, "the first network of a chain of runs is what it is compared with"
    assert known_of("none") == known_of("timm:resnet18") == {}
    assert "surfaces" in known_of("starter")
