"""A disk that is really full, and folders that really cannot be written: it is said, nothing that was acknowledged is
lost, nothing half is left, and work goes on once there is room."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import run
from crashes import replayed, state_of
from labeling_bench import KINDS, LabelingBench
from small_disk import SmallDisk, make_read_only, make_writable, own_mounts

from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project import label_file
from micm_desktop.project.label_exchange import write_text
from micm_desktop.project.store import Project

MEGABYTE = 1 << 20

pytestmark = pytest.mark.usefixtures("mounts")


@pytest.fixture(scope="module")
def mounts() -> None:
    own_mounts()


@pytest.fixture
def disk(mounts: None, tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk", 8 * MEGABYTE)
    yield disk
    disk.unmount()


def tag_until_refused(project: Project, class_id: int) -> None:
    while True:
        project.tag([f"{len(project.tags()):064x}"], class_id)


def test_labels_on_a_full_disk(disk: SmallDisk) -> None:
    folder = disk.folder / "案件"
    project = Project.open_exclusively(folder)
    scratch = project.add_class("scratch").id
    for room in (100_000, 4096, 0):
        disk.fill(room)
        with pytest.raises(UserError, match=r"is full; the last change was not saved"):
            tag_until_refused(project, scratch)
        before = len(project.tags())
        assert before == len(project.history()) - 1 and state_of(project) == replayed(project)
        with pytest.raises(UserError, match=r"the disk is full"):
            project.back_up()
        assert list((folder / "backups").iterdir()) == []
        labels = disk.folder / "labels.csv"
        with pytest.raises(OSError, match="No space left"):
            write_text(labels, label_file.to_text(project.label_lines()) + " " * room)
        with pytest.raises(UserError, match="is full"):
            Project.open(disk.folder / "another")
        looked = Project.look_into(folder)
        assert len(looked.tags()) == before, "what only reads goes on"
        looked.close()
        disk.empty()
        assert not labels.exists() and not list(disk.folder.glob("*.part"))
        project.tag(["f" * 58 + f"{room:06d}"], scratch)
        backup = project.back_up()
        assert [one.problem for one in project.backups()] == [""]
        backup.unlink()
    disk.fill()
    project.close()
    with pytest.raises(UserError, match="is full"):
        Project.open_exclusively(folder)
    disk.empty()
    again = Project.open_exclusively(folder)
    assert again.holder is None and len(again.tags()) == before + 1
    again.close()


@pytest.mark.slow
def test_jobs_on_a_full_disk(disk: SmallDisk, labeled: Path, patch_encoder: Path) -> None:
    bench = LabelingBench(disk.folder, labeled, patch_encoder)
    bench.start()
    bench.tag(*KINDS)
    labeling, folder = bench.labeling, bench.labeling.project.folder
    labeling.load_features()
    model, table, page = (disk.folder / name for name in ("model.onnx", "results.csv", "report.html"))
    list(labeling.export(model, JobControl()))
    before = model.read_bytes()

    def said(*words: str | Path) -> str:
        found = run(*words)
        assert found.code in (1, 2), found.stderr
        return found.stderr

    disk.fill(len(before) // 2)
    with pytest.raises(OSError, match="No space left"):
        list(labeling.export(model, JobControl()))
    assert model.read_bytes() == before
    disk.fill()
    assert "results.csv" in said("predict", model, bench.pictures, "--out", table)
    disk.empty()
    disk.fill(40_000)
    assert "report.html" in said("report", folder, "--out", page)
    disk.empty()
    assert not page.exists() and [file.name for file in disk.folder.glob("*.part")] == ["results.csv.part"]
    assert run("predict", model, bench.pictures, "--out", table).code == 0, "goes on where it was"
    assert not list(disk.folder.glob("*.part"))
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 19
    assert run("verify", model).code == 0
    labeling.close()


@pytest.mark.slow
def test_pretraining_on_a_full_disk(disk: SmallDisk, labeled: Path, patch_encoder: Path) -> None:
    from tiny_micm import tiny_run

    bench = LabelingBench(disk.folder, labeled, patch_encoder)
    bench.start()
    labeling = bench.labeling
    disk.fill(30_000)
    with pytest.raises((OSError, UserError), match=r"No space left|full"):
        list(labeling.pretrain(tiny_run(epochs=2, checkpoint_seconds=0.01), JobControl()))
    disk.empty()
    files = [file.name for file in (labeling.project.folder / "encoders").iterdir()]
    assert not [name for name in files if name.endswith(".part")]
    assert len(labeling.project.encoders()) == 1
    list(labeling.pretrain(tiny_run(epochs=2), JobControl(), resume=labeling.can_resume()))
    assert all(read_encoder_info(one.path).sha256 for one in labeling.project.encoders())
    assert len(labeling.project.encoders()) == 2
    labeling.close()


def test_a_folder_that_turns_read_only(tmp_path: Path) -> None:
    folder = tmp_path / "案件"
    project = Project.open_exclusively(folder)
    scratch = project.add_class("scratch").id
    project.tag(["a"], scratch)
    make_read_only(folder)
    try:
        # What SQLite has open stays writable, as after a change of permissions: what is acknowledged is on the disk.
        project.tag(["b"], scratch)
        with pytest.raises(UserError, match=r"Read-only file system\)\. Check the place and its free space"):
            project.back_up()
        project.close()
        opening: list[Callable[[Path], Project]] = [Project.open, Project.open_exclusively]
        for way in opening:
            with pytest.raises(UserError, match=r"cannot be written\. Choose a folder"):
                way(folder)
        looked = Project.look_into(folder)
        assert looked.tags() == {"a": scratch, "b": scratch}
        with pytest.raises(UserError, match="only to look"):
            looked.tag(["c"], scratch)
        looked.close()
    finally:
        make_writable(folder)
    again = Project.open_exclusively(folder)
    assert again.holder is None and again.tags() == {"a": scratch, "b": scratch} and state_of(again) == replayed(again)
    again.close()
