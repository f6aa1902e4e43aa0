"""What a project remembers of its pretraining runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from workbench import Workbench

from micm_desktop.labeling.past_runs import past_runs
from micm_desktop.labeling.pretraining import pretrain_project
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.events import Done, Preview
from micm_desktop.progress import JobControl

RUN = PretrainConfig(
    init="none",
    encoder=EncoderConfig(
        stem="patch", image_size=16, patch_size=8, dim=16, heads=2, encoder_blocks=1, decoder_blocks=1
    ),
    crop_size=16,
    batch_size=8,
    prototypes=8,
    head_hidden=16,
    head_bottleneck=8,
    epochs=1,
    device="cpu",
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(tmp_path)
    for seed in range(16):
        made.write(f"{seed}.png", seed)
    made.project.add_folder(made.pictures)
    made.scan()
    yield made
    made.project.close()


def run(bench: Workbench, config: PretrainConfig, previews: int = 0) -> tuple[Done, int]:
    events = list(
        pretrain_project(bench.project, bench.project.images(), config, JobControl(), resume=False, previews=previews)
    )
    assert isinstance(events[-1], Done)
    return events[-1], sum(isinstance(event, Preview) for event in events)


def test_a_run_and_its_verdict_are_known_after_a_restart(bench: Workbench) -> None:
    assert past_runs(bench.project) == []
    first, _ = run(bench, RUN)
    second, _ = run(bench, replace(RUN, init=str(first.encoder)))
    assert first.verdict is None and second.verdict is not None
    bench.reopen()
    newest, oldest = past_runs(bench.project)
    assert newest.reason == second.verdict.reason and oldest.reason == ""
    assert (newest.active, oldest.active) == (True, False)
    assert (newest.images, newest.seconds) == (16, pytest.approx(second.seconds, abs=0.06))
    assert newest.name.startswith("MICM 2") and newest.made > oldest.made
    bench.project.activate_encoder(oldest.encoder_id)
    assert [found.active for found in past_runs(bench.project)] == [False, True]


def test_images_are_rebuilt_for_who_asks(bench: Workbench) -> None:
    assert run(bench, RUN)[1] == 0
    assert run(bench, RUN, previews=2)[1] > 0


@pytest.mark.parametrize("summary", ["", "no JSON", "[1]", '{"images": "many", "verdict": 3}', "{}"])
def test_an_encoder_that_was_registered_by_others_is_listed_with_what_is_known(
    summary: str, bench: Workbench, tmp_path: Path
) -> None:
    file = tmp_path / "other.safetensors"
    file.write_bytes(b"")
    bench.project.register_encoder(file, "from elsewhere", summary)
    (found,) = past_runs(bench.project)
    assert (found.name, found.images, found.seconds, found.reason) == ("from elsewhere", 0, 0.0, "")
