"""Shared by all tests: settings, a small labeled folder, and encoders and model files that were really made."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from tiny_model import TinyModel

if "PYTEST_XDIST_WORKER" in os.environ:
    # Two processes of two threads each wait for one another on two cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long one example takes says more of the computer's load than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


class ByWhatTheyShare(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests in one process, and in one process all that lean on model files, which take long to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "model files" if file.startswith(("tests/cli/", "tests/export/", "tests/real/")) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByWhatTheyShare:
    return ByWhatTheyShare(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two processes for all quick tests; none but this one for files named, and for slow tests, which train by time."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(2, os.cpu_count() or 1) if everything and config.option.markexpr == "not slow" else 0


# What needs torch is imported where it is used, so that the other tests start at once.


@pytest.fixture(scope="session")
def labeled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six sample pictures of each of six classes, in a sub-folder each, and ``boxes.csv``. Not to be changed."""
    from micm_desktop.images.samples import write_sample_set

    root = tmp_path_factory.mktemp("labeled") / "検査画像"
    write_sample_set(root, per_class=6, size=96)
    return root


@pytest.fixture(scope="session")
def patch_encoder(labeled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder with a ``patch`` stem, pretrained on ``labeled`` for one epoch."""
    from tiny_model import pretrain_patch

    return pretrain_patch(labeled, tmp_path_factory.mktemp("patch") / "patch.safetensors")


@pytest.fixture(scope="session")
def conv_encoder(labeled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny blocks on the starter's ``conv`` stem, pretrained on ``labeled`` for one epoch."""
    from tiny_model import pretrain_conv

    return pretrain_conv(labeled, tmp_path_factory.mktemp("conv") / "conv.safetensors")


@pytest.fixture(scope="session")
def patch_model(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> "TinyModel":
    """A model file from ``labeled`` and ``patch_encoder``, and the torch module it was made of."""
    from tiny_model import export_tiny

    return export_tiny(patch_encoder, labeled, tmp_path_factory.mktemp("model") / "patch.onnx")


@pytest.fixture(scope="session")
def conv_model(labeled: Path, conv_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> "TinyModel":
    """A model file from ``labeled`` and ``conv_encoder``, and the torch module it was made of."""
    from tiny_model import export_tiny

    return export_tiny(conv_encoder, labeled, tmp_path_factory.mktemp("model") / "conv.onnx")


@pytest.fixture(scope="session")
def model_file(patch_model: "TinyModel") -> Path:
    """A model file that tells the classes of ``labeled`` apart, as well as a tiny encoder can."""
    return patch_model.file


@pytest.fixture
def permissions_bind(tmp_path: Path) -> None:
    """Skip the test where taking permissions away has no effect: for an administrator, or on Windows."""
    probe = tmp_path.parent / f"{tmp_path.name}-probe"
    probe.write_bytes(b"")
    probe.chmod(0o444)
    try:
        probe.open("ab").close()
    except PermissionError:
        return
    pytest.skip("permissions do not bind this user")
