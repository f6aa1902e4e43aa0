"""The command on a set with four faults, on bad input, and what its page holds."""

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from biased_set import BiasedSet, Picture, write_biased_set
from command_line import run

from micm_desktop.images.samples import DEMO_CLASSES, render_sample
from micm_desktop.inventory import measuring
from micm_desktop.inventory.findings import Finding
from micm_desktop.inventory.reasons import reason_in
from micm_desktop.inventory.words import PRESETS, SENTENCES, sentence
from micm_desktop.progress import Cancelled, JobControl

KINDS = ("scratch", "good", "pit", "stain")


def picture(kind: int, number: int) -> Picture:
    rng = np.random.default_rng([kind, number])
    if kind == 0:
        return render_sample(KINDS[0], rng)[0]
    stripes = np.tile(np.sin(np.arange(160) / (1.5 + 2 * kind))[None, :, None] * 90 + 120, (160, 1, 3))
    return np.clip(stripes + rng.normal(0, 16, stripes.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def biased(tmp_path_factory: pytest.TempPathFactory) -> BiasedSet:
    return write_biased_set(tmp_path_factory.mktemp("set") / "検査 <b>画像</b>", picture, 4, most=64, others=16)


@pytest.fixture(scope="module")
def told(biased: BiasedSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    page = tmp_path_factory.mktemp("page") / "報告.html"
    subset = page.with_name("subset.txt")
    outcome = run(
        "inventory", biased.folder, "--html", page, "--lang", "ja", "--subset", subset, "--count", 9, "--json"
    )
    assert outcome.code == 0, outcome.stderr
    return outcome.values | {"page": page.read_text("utf-8"), "subset": subset.read_text("utf-8").splitlines()}


def found(told: dict[str, object]) -> dict[str, dict[str, object]]:
    findings = told["findings"]
    assert isinstance(findings, list)
    return {one["kind"]: one for one in findings}


def test_the_four_faults_are_named(told: dict, biased: BiasedSet) -> None:
    assert told["images"] == biased.images and told["unreadable"] == []
    kinds = found(told)
    assert {"one_group", "near", "blurred", "lighting"} <= kinds.keys()
    copies = {name for group in told["duplicate_groups"] for name in group if name.endswith("b.jpg")}
    assert len(copies & biased.near) >= 0.9 * len(biased.near)
    assert len(told["duplicate_groups"]) <= len(biased.near) + 1
    blurred = set(told["quality"]["blurred"])
    assert len(blurred & biased.blurred) >= 0.7 * len(biased.blurred)
    # Another kind of product may well be less sharp than the rest, and is said to be.
    assert len(blurred & biased.main - biased.blurred) <= 0.05 * len(biased.main)
    light = told["quality"]["lighting"]
    assert light["bright_images"] == pytest.approx(biased.images - len(biased.dark), abs=0.12 * biased.images)
    assert 0.65 <= told["groups"][0]["share"] <= 0.9
    assert told["coverage"]["effective_groups"] < 3
    assert [one["share"] for one in told["groups"]] == sorted((one["share"] for one in told["groups"]), reverse=True)
    assert len(told["warnings"]) + len(told["advice"]) == len(told["findings"])


def test_an_unbiased_set_has_none_of_them(tmp_path: Path) -> None:
    for number in range(30):
        image, _ = render_sample(DEMO_CLASSES[number % 2], np.random.default_rng([number]))
        _, data = cv2.imencode(".png", image[:, :, ::-1])
        (tmp_path / f"{number}.png").write_bytes(data.tobytes())
    outcome = run("inventory", tmp_path, "--json")
    kinds = set(found(outcome.values))
    assert not kinds & {"near", "equal", "bursts", "lighting"}, outcome.values["warnings"]


def test_the_page_stands_alone_and_holds_no_foreign_markup(told: dict, biased: BiasedSet) -> None:
    page = told["page"]
    assert '<html lang="ja">' in page and "見つかったことと対策" in page
    assert "検査 &lt;b&gt;画像&lt;/b&gt;" in page and "<b>画像" not in page
    assert not re.findall(r'(?:src|href)="(?!data:image/jpeg;base64,)', page) and "<script" not in page
    for finding in found(told).values():
        one = Finding(**{key: value for key, value in finding.items() if key != "share"})
        assert sentence(one, "ja") in page.replace("&#39;", "'").replace("&#34;", '"')


def test_the_subset_covers_the_kinds_and_holds_no_copy(told: dict, biased: BiasedSet) -> None:
    subset = told["subset"]
    assert len(subset) == len(set(subset)) == 9
    assert all((biased.folder / name).is_file() for name in subset)
    assert not set(subset) & set(told["quality"]["blurred"])
    copies = [set(group) for group in told["duplicate_groups"]]
    assert all(len(group & set(subset)) <= 1 for group in copies)


def test_a_second_run_reads_only_what_is_new(
    biased: BiasedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for path in sorted(biased.folder.iterdir())[:6]:
        shutil.copy2(path, folder)
    paths, cache = sorted(folder.iterdir()), tmp_path / "cache.jsonl"
    (first,) = [e for e in measuring.measure_images(folder, paths, cache, JobControl()) if hasattr(e, "measures")]
    with cache.open("a", encoding="utf-8") as stream:
        stream.write('{"key": "cut o')
    shutil.copy(paths[0], folder / "new.png")
    read: list[str] = []
    measure = measuring.measure_image
    monkeypatch.setattr(measuring, "measure_image", lambda path, name: read.append(name) or measure(path, name))
    paths = sorted(folder.iterdir())
    (second,) = [e for e in measuring.measure_images(folder, paths, cache, JobControl()) if hasattr(e, "measures")]
    assert read == ["new.png"]
    assert set(second.measures) >= set(first.measures) and len(second.measures) == 7


def test_a_cancelled_run_keeps_what_it_measured(biased: BiasedSet, tmp_path: Path) -> None:
    control, cache = JobControl(), tmp_path / "cache.jsonl"
    events = measuring.measure_images(biased.folder, sorted(biased.folder.iterdir()), cache, control)
    for _ in range(5):
        next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        next(events)
    assert len(cache.read_text("utf-8").splitlines()) == 5


def test_broken_files_are_listed_and_the_rest_is_told(tmp_path: Path) -> None:
    image, _ = render_sample("good", np.random.default_rng(1))
    _, data = cv2.imencode(".png", image)
    (tmp_path / "a.png").write_bytes(data.tobytes())
    (tmp_path / "b.png").write_bytes(data.tobytes())
    (tmp_path / "c.png").write_bytes(data.tobytes()[:900])
    outcome = run("inventory", tmp_path, "--html", tmp_path / "out" / "page.html", "--json")
    values = outcome.values
    assert outcome.code == 3 and values["images"] == 2
    assert [Path(one["path"]).name for one in values["unreadable"]] == ["c.png"]
    assert values["duplicate_groups"] == [["a.png", "b.png"]] and values["distinct"] == 1
    assert values["groups"][0]["images"] == 2
    assert "c.png" in (tmp_path / "out" / "page.html").read_text("utf-8")


def test_pages_that_are_left_out_are_told(tmp_path: Path) -> None:
    """Only the first picture of a file is looked at, here and by whatever judges."""
    image, _ = render_sample("good", np.random.default_rng(1))
    cv2.imwritemulti(str(tmp_path / "three.tif"), [image, image[::-1], image[:, ::-1]])
    cv2.imwrite(str(tmp_path / "one.tif"), image[:50])
    outcome = run("inventory", tmp_path, "--html", tmp_path / "page.html", "--json")
    assert outcome.code == 0
    assert (
        "1 of 2 files hold several pictures (pages), of which only the first is looked at and judged: 2 are left"
        in (outcome.values["warnings"][0])
    )


def test_only_broken_files(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no image")
    outcome = run("inventory", tmp_path, "--html", tmp_path / "page.html", "--json")
    assert outcome.code == 3 and outcome.values["images"] == 0 and outcome.values["coverage"] is None
    assert outcome.values["warnings"][0].startswith("1 of 1 files cannot be read")


def write_samples(folder: Path, count: int, *, gain: float = 1.0, seed: int = 0) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        image, _ = render_sample("good", np.random.default_rng([seed, number]), size=64)
        _, data = cv2.imencode(".png", np.rint(image * gain).astype(np.uint8))
        (folder / f"{number:02d}.png").write_bytes(data.tobytes())


def test_a_darker_folder_is_told_from_another_in_json_and_on_the_page(tmp_path: Path) -> None:
    first, second = tmp_path / "先月", tmp_path / "<script>alert(1) %s {x}"
    write_samples(first, 30)
    write_samples(second, 30, gain=0.8, seed=1)
    page = tmp_path / "page.html"
    outcome = run("inventory", first, "--against", second, "--html", page, "--lang", "ja", "--json")
    assert outcome.code == 0, outcome.stderr
    drift = outcome.values["drift"]
    assert drift["differs"] and drift["compared"] == [30, 30]
    light = next(one for one in drift["figures"] if one["figure"] == "brightness")
    assert light["differs"] and np.expm1(light["change"]) == pytest.approx(-0.2, abs=0.06)
    assert set(light["unlike_against"]) <= {f"{number:02d}.png" for number in range(30)}
    text = page.read_text("utf-8")
    assert "<script" not in text and "&lt;script&gt;alert(1) %s {x}" in text
    assert all(sentence.isascii() is False for sentence in drift["sentences"] + outcome.values["warnings"])
    (first / "empty.png").touch()
    printed = run("inventory", first, "--against", second, "--lang", "ja", "--no-features")
    assert all(not line.isascii() for line in printed.stdout.splitlines() if line.strip())
    assert "読めないファイル: " in printed.stderr
    with_subset = run("inventory", first, "--no-features", "--subset", tmp_path / "s.txt")
    assert with_subset.code == 2 and "--no-features" in with_subset.stderr


def test_one_image_and_links_that_lead_nowhere(tmp_path: Path) -> None:
    write_samples(tmp_path / "one", 1)
    (tmp_path / "one" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    outcome = run("inventory", tmp_path / "one", "--json")
    assert outcome.code == 0 and outcome.values["images"] == 1 and outcome.values["unreadable"] == []
    (tmp_path / "one" / "00.png").unlink()
    assert "no images in" in run("inventory", tmp_path / "one").stderr
    write_samples(tmp_path / "two", 2)
    few = run("inventory", tmp_path / "two", "--against", tmp_path / "two")
    assert few.code == 2 and "only 2 different images" in few.stderr


def test_marked_defects_are_measured(tmp_path: Path) -> None:
    write_samples(tmp_path / "set", 2)
    (tmp_path / "boxes.csv").write_text(
        "image,class,xmin,ymin,xmax,ymax\n00.png,pit,1,1,4,4\n01.png,pit,1,1,40,30\n", encoding="utf-8"
    )
    outcome = run("inventory", tmp_path / "set", "--boxes", tmp_path / "boxes.csv", "--json")
    (said,) = (one for one in outcome.values["warnings"] if "marked defects" in one)
    # 3 of 64 pixels, in an input of 224 pixels and patches of 16.
    assert "The smallest of 2 marked defects has 10 pixels in the encoder's input, 0.7 patches" in said


def test_reasons_are_translated() -> None:
    for reason in ("the file is damaged", "the file could not be read (Is a <b>)", "the image has no pixels (0 x 7)"):
        assert not reason_in(reason, "ja").replace("Is a <b>", "").isascii() and reason_in(reason, "en") == reason
    assert "Is a <b>" in reason_in("the file could not be read (Is a <b>)", "ja")
    assert reason_in("something new", "ja") == "something new"


def test_unusable_input_is_refused_in_words(tmp_path: Path) -> None:
    assert "no images in" in run("inventory", tmp_path).stderr
    missing = run("inventory", tmp_path / "nowhere")
    assert missing.code == 2 and "does not exist" in missing.stderr
    assert run("inventory", tmp_path, "--lang", "fr").code == 2


def test_every_finding_has_words_in_both_languages() -> None:
    assert SENTENCES["en"].keys() == SENTENCES["ja"].keys()
    assert PRESETS["en"].keys() == PRESETS["ja"].keys()
    fields = {kind: set(re.findall(r"{(\w+)}", text)) for kind, text in SENTENCES["en"].items()}
    assert fields == {kind: set(re.findall(r"{(\w+)}", text)) for kind, text in SENTENCES["ja"].items()}
