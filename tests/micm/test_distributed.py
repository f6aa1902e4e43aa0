"""One run on two processes: the same losses and weights as one process with the double batch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from one_step import gradients_of, step_that_hides
from safetensors.torch import load_file
from tiny_micm import PATCH, run_to_end, tiny_run, write_images

import micm_desktop
from micm_desktop.micm.augment import Share, crop_views, jitter
from micm_desktop.micm.distributed import ALONE, Group, own_card
from micm_desktop.micm.draws import draw
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.micm.events import Step
from micm_desktop.progress import UserError

PROCESS = """
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from tiny_micm import run_to_end, tiny_run
from micm_desktop.micm.distributed import is_first
from micm_desktop.micm.events import Step
folder, out, changes = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
events = run_to_end(sorted(folder.glob("*.png")), out, tiny_run(**changes))
losses = [dict(event.losses) for event in events if isinstance(event, Step)]
name = "losses.json" if is_first() else "others.json"
(out.parent / name).write_text(json.dumps(losses))
"""

GRADIENTS = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from one_step import CPU, gradients_of
from safetensors.torch import save_file
from micm_desktop.micm.distributed import joined
from micm_desktop.progress import UserError
with joined(CPU) as group:
    for step in sys.argv[2:]:
        save_file(gradients_of(int(step), group), Path(sys.argv[1]) / f"{step}-{group.share.number}.safetensors")
    group.check_alike(b"the same", CPU)
    try:
        group.check_alike(str(group.share.number).encode(), CPU)
    except UserError as problem:
        (Path(sys.argv[1]) / f"{group.share.number}.txt").write_text(str(problem))
"""


def on_two_processes(*command: str) -> subprocess.CompletedProcess[str]:
    paths = [str(Path(micm_desktop.__file__).parents[1]), str(Path(__file__).parents[1] / "support")]
    paths += [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    return subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"local_crops": 2, "drop_path": 0.0},
        {"centering": "ema", "drop_path": 0.0, "micro_batch": 2, "stage2_share": 0.5},
    ],
    ids=["sinkhorn", "ema, in parts, stage 2"],
)
def test_two_processes_train_as_one_with_the_double_batch(changes: dict[str, Any], tmp_path: Path) -> None:
    images = write_images(tmp_path / "images", 25)
    (tmp_path / "process.py").write_text(PROCESS)
    (tmp_path / "two").mkdir()
    two = tmp_path / "two" / "encoder.safetensors"
    given = [str(tmp_path / "images"), str(two), json.dumps(changes | {"batch_size": 4, "epochs": 2})]
    outcome = on_two_processes(str(tmp_path / "process.py"), *given)
    assert outcome.returncode == 0, outcome.stderr
    one = tmp_path / "one.safetensors"
    events = run_to_end(images, one, tiny_run(**(changes | {"batch_size": 8, "epochs": 2})))
    expected = [dict(event.losses) for event in events if isinstance(event, Step)]
    found = json.loads((two.parent / "losses.json").read_text())
    assert len(found) == len(expected) == 6
    for mine, theirs in zip(found, expected, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-3, abs=1e-4)
    assert json.loads((two.parent / "others.json").read_text()) == found, "all processes decide by the same numbers"
    weights, alone = load_file(two), load_file(one)
    for name, value in alone.items():
        torch.testing.assert_close(weights[name], value, rtol=1e-2, atol=1e-3)
    training = read_encoder_info(two).training
    assert (training["images"], training["epochs"], training["steps"]) == (25, 2.0, 6)
    left = sorted(path.name for path in two.parent.iterdir())
    assert left == ["encoder.safetensors", "losses.json", "others.json"], "one process writes, none leaves its pixels"


@pytest.mark.slow
def test_the_gradients_are_those_of_the_double_batch(tmp_path: Path) -> None:
    """Weights do not tell: the optimiser's steps are as long for gradients of half the length. Also where one process
    hides nothing, so that its part of the network has fewer gradients."""
    chosen = [step_that_hides(first, second) for first in (True, False) for second in (True, False)]
    (tmp_path / "gradients.py").write_text(GRADIENTS)
    outcome = on_two_processes(str(tmp_path / "gradients.py"), str(tmp_path), *map(str, chosen))
    assert outcome.returncode == 0, outcome.stderr
    for step in chosen:
        expected = gradients_of(step)
        for number in range(2):
            found = load_file(tmp_path / f"{step}-{number}.safetensors")
            torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-6)
    said = [(tmp_path / f"{number}.txt").read_text() for number in range(2)]
    assert said[0] == said[1] and "do not begin alike" in said[0], "a process with other images is refused by all"


@pytest.mark.slow
def test_the_command_runs_under_torchrun_and_one_process_speaks(conv_encoder: Path, tmp_path: Path) -> None:
    write_images(tmp_path / "images", 36)
    out = tmp_path / "encoder.safetensors"
    arguments = ["pretrain", str(tmp_path / "images"), "--out", str(out), "--init", str(conv_encoder)]
    outcome = on_two_processes("-m", "micm_desktop", *arguments, "--epochs", "1", "--json")
    assert outcome.returncode == 0, outcome.stderr
    [line] = [line for line in outcome.stdout.splitlines() if line.startswith("{")]
    assert json.loads(line)["images"] == 36
    assert outcome.stderr.count("2 processes, each CPU") == 1
    assert out.is_file()


@pytest.mark.parametrize("world", [2, 3])
def test_shares_of_a_batch_get_what_the_whole_batch_gets(world: int) -> None:
    images = torch.rand(6, 3, 40, 40)
    generator = torch.Generator().manual_seed(4)
    whole = jitter(crop_views(images, 32, (0.3, 1.0), generator), generator, solarize=0.4)
    for number in range(world):
        share = Share(number, world)
        generator = torch.Generator().manual_seed(4)
        crops = crop_views(images[share.rows(6)], 32, (0.3, 1.0), generator, share=share)
        own = jitter(crops, generator, solarize=0.4, share=share)
        torch.testing.assert_close(own, whole[share.rows(6)])
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (6, 40, 40, 3), np.uint8))
    config, cpu = tiny_run(local_crops=2), torch.device("cpu")
    drawn = draw(pixels, 3, PATCH, config, cpu, None)
    shares = [draw(pixels, 3, PATCH, config, cpu, None, Share(number, world)) for number in range(world)]
    halves = [share.global_crops.chunk(2) for share in shares]
    torch.testing.assert_close(torch.cat([half[k] for k in range(2) for half in halves]), drawn.global_crops)
    assert [share.images for share in shares] == [6 // world] * world


def test_alone_nothing_is_exchanged() -> None:
    own = torch.randn(6, 4, requires_grad=True)
    assert ALONE.gather(own, [[3, 3]]) is own
    assert ALONE.decide([1.5, 2.0], torch.device("cpu")) == [1.5, 2.0]
    ALONE.check_alike(b"anything", torch.device("cpu"))
    assert ALONE.first and ALONE.alone and not ALONE.any(False, torch.device("cpu"))
    mask = torch.rand(6, 5) < 0.5
    assert torch.equal(ALONE.own_rows(mask), mask)


def test_each_process_has_a_card_of_its_own_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number, since what is drawn ahead is drawn in a thread, and a new thread's current card is the first."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    assert own_card(cuda) == cuda
    for name, value in (("WORLD_SIZE", "3"), ("RANK", "1"), ("LOCAL_RANK", "1")):
        monkeypatch.setenv(name, value)
    assert own_card(cuda) == torch.device("cuda", 1)
    assert own_card(cpu) == cpu
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(UserError, match=r"2 CUDA devices.*--nproc-per-node 2"):
        own_card(cuda)


def test_own_rows_are_those_of_both_crops_of_own_images() -> None:
    rows = torch.arange(12).view(12, 1)  # six images: their first crops, then their second ones
    assert Group(Share(1, 3)).own_rows(rows).flatten().tolist() == [2, 3, 8, 9]
    mask = torch.tensor([[1, 1], [0, 1], [0, 0], [1, 0], [1, 1], [0, 0], [0, 1], [1, 1]], dtype=torch.bool)
    assert Group(Share(0, 2)).halves(mask) == [(3, 2), (1, 3)]
