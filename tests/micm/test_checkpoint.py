"""Encoder files: what goes in comes out, broken ones are named, and a failed write costs nothing."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file as save_numpy
from safetensors.torch import load_file, save_file
from tiny_micm import CONV, PATCH, randomise

from micm_desktop.micm import checkpoint
from micm_desktop.micm.checkpoint import (
    LoadedEncoder,
    attach_base,
    load_encoder,
    read_tensors,
    save_encoder,
    write_tensors,
)
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import ENCODER_FORMAT, FORMAT_VERSION, Use, Verdict, read_encoder_info
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.progress import UserError

TRAINING = {"images": 240, "objective": "micm", "note": "検査"}


def network(config: EncoderConfig = PATCH, seed: int = 0) -> MicmNetwork:
    made = MicmNetwork(config)
    randomise(made, seed)
    return made


def saved(folder: Path, config: EncoderConfig = PATCH) -> Path:
    path = folder / "encoder.safetensors"
    save_encoder(path, network(config), TRAINING)
    return path


def with_metadata(path: Path, changes: Mapping[str, str]) -> None:
    """Write an encoder file again with other metadata."""
    tensors, metadata = read_tensors(path, ENCODER_FORMAT)
    save_file(tensors, path, metadata | dict(changes))


@pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])
def test_round_trip(config: EncoderConfig, tmp_path: Path) -> None:
    original, path = network(config), tmp_path / "新しい" / "encoder.safetensors"
    save_encoder(path, original, TRAINING)
    loaded = load_encoder(path)
    assert loaded.network.config == config
    assert loaded.training == TRAINING
    assert not loaded.network.training
    for name, value in original.state_dict().items():
        assert torch.equal(loaded.network.state_dict()[name], value), name
    assert [file.name for file in path.parent.iterdir()] == ["encoder.safetensors"]


def test_a_loaded_conv_stem_keeps_its_statistics_while_training(tmp_path: Path) -> None:
    loaded = load_encoder(saved(tmp_path, CONV)).network.train()
    assert isinstance(loaded.stem, ConvStem)
    before = {name: value.clone() for name, value in loaded.named_buffers()}
    loaded(torch.randn(2, 3, 64, 64))
    assert all(torch.equal(value, before[name]) for name, value in loaded.named_buffers())


@pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])
def test_half_precision_takes_half_the_room_and_loads_as_single(config: EncoderConfig, tmp_path: Path) -> None:
    original, full, half = network(config), tmp_path / "full.safetensors", tmp_path / "half.safetensors"
    save_encoder(full, original, TRAINING)
    save_encoder(half, original, TRAINING, half=True)
    assert half.stat().st_size < 0.6 * full.stat().st_size
    loaded = load_encoder(half).network.state_dict()
    for name, value in original.state_dict().items():
        assert loaded[name].dtype == value.dtype
        torch.testing.assert_close(loaded[name], value, rtol=2**-10, atol=1e-6)
    for value in original.state_dict().values():  # saving must not touch the network itself
        assert value.dtype != torch.float16


def test_info_is_what_was_saved(tmp_path: Path) -> None:
    path = saved(tmp_path)
    info = read_encoder_info(path)
    assert (info.path, info.config, info.training) == (path, PATCH, TRAINING)
    assert info.sha256 == load_encoder(path).sha256
    save_encoder(path, network(seed=1), TRAINING)
    assert read_encoder_info(path).sha256 != info.sha256


def test_metadata_holds_what_the_contract_asks_for(tmp_path: Path) -> None:
    _, metadata = read_tensors(saved(tmp_path), ENCODER_FORMAT)
    assert {"format", "format_version", "config", "normalisation", "training"} <= metadata.keys()


def missing(path: Path) -> None:
    path.unlink()


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def newer_version(path: Path) -> None:
    with_metadata(path, {"format_version": str(FORMAT_VERSION + 1)})


def other_format(path: Path) -> None:
    with_metadata(path, {"format": checkpoint.STATE_FORMAT})


def version_in_words(path: Path) -> None:
    with_metadata(path, {"format_version": "two"})


def broken_config(path: Path) -> None:
    with_metadata(path, {"config": "{"})


def impossible_config(path: Path) -> None:
    with_metadata(path, {"config": '{"stem": "patch", "image_size": 30, "patch_size": 8}'})


def broken_training(path: Path) -> None:
    with_metadata(path, {"training": "{"})


def not_ours(path: Path) -> None:
    save_numpy({"weight": np.zeros(3, np.float32)}, path)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("these are not weights, only words\n" * 10)


damages = pytest.mark.parametrize(
    "damage",
    [
        missing,
        folder_in_its_place,
        newer_version,
        other_format,
        version_in_words,
        broken_config,
        impossible_config,
        broken_training,
        not_ours,
        truncated,
        cut_in_the_header,
        empty,
        text,
    ],
)


@damages
def test_an_unusable_file_is_named(damage: Callable[[Path], None], tmp_path: Path) -> None:
    path = saved(tmp_path)
    damage(path)
    for read in (load_encoder, read_encoder_info):
        with pytest.raises(UserError) as error:
            read(path)
        assert str(path) in str(error.value)


def test_a_newer_file_asks_for_a_newer_program(tmp_path: Path) -> None:
    path = saved(tmp_path)
    newer_version(path)
    with pytest.raises(UserError, match="newer"):
        load_encoder(path)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with_metadata(path, {"config": '{"stem": "patch", "image_size": 32, "patch_size": 8, "dim": 32, "heads": 2}'})
    with pytest.raises(UserError, match="does not fit"):
        load_encoder(path)


def test_a_failed_rename_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()

    def refuse(*_args: object) -> None:
        raise PermissionError(13, "in use by another program")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        save_encoder(path, network(seed=1), TRAINING)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which plays a full disk")
def test_a_full_disk_is_an_os_error_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    (tmp_path / "encoder.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        save_encoder(path, network(seed=1), TRAINING)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_file_where_the_folder_should_be_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        save_encoder(tmp_path / "taken" / "encoder.safetensors", network(), TRAINING)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_colleagues_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path = saved(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_files_are_plain_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "tensors.safetensors"
    view = torch.arange(12.0).reshape(3, 4).T
    write_tensors(path, {"a": view, "b": torch.tensor(3)}, {"format": "x"})
    found = load_file(path)
    assert torch.equal(found["a"], view)
    assert found["b"] == 3


def test_an_encoder_file_carries_the_network_that_the_run_began_from(tmp_path: Path) -> None:
    torch.manual_seed(0)
    shape = EncoderConfig(image_size=64, dim=32, heads=2, encoder_blocks=1, decoder_blocks=1)
    network, base = MicmNetwork(shape), MicmNetwork(replace(shape, image_size=96, saliency=True))
    save_encoder(tmp_path / "both.safetensors", network, {"steps": 3}, base=base)
    loaded = load_encoder(tmp_path / "both.safetensors")
    assert loaded.base is not None and loaded.base.config == base.config
    for expected, found in ((network, loaded.network), (base, loaded.base)):
        values = found.state_dict()
        assert values.keys() == expected.state_dict().keys()
        assert all(torch.equal(value, values[name]) for name, value in expected.state_dict().items())
    save_encoder(tmp_path / "alone.safetensors", network, {})
    assert load_encoder(tmp_path / "alone.safetensors").base is None


@pytest.mark.parametrize(
    ("use", "expected"), [("new", [("new", 1.0)]), ("base", [("base", 1.0)]), ("both", [("new", 0.5), ("base", 0.5)])]
)
def test_the_verdict_says_which_networks_are_used(use: Use, expected: list[tuple[str, float]], tmp_path: Path) -> None:
    path, new, base = tmp_path / "new.safetensors", network(PATCH), network(CONV, seed=1)
    save_encoder(path, new, {"steps": 3})
    assert [branch.network.config for branch in load_encoder(path).branches] == [PATCH], "no verdict: the new one"
    verdict = Verdict(use, "because 理由", {"accuracy": 0.5})
    attach_base(path, LoadedEncoder(base, {"surfaces": 7}, ""), verdict)
    loaded, info = load_encoder(path), read_encoder_info(path)
    assert loaded.training == {"steps": 3, "verdict": verdict.to_dict()} == info.training
    names = {PATCH: "new", CONV: "base"}
    summaries = {PATCH: loaded.training, CONV: {"surfaces": 7}}
    for branches in (loaded.branch_infos, info.branches):
        assert [(names[branch.config], branch.weight) for branch in branches] == expected
        assert all(branch.training == summaries[branch.config] for branch in branches)
    for branch in loaded.branches:
        original = (new if branch.network.config == PATCH else base).state_dict()
        assert all(torch.equal(value, original[name]) for name, value in branch.network.state_dict().items())


def test_a_verdict_takes_another_base(tmp_path: Path) -> None:
    path, taught, started = tmp_path / "new.safetensors", network(seed=1), network(seed=2)
    save_encoder(path, network(), {"steps": 3}, base=taught)
    attach_base(path, LoadedEncoder(started, {}, ""), Verdict("base", "", {}))
    (branch,) = load_encoder(path).branches
    assert torch.equal(branch.network.class_token, started.class_token)


def test_a_verdict_without_a_base_is_no_use(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    save_encoder(path, network(), {}, verdict=Verdict("base", "", {}))
    assert [branch.weight for branch in read_encoder_info(path).branches] == [1.0]
    assert load_encoder(path).branches[0].network.config == PATCH


def test_a_verdict_that_cannot_be_written_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        attach_base(path, LoadedEncoder(network(), {}, ""), Verdict("both", "", {}))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
