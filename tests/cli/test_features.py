"""Features that several computers make together are those of one computer; what another has made is checked first."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, run_fresh, start_fresh
from labeling_bench import LabelingBench, opened
from safetensors import safe_open
from safetensors.numpy import save_file

from micm_desktop.fewshot.head import Array
from micm_desktop.labeling import feature_list
from micm_desktop.labeling.embedded import feature_store
from micm_desktop.labeling.feature_parts import CLOSE, distance

SAME = 1e-5
"""What the order of additions, which depends on how many images pass the network at once, may make of a feature."""
SMALL_PARTS = """
import os, signal, sys
from micm_desktop.labeling import feature_list, shared_features
feature_list.PART, left, real = 3, int(sys.argv.pop(1)), shared_features.write_part

def write(*arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments)

shared_features.write_part = write
from micm_desktop.cli import main
main()
"""
"""The command with parts of three images, and the end of the process when it writes one of them; 0: never."""


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    """Scanned, with an encoder and no features."""
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.labeling.project.add_folder(bench.pictures)
        bench.scan()
        bench.labeling.project.register_encoder(bench.encoder, "tiny", "{}")
        yield bench


def features_in(bench: LabelingBench) -> dict[str, Array]:
    store = feature_store(bench.labeling.project, bench.labeling.encoder_info())
    rows, values = store.read()
    return {key: np.array(values[row]) for key, row in rows.items()}


def assert_as_alone(bench: LabelingBench, together: dict[str, Array]) -> None:
    """Compute all anew here, and compare."""
    store = feature_store(bench.labeling.project, bench.labeling.encoder_info())
    for file in store.folder.iterdir():
        file.unlink()
    assert run("features", bench.labeling.project.folder, "--json").values["computed"] == 18
    alone = features_in(bench)
    assert together.keys() == alone.keys() and len(alone) == 18
    assert max(abs(together[key] - alone[key]).max() for key in alone) <= SAME


def rewritten(file: Path, change: Callable[[dict[str, Any], dict[str, str]], None]) -> None:
    """Another content of a part's file."""
    with safe_open(file, framework="numpy") as stream:
        told, tensors = stream.metadata(), {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
    change(tensors, told)
    save_file(tensors, file, told)


def checksummed(tensors: dict[str, Any], told: dict[str, str]) -> None:
    from micm_desktop.labeling.feature_parts import _checksum

    told["checksum"] = _checksum(tensors["rows"], tensors["features"])


def test_what_another_computer_made_is_checked_and_made_anew_where_it_is_no_good(
    bench: LabelingBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_list, "PART", 3)
    claim, elsewhere = tmp_path / "共有", tmp_path / "elsewhere"
    (tmp_path / "nobody").mkdir()
    project = bench.labeling.project.folder
    nothing = run("features", "--claim", claim)
    assert nothing.code == 2 and "Begin on the computer" in nothing.stderr
    images = bench.labeling.distinct_images()
    feature_list.write_list(claim, bench.labeling.encoder_info(), images).work()
    # The other computer sees the images in another place, and one of them it does not see.
    bench.pictures.rename(elsewhere)
    lost = run("features", "--claim", claim)
    assert lost.code == 2 and "--images" in lost.stderr
    hidden = elsewhere / images[17].name_on_disk
    hidden.rename(tmp_path / "nobody" / "hidden")
    helped = run("features", "--claim", claim, "--images", elsewhere, "--json")
    assert (helped.code, helped.values["images"], helped.values["computed"]) == (3, 18, 17), helped
    (tmp_path / "nobody" / "hidden").rename(hidden)
    elsewhere.rename(bench.pictures)

    def other_encoder(_tensors: dict[str, Any], told: dict[str, str]) -> None:
        told["encoder"] = "0" * 64

    def damaged(tensors: dict[str, Any], _told: dict[str, str]) -> None:
        tensors["features"][0] = tensors["features"][0][::-1]

    def no_numbers(tensors: dict[str, Any], told: dict[str, str]) -> None:
        tensors["features"][1, 2] = np.nan
        checksummed(tensors, told)

    def of_other_images(tensors: dict[str, Any], told: dict[str, str]) -> None:
        tensors["features"] = np.ascontiguousarray(tensors["features"][::-1])
        tensors["features"][1] = tensors["features"][0]
        checksummed(tensors, told)

    for number, change in enumerate((other_encoder, damaged, no_numbers, of_other_images)):
        rewritten(claim / f"part-{number:05}.done", change)
    told = run("features", project, "--claim", claim, "--json")
    assert told.code == 0, told
    # Four parts, and the image that only this computer sees.
    assert told.values["refused"] == 4 and told.values["computed"] == 13, told
    for reason in ("another encoder", "damaged on the way", "no numbers", "apart"):
        assert reason in told.stderr
    assert told.values["compared"] >= 4 and told.values["max_distance"] < SAME and told.values["missing"] == 0
    again = run("features", project, "--claim", claim, "--json")
    assert (again.code, again.values["computed"], again.values["taken"]) == (0, 0, 0)
    assert_as_alone(bench, features_in(bench))


def test_an_image_that_was_overwritten_since_the_scan_gives_no_features(bench: LabelingBench, tmp_path: Path) -> None:
    first, second = (image.path for image in bench.labeling.distinct_images()[:2])
    first.write_bytes(second.read_bytes())
    together = run("features", bench.labeling.project.folder, "--claim", tmp_path / "shared", "--json")
    assert (together.code, together.values["taken"], together.values["missing"]) == (3, 17, 1)
    assert "overwritten" in together.stderr
    alone = run("features", bench.labeling.project.folder, "--json")
    assert (alone.code, alone.values["missing"]) == (3, 1)


@pytest.mark.parametrize("line", ['[0, "../a.png", "%s"]', '[1, "a.png", "%s"]', '[0, "/etc/a.png", "%s"]', "[0, 1]"])
def test_a_list_that_leads_elsewhere_is_refused(line: str, patch_encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "images.jsonl").write_text(f"{json.dumps([str(tmp_path)])}\n{line.replace('%s', '0' * 64)}\n")
    (tmp_path / "encoder.safetensors").write_bytes(patch_encoder.read_bytes())
    refused = run("features", "--claim", tmp_path)
    assert refused.code == 2 and "damaged" in refused.stderr


def test_images_that_differ_are_further_apart_than_is_allowed(bench: LabelingBench) -> None:
    run("features", bench.labeling.project.folder)
    values = np.stack(list(features_in(bench).values()))
    apart = [distance(values[:1], one[None], bench.labeling.encoder_info()) for one in values[1:]]
    assert min(apart) > CLOSE


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_two_processes_make_what_a_killed_one_has_left(bench: LabelingBench, tmp_path: Path) -> None:
    claim, project = tmp_path / "共有", bench.labeling.project.folder
    options = ("--claim", claim, "--claim-after", "2", "--json")
    killed = run_fresh("2", "features", project, *options, code=SMALL_PARTS)
    assert killed.code == -signal.SIGKILL
    assert len(list(claim.glob("*.done"))) == 1 and len(list(claim.glob("*.taken"))) == 1
    both = start_fresh("0", "features", project, *options, code=SMALL_PARTS)
    helper = start_fresh("0", "features", *options, code=SMALL_PARTS)
    owner, other = both.finish(), helper.finish()
    assert (owner.code, other.code) == (0, 0), (owner, other)
    assert owner.values["missing"] == owner.values["refused"] == 0
    assert owner.values["computed"] + other.values["computed"] >= 15
    assert_as_alone(bench, features_in(bench))
    assert {path.suffix for path in claim.glob("part-*")} == {".done"}
