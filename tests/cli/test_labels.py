"""The command that writes labels as CSV and takes them up, by its words, JSON and exit codes."""

from pathlib import Path

from command_line import run
from workbench import Workbench

from micm_desktop.project.store import Project


def test_out_from_merge_and_dry_run(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    for seed in range(3):
        bench.write(f"部品 {seed}.png", seed)
    bench.project.add_folder(bench.pictures)
    images = [image.sha256 for image in bench.scan().values()]
    dent = bench.project.add_class("へこみ")
    bench.project.tag(images, dent.id)
    bench.project.close()
    folder, file = bench.project.folder, tmp_path / "ラベル.csv"
    assert run("labels", folder, "--out", file, "--json").values == {"exported": 3, "file": str(file)}
    found = run("labels", folder, "--from", file, "--json")
    keys = {"added": 0, "unchanged": 3, "conflicts": 0, "missing": 0, "conflict_list": [], "missing_list": []}
    assert found.code == 0 and found.values == keys

    project = Project.open(folder)
    scratch = project.add_class("scratch")
    project.tag([images[0]], scratch.id)
    project.tag([images[1]], None)
    project.close()
    dry = run("labels", folder, "--from", file, "--dry-run", "--json")
    assert (dry.code, dry.values["added"], dry.values["conflicts"]) == (1, 0, 1)
    assert "Nothing would be taken up" in dry.stderr and "With --merge the project's own labels stay" in dry.stderr
    dry = run("labels", folder, "--from", file, "--dry-run", "--merge", "--json")
    assert (dry.code, dry.values["added"], dry.values["conflicts"]) == (0, 1, 1)
    assert "disagree, the project's own labels stay" in dry.stderr
    refused = run("labels", folder, "--from", file, "--json")
    assert (refused.code, refused.values["added"], refused.values["unchanged"]) == (1, 0, 1)
    assert refused.values["conflict_list"][0]["here"] == "scratch" and "With --merge" in refused.stderr
    merged = run("labels", folder, "--from", file, "--merge")
    assert merged.code == 0 and "added: 1" in merged.stdout and "line 2: 部品 0.png is scratch" in merged.stderr
    project = Project.open(folder)
    assert project.tags() == {images[0]: scratch.id, images[1]: dent.id, images[2]: dent.id}
    project.close()

    window = Project.open_exclusively(folder)
    assert run("labels", folder, "--from", file).code == 2
    assert run("labels", folder, "--from", file, "--dry-run", "--merge").code == 0
    assert run("labels", folder, "--out", tmp_path / "again.csv").code == 0
    window.close()


def test_wrong_use(tmp_path: Path) -> None:
    Project.open(tmp_path / "project").close()
    file = tmp_path / "labels.csv"
    for arguments in ([], ["--out", file, "--from", file], ["--out", file, "--merge"], ["--out", tmp_path / "a.txt"]):
        assert run("labels", tmp_path / "project", *arguments).code == 2
    assert "cannot be read" in run("labels", tmp_path / "project", "--from", file).stderr
    file.write_bytes(b"path,class\na.png\n")
    wrong = run("labels", tmp_path / "project", "--from", file)
    assert wrong.code == 2 and "line 2" in wrong.stderr
