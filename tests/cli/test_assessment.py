"""Setting images aside, and telling how good a project is, from the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from labeling_bench import KINDS, LabelingBench, opened

from micm_desktop.cli.leaving_out import locked_images, without_locked
from micm_desktop.file_hash import file_hash
from micm_desktop.images.scan import find_images
from micm_desktop.project.folders import project_for_images, projects_folder
from micm_desktop.project.store import Project


@pytest.fixture(scope="module")
def made(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelingBench]:
    for bench in opened(tmp_path_factory.mktemp("assessed"), labeled, patch_encoder):
        bench.start()
        yield bench


def test_from_locking_to_figures(made: LabelingBench, tmp_path: Path) -> None:
    folder = made.labeling.project.folder
    empty = run("assess", folder, "--json")
    assert empty.code == 2 and empty.values["source"] == "none"
    assert [note["kind"] for note in empty.values["notes"]] == ["one_class"]

    locked = run("test-set", folder, "--lock", "33%", "--json")
    assert locked.code == 0 and (locked.values["locked"], locked.values["tagged"]) == (6, 0)
    assert len(locked.values["images"]) == 6 and all(Path(path).is_file() for path in locked.values["images"])
    ids = made.tag(*KINDS, each=6)
    made.labeling.project.change_class(ids["good"], is_good=True)
    listed = run("test-set", folder)
    assert listed.code == 0 and "6 images are locked, 6 of them tagged" in listed.stdout
    assert "locked 6 (random 33 %, seed 0)" in listed.stdout

    found = run(
        "assess", folder, "--no-learning", "--compare-method", "prototype", "--compare-encoder", "tiny", "--json"
    )
    assert found.code == 0, found.stderr
    values = found.values
    assert (values["source"], values["judged"], values["test_set"]["locked"]) == ("locked", 6, 6)
    assert [one["support"] for one in values["classes"]] == [4, 4, 4] and values["learning"] is None
    by_method, by_encoder = values["comparisons"]
    assert by_method["first"] == "auto" and by_method["second"] == "prototype" and by_method["judged"] == 6
    assert by_encoder["paired"]["p_value"] == 1 and by_encoder["paired"]["better"] is None
    told = run("assess", folder, "--by", "leave-one-out", "--compare-method", "ridge")
    assert told.code == 0 and "12 tagged images, judged without their own tag" in told.stdout
    for text in ("missed defects", "learning curve", "better: cannot be told", "Only 12 images are judged"):
        assert text in told.stdout

    images = list(find_images(made.pictures))
    hidden = {Path(path).name for path in locked.values["images"]}
    for project in (folder, None):
        kept = without_locked(images, locked_images(made.pictures, project))
        assert len(kept) == (12 if project else 18) and (not project or not {path.name for path in kept} & hidden)
    subset = tmp_path / "subset.txt"
    chosen = run("inventory", made.pictures, "--subset", subset, "--encoder", made.encoder, "--test-set", folder)
    assert chosen.code == 0 and "left out: 6" in chosen.stderr
    assert subset.read_text() and not {Path(line).name for line in subset.read_text().splitlines()} & hidden
    refused = run(
        "fit",
        made.pictures,
        "--encoder",
        made.encoder,
        "--out",
        tmp_path / "m.onnx",
        "--shots",
        5,
        "--test-set",
        folder,
        "--tiles",
        1,
    )
    assert refused.code == 2 and "left out: 6" in refused.stderr and "has 4 readable images" in refused.stderr

    given_up = run("test-set", folder, "--unlock", "--json")
    assert given_up.code == 0 and given_up.values["locked"] == 0 and given_up.values["unlocked"] == 6
    assert "no longer independent" in given_up.stderr
    refused = run("test-set", folder, "--lock", "50%")
    assert refused.code == 2 and "have or had a tag" in refused.stderr


def test_the_folders_own_project_is_found(labeled: Path) -> None:
    images = list(find_images(labeled))
    project = Project.open(project_for_images(labeled, projects_folder()))
    project.add_folder(labeled)
    project.lock([file_hash(images[0])], "list")
    project.close()
    assert without_locked(images, locked_images(labeled, None)) == images[1:]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("assess", "NONE"), "There is no project in"),
        (("test-set", "NONE"), "There is no project in"),
        (("test-set", "PROJECT", "--lock", "20%", "--unlock"), "Give one of"),
        (("test-set", "PROJECT", "--lock", "many"), "must be a share such as 20%"),
        (("test-set", "PROJECT", "--lock", "100%"), "above 0 % and below 100 %"),
        (("test-set", "PROJECT", "--list", "NONE"), "cannot be read"),
        (("assess", "PROJECT", "--by", "luck"), "--by must be one of"),
        (("assess", "PROJECT", "--compare-method", "finetune"), "Methods that can be compared"),
        (("assess", "PROJECT", "--compare-encoder", "none"), "There is no encoder 'none'"),
        (("pretrain", "IMAGES", "--out", "OUT.safetensors", "--test-set", "NONE"), "There is no project in"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], said: str, made: LabelingBench, tmp_path: Path) -> None:
    places = {"NONE": tmp_path / "none", "PROJECT": made.labeling.project.folder, "IMAGES": made.pictures}
    outcome = run(*(places.get(one, one) for one in arguments))
    assert outcome.code == 2 and said in outcome.stderr
