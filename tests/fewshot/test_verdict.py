"""The verdict on a run: what tags say, what is said without them, and that a spoilt network is found out."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_micm import CONV
from tiny_model import last

from micm_desktop.fewshot.episode_scores import run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, LabeledFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.rejudging import candidates, judge_again
from micm_desktop.fewshot.usable_tags import MAX_TAGS, usable_tags
from micm_desktop.fewshot.verdict import (
    DETAILS_DECIDE,
    MIN_STEPS,
    Candidate,
    beginning,
    choose_by_tags,
    choose_without_tags,
    judge_file,
    judge_run,
    verdict_by_tags,
    verdict_without_tags,
)
from micm_desktop.images.samples import write_sample_set
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder, save_encoder
from micm_desktop.micm.encoder_file import Verdict
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError


def of_means(
    before: float, details: float, both: float, new: float, noise: float = 0.05
) -> dict[Candidate, np.ndarray]:
    """Confidences for 30 images; the differences of any two candidates deviate by ``noise``."""
    names: tuple[Candidate, ...] = ("before", "details", "both", "new")
    waves = [np.sin(np.arange(30) * 2 * np.pi * turns / 30) * noise for turns in (1, 2, 3, 4)]
    means = (before, details, both, new)
    return {name: (mean + wave).astype(np.float32) for name, mean, wave in zip(names, means, waves, strict=True)}


@pytest.mark.parametrize(
    ("means", "likely", "chosen"),
    [
        ((0.8, 0.8, 0.8, 0.8), "both", "both"),
        ((0.8, 0.8, 0.8, 0.8), "details", "details"),
        ((0.7, 0.7, 0.8, 0.9), "both", "new"),
        ((0.9, 0.8, 0.8, 0.7), "both", "before"),
        ((0.9, 0.8, 0.8, 0.7), "details", "before"),
        ((0.7, 0.9, 0.8, 0.6), "both", "details"),
        ((0.7, 0.8, 0.9, 0.8), "before", "both"),
        ((0.79, 0.7, 0.8, 0.805), "both", "both"),
        ((0.807, 0.7, 0.8, 0.8), "both", "before"),
        ((0.803, 0.7, 0.8, 0.8), "both", "both"),
    ],
    ids=[
        "a tie leaves the likely one",
        "whichever it is",
        "new is best",
        "before is best",
        "before is best again",
        "details are best",
        "both are best",
        "new is better by noise",
        "before is likely better",
        "before is better by noise",
    ],
)
def test_tags_decide(means: tuple[float, ...], likely: Candidate, chosen: Candidate) -> None:
    order = of_means(*means)
    assert choose_by_tags(order, likely) == chosen
    verdict = verdict_by_tags(order, chosen)
    assert verdict.use == {"before": "base", "details": "base"}.get(chosen, chosen)
    figures = {f"confidence_{name}": mean for name, mean in zip(order, means, strict=True)}
    assert verdict.figures == pytest.approx({"tagged": 30} | figures, abs=1e-3)
    assert verdict.reason.endswith(".")
    for name in ("before", chosen):
        assert f"{figures[f'confidence_{name}']:.0%}" in verdict.reason


def test_candidates_that_are_equal_everywhere_are_a_tie() -> None:
    even = np.full(6, 0.7, np.float32)
    order: dict[Candidate, np.ndarray] = {"before": even, "both": even, "new": even}
    assert choose_by_tags(order, "both") == "both"
    assert choose_by_tags(order, "details") == "before", "a candidate that there is not"


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


@pytest.mark.parametrize(
    ("agreements", "steps", "chosen"),
    [
        ({"details": 0.95, "new": 0.9}, 500, "both"),
        ({"details": 0.95, "new": 0.9}, MIN_STEPS - 1, "before"),
        ({"details": 0.95, "new": 0.6}, 500, "before"),
        ({"details": 0.75, "new": 0.9}, 500, "details"),
        ({"details": 0.75, "new": 0.9}, MIN_STEPS - 1, "details"),
        ({}, 500, "both"),
        ({}, MIN_STEPS - 1, "before"),
    ],
)
def test_what_the_images_are_like_decides_without_tags(
    agreements: dict[str, float], steps: int, chosen: Candidate
) -> None:
    assert choose_without_tags(agreements, steps) == chosen
    verdict = verdict_without_tags(agreements, steps)
    assert verdict.use == {"before": "base", "details": "base"}.get(chosen, chosen)
    assert verdict.figures == {"steps": steps} | {f"agreement_{name}": value for name, value in agreements.items()}
    assert ("short" in verdict.reason) == (chosen == "before" and steps < MIN_STEPS)


# On real networks


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory: pytest.TempPathFactory) -> LabeledFolder:
    """Twelve pictures of each of six classes."""
    root = tmp_path_factory.mktemp("surfaces")
    write_sample_set(root, per_class=12, size=128)
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
    config = EpisodeConfig(shots=3, queries=9, episodes=200)
    return run_episodes(embedded.embeddings, embedded.labels, config).result.accuracy


def long_run(encoder: LoadedEncoder) -> LoadedEncoder:
    return replace(encoder, training={"steps": 500})


def test_a_spoilt_network_is_found_out_by_tags(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    path = tmp_path / "spoilt.safetensors"
    save_encoder(path, spoilt.network, {"steps": 500}, base=base.network)
    events = list(judge_file(path, "none", surfaces.paths, first_of_each_class(surfaces, 5), JobControl()))
    verdict = events.pop()
    assert isinstance(verdict, Verdict) and verdict.use in ("base", "both")
    assert verdict.figures["confidence_before"] > verdict.figures["confidence_new"]
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
    networks = {"new": long_run(base), "before": spoilt}
    events = list(judge_run(networks, surfaces.paths, first_of_each_class(surfaces, 5), JobControl()))
    chosen, verdict = events[-1]  # type: ignore[misc]
    assert chosen in ("new", "both") and verdict.use == chosen


def test_a_spoilt_network_is_found_out_without_tags(
    spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    """The shipped encoder says what the images are like; and that the new network has learned nothing of it."""
    starter = load_encoder("starter")
    path = tmp_path / "spoilt.safetensors"
    training = {"steps": 500, "images": 72, "config": {"lambda_implant": 1.0}}
    save_encoder(path, spoilt.network, training, base=starter.network)
    verdict = last(judge_file(path, "starter", surfaces.paths, {surfaces.paths[0]: 0}, JobControl()), Verdict)
    assert verdict.figures["agreement_details"] > DETAILS_DECIDE
    assert verdict.use == "base" and "so the features from before" in verdict.reason.lower()
    (branch,) = load_encoder(path).branches
    assert branch.info.training == starter.training, "exactly the features from before"
    for name, value in starter.network.state_dict().items():
        assert torch.equal(branch.network.state_dict()[name], value)


def test_few_images_say_nothing(base: LoadedEncoder, surfaces: LabeledFolder) -> None:
    networks = {"new": long_run(base), "before": base}
    events = list(judge_run(networks, surfaces.paths[:9], {surfaces.paths[0]: 0}, JobControl()))
    chosen, verdict = events[-1]  # type: ignore[misc]
    assert chosen == verdict.use == "both" and "tags enough" in verdict.reason
    assert verdict.figures == {"steps": 500}


def test_tagged_images_that_cannot_be_read_say_nothing_either(
    base: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    gone = {tmp_path / f"{number}.png": number % 2 for number in range(6)}
    events = list(judge_run({"new": long_run(base), "before": base}, surfaces.paths[:9], gone, JobControl()))
    assert events[-1][0] == "both"  # type: ignore[index]


def test_judging_can_be_cancelled_and_the_encoder_stays_usable(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(judge_run({"new": spoilt, "before": base}, surfaces.paths, {}, control))
    path = tmp_path / "run.safetensors"
    for steps, use in ((5, "base"), (500, "both")):
        save_encoder(path, spoilt.network, {"steps": steps}, base=base.network)
        assert last(judge_file(path, "none", surfaces.paths, {}, control), Verdict).use == use
        assert len(load_encoder(path).branches) == (2 if use == "both" else 1)


def test_images_that_are_gone_leave_the_encoder_usable(
    base: LoadedEncoder, spoilt: LoadedEncoder, tmp_path: Path
) -> None:
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network)
    assert last(judge_file(path, "none", [tmp_path / "gone.png"], {}, JobControl()), Verdict).use == "base"


def test_a_run_that_began_with_nothing_has_no_verdict(spoilt: LoadedEncoder, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5})
    before = path.read_bytes()
    assert list(judge_file(path, "none", [], {}, JobControl())) == []
    assert path.read_bytes() == before


def test_what_a_run_is_compared_with(base: LoadedEncoder, spoilt: LoadedEncoder, tmp_path: Path) -> None:
    path = tmp_path / "first.safetensors"
    save_encoder(path, base.network, {"steps": 5})
    torch.manual_seed(0)
    made = replace(spoilt, base=MicmNetwork(replace(CONV, saliency=True)).eval())

    def token(encoder: LoadedEncoder) -> torch.Tensor:
        return encoder.network.class_token

    found = beginning(str(path), made)
    assert found.training == {"steps": 5} and torch.equal(token(found), base.network.class_token)
    save_encoder(path, spoilt.network, {"steps": 5}, base=base.network, base_training={"surfaces": 3})
    found = beginning(str(path), made)
    assert found.training == {"surfaces": 3}, "the first network of a chain of runs is what it is compared with"
    assert torch.equal(token(found), base.network.class_token)
    path.unlink()
    assert made.base is not None
    for init in ("none", "timm:resnet18", str(path)):
        found = beginning(init, made)
        assert found.training == {} and found.network.saliency is None, "it had not looked at any image"
        assert torch.equal(token(found), made.base.class_token)
    assert "surfaces" in beginning("starter", made).training


def test_tags_made_later_change_the_verdict_only_where_they_speak_clearly(
    base: LoadedEncoder, spoilt: LoadedEncoder, surfaces: LabeledFolder, tmp_path: Path
) -> None:
    """A short run is not trusted; that it was worth more than what it began from, tags find out."""
    path = tmp_path / "run.safetensors"
    save_encoder(path, base.network, {"steps": 5}, base=spoilt.network)
    assert last(judge_file(path, "none", surfaces.paths, {}, JobControl()), Verdict).use == "base"
    written = path.read_bytes()
    tagged = first_of_each_class(surfaces, 5)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(judge_again(path, surfaces.paths, tagged, control))
    with pytest.raises(UserError, match="at least two classes"):
        list(judge_again(path, surfaces.paths, dict(list(tagged.items())[:7]), JobControl()))
    assert path.read_bytes() == written
    verdict = last(judge_again(path, surfaces.paths, tagged, JobControl()), Verdict)
    assert verdict.use in ("new", "both") and verdict.figures["tagged"] == len(tagged)
    assert verdict.figures["confidence_new"] > verdict.figures["confidence_before"]
    judged = load_encoder(path)
    assert judged.training["verdict"]["use"] == verdict.use and judged.training["steps"] == 5
    assert judged.base is not None
    for name, value in spoilt.network.state_dict().items():
        assert torch.equal(judged.base.state_dict()[name], value), "what it is compared with stays"
    written = path.read_bytes()
    assert last(judge_again(path, surfaces.paths, tagged, JobControl()), Verdict) == verdict
    assert path.read_bytes() == written, "the same features: none need be computed anew"


def test_details_that_a_run_has_learned_can_be_left_by_tags(
    base: LoadedEncoder, spoilt: LoadedEncoder, tmp_path: Path
) -> None:
    made = replace(spoilt, base=base.network, base_training={"saliency_images": 9})
    made = replace(made, training={"steps": 99, "config": {"init": "starter"}, "verdict": {"use": "base"}})
    networks, current = candidates(made)
    assert current == "details" and set(networks) == {"new", "before", "details"}
    assert networks["details"].network is base.network and "surfaces" in networks["before"].training
    assert candidates(replace(made, base_training={}))[1] == "before"


def test_what_cannot_be_compared_is_not_judged_again(spoilt: LoadedEncoder, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    save_encoder(path, spoilt.network, {"steps": 5})
    with pytest.raises(UserError, match="nothing to compare"):
        list(judge_again(path, [], {}, JobControl()))
