"""Labels as a file: out and in again exactly, nothing overwritten, and what is wrong said by line number."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench import Workbench, write_image

from micm_desktop.progress import JobControl, UserError
from micm_desktop.project import label_file
from micm_desktop.project.label_exchange import write_text
from micm_desktop.project.records import UNSURE, LabelLine
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

NAMES = ["良品", 'a "b", c', "=1+1", " へこみ", "𠮷 dent,"]


@pytest.fixture
def labeled(bench: Workbench) -> Workbench:
    """Four images: one good with a region, one dent with a region of its own class, one unsure, one without a label."""
    for seed in range(4):
        bench.write(f"部品, {seed}.png", seed)
    bench.project.add_folder(bench.pictures)
    images = list(bench.scan().values())
    good, dent = bench.project.add_class("良品", is_good=True), bench.project.add_class("dent")
    bench.project.tag([images[0].sha256], good.id)
    bench.project.add_region(images[0].sha256, None, 0.1, 2, 5.5, 12)
    bench.project.add_region(images[0].sha256, None, 1 / 3, 2, 5.5, 12)
    bench.project.tag([images[1].sha256], dent.id)
    bench.project.add_region(images[1].sha256, good.id, 1, 2, 3, 4)
    bench.project.tag([images[2].sha256], UNSURE)
    return bench


def fresh(bench: Workbench, name: str) -> Project:
    """Another project on the same pictures."""
    project = Project.open(bench.root / name)
    project.add_folder(bench.pictures)
    for _ in project.scan(JobControl()):
        pass
    return project


def through_file(lines: list[LabelLine], file: Path) -> list[LabelLine]:
    write_text(file, label_file.to_text(lines))
    return label_file.read_lines(file)


def test_the_file_is_that_of_the_contract(labeled: Workbench) -> None:
    file = labeled.root / "labels.csv"
    write_text(file, label_file.to_text(labeled.project.label_lines()))
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfpath,sha256,class,xmin,ymin,xmax,ymax,source,at,by,")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith('"部品, 0.png",') and ",良品,0.1,2,5.5,12,human,20" in lines[1]
    assert ",dent,,,,,human,20" in lines[3] and ",良品,1,2,3,4,human,20" in lines[4]
    assert len(lines) == 1 + 5 + 1, "one line per label"


def test_out_and_in_again(labeled: Workbench) -> None:
    lines = labeled.project.label_lines()
    text = label_file.to_text(lines)
    read = through_file(lines, labeled.root / "labels.csv")
    other = fresh(labeled, "other")
    dry = other.take_up_labels(read, dry_run=True)
    assert other.history() == [] and (dry.added, dry.unchanged) == (5, 0)
    assert other.take_up_labels(read) == dry
    assert label_file.to_text(other.label_lines()) == text, "who, when and how included"
    assert [(one.name, one.is_good) for one in other.classes()] == [("良品", True), ("dent", False)]
    again = other.take_up_labels(read)
    assert (again.added, again.unchanged, again.conflicts, again.missing) == (0, 5, (), ())
    done, _ = replay(other.steps())
    assert len(done) == 1
    other.take_back(done[-1].latest)
    assert other.tags() == {} and other.regions() == [] and other.classes() == []
    other.close()


CONTENTS = [f"{letter * 64}" for letter in "abcd"]
BOXES = st.tuples(*(st.floats(0, 500, allow_subnormal=False) for _ in range(2))).flatmap(
    lambda low: st.tuples(*(st.just(edge) for edge in low), *(st.floats(edge + 1, edge + 300) for edge in low))
)


@settings(max_examples=6)
@given(
    tags=st.dictionaries(st.sampled_from(CONTENTS), st.integers(-1, len(NAMES) - 1)),
    regions=st.lists(st.tuples(st.sampled_from(CONTENTS), st.integers(-1, len(NAMES) - 1), BOXES), max_size=6),
)
def test_any_labels_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    tags: dict[str, int],
    regions: list[tuple[str, int, tuple[float, float, float, float]]],
) -> None:
    root = tmp_path_factory.mktemp("any")
    first = Project.open(root / "first")
    ids = [first.add_class(name, is_good=place % 2 == 0).id for place, name in enumerate(NAMES)]
    for content, place in tags.items():
        first.tag([content], ids[place] if place >= 0 else UNSURE)
    for content, place, box in regions:
        first.add_region(content, ids[place] if place >= 0 else None, *box)
    read = through_file(first.label_lines(), root / "labels.csv")
    second = Project.open(root / "second")
    # The contents are known to it, without labels.
    for content in CONTENTS:
        second.add_region(content, None, 0, 0, 9999, 9999)
    second.take_up_labels(read)
    names = [{record.id: record.name for record in project.classes()} for project in (first, second)]

    def state(project: Project, names: dict[int, str]) -> tuple[object, ...]:
        boxes = [
            (one.sha256, names.get(one.class_id or 0), one.xmin, one.ymin, one.xmax, one.ymax)
            for one in project.regions()
            if one.xmax < 9999
        ]
        good = {record.name: record.is_good for record in project.classes() if record.name in used}
        return {key: names[tag] for key, tag in project.tags().items()}, project.unsure(), sorted(boxes, key=str), good

    used = set(names[1].values())
    assert state(first, names[0]) == state(second, names[1])
    first.close()
    second.close()
    shutil.rmtree(root)


def test_nothing_is_overwritten(labeled: Workbench) -> None:
    read = through_file(labeled.project.label_lines(), labeled.root / "labels.csv")
    other = fresh(labeled, "other")
    images = [image.sha256 for image in other.images()]
    stain = other.add_class("stain")
    other.tag([images[0]], stain.id)
    other.tag([images[2]], stain.id)
    before = other.history()
    found = other.take_up_labels(read)
    assert found.added == 0 and other.history() == before
    assert [(one.line.number, one.why, one.here) for one in found.conflicts] == [
        (2, "tag", "stain"),
        (3, "tag", "stain"),
        (6, "tag", "stain"),
    ]
    merged = other.take_up_labels(read, merge=True)
    assert (merged.added, len(merged.conflicts)) == (2, 3)
    dent = next(record.id for record in other.classes() if record.name == "dent")
    assert other.tags() == {images[0]: stain.id, images[1]: dent, images[2]: stain.id}
    assert len(other.regions()) == 1
    other.close()


def test_content_comes_before_path(labeled: Workbench) -> None:
    lines = labeled.project.label_lines()
    other = fresh(labeled, "other")
    # Moved and renamed: the content tells. Another content under the old name: not what was labelled.
    (labeled.pictures / "sub").mkdir()
    (labeled.pictures / "部品, 0.png").rename(labeled.pictures / "sub" / "new.png")
    write_image(labeled.pictures / "部品, 1.png", 77)
    write_image(labeled.pictures / "sub" / "x.png", 78)
    write_image(labeled.root / "second" / "sub" / "x.png", 79)
    other.add_folder(labeled.root / "second")
    for _ in other.scan(JobControl()):
        pass
    found = other.take_up_labels(lines, merge=True)
    assert [(one.line.path, one.why) for one in found.conflicts] == [("部品, 1.png", "content")] * 2
    moved = next(image for image in other.images() if image.relative_path == "sub/new.png")
    assert moved.sha256 in other.tags()
    without = [
        LabelLine("部品, 1.png", "", "dent"),
        LabelLine("sub\\new.png", "", "良品"),
        LabelLine("sub/x.png", "", "dent"),
        LabelLine("gone.png", "", "dent"),
        LabelLine("gone too.png", "0" * 64, "dent"),
        LabelLine(str(labeled.pictures / "部品, 3.png"), "", "dent"),
    ]
    found = other.take_up_labels(without, merge=True)
    assert (found.added, found.unchanged) == (2, 1)
    assert [one.why for one in found.conflicts] == ["path"]
    assert [line.path for line in found.missing] == ["gone.png", "gone too.png"]
    other.close()


def test_a_file_with_the_columns_of_the_contract_alone(labeled: Workbench) -> None:
    names = [image.relative_path for image in labeled.project.images()]
    file = labeled.root / "theirs.csv"
    rows = [
        f'"{names[0]}",,scratch,1,1,4,4,,,',
        f'"{names[0]}",,Scratch,5,5,6,6,,,',
        f'"{names[1]}",,scratch,1,1,4,4,,,',
        f'"{names[1]}",,dent,,,,,,,',
        f'"{names[2]}",,scratch,1,1,4,4,,,',
        f'"{names[2]}",,dent,1,1,4,4,,,',
    ]
    file.write_text("\n".join([",".join(label_file.CONTRACT), *rows, ""]), encoding="utf-8")
    other = fresh(labeled, "other")
    assert other.take_up_labels(label_file.read_lines(file)).added == 6
    ids = {record.name: record.id for record in other.classes()}
    images = [image.sha256 for image in other.images()]
    assert other.tags() == {images[0]: ids["scratch"], images[1]: ids["dent"]}
    regions = [(one.sha256, one.class_id) for one in other.regions()]
    assert sorted(regions, key=str) == sorted(
        [
            (images[0], None),
            (images[0], None),
            (images[1], ids["scratch"]),
            (images[2], ids["scratch"]),
            (images[2], ids["dent"]),
        ],
        key=str,
    )
    assert {line.source for line in other.label_lines()} == {"import"}
    other.close()


HASH = "0" * 64


def bad_files() -> Iterator[tuple[bytes, str]]:
    def told(text: str) -> bytes:
        return f"path,sha256,class,xmin,ymin,xmax,ymax,unsure\n{text}\n".encode()

    yield b"", "line 1: the columns"
    yield b"name,label\na,b\n", "line 1: the columns"
    yield "\ufeffpath;class\na.png;good\n".encode(), "line 1: “;” separates the cells, where a comma should"
    yield b"path\tsha256\tclass\n", "line 1: “Tab” separates the cells"
    yield b"class\ngood\n", "line 1: the columns"
    yield b"path,class,class\n", "line 1: the column 'class' is there twice"
    yield told("a.png,,dent"), "line 2: there are 3 cells, and 8 columns"
    yield told(f"a.png,{HASH},dent,,,,,\nb.png,xyz,dent,,,,,"), "line 3: 'xyz' is not a content hash"
    yield told(",,dent,,,,,"), "line 2: neither path nor sha256"
    yield told("a.png,,,,,,,"), "line 2: there is neither a class nor a box"
    yield told("a.png,,dent,1,,3,4,"), "line 2: a box needs all"
    yield told("a.png,,dent,1,2,x,4,"), "line 2: '1, 2, x, 4' are not four numbers"
    yield told("a.png,,dent,1,2,nan,4,"), "line 2: the box"
    yield told("a.png,,dent,1,2,inf,4,"), "line 2: the box"
    yield told("a.png,,dent,-1,2,3,4,"), "line 2: the box"
    yield told("a.png,,dent,5,2,3,4,"), "line 2: the box"
    yield told("a.png,,dent,,,,,2"), "line 2: the column unsure must be 0 or 1, not '2'"
    yield told("a.png,,dent,,,,,1"), "line 2: an image cannot be unsure and have a class"
    yield told('a.png,,"dent\nx'), "line 3: this is not CSV"
    yield b"path,class,source\na,b,robot\n", "line 2: the column source"
    yield b"path,class,at\na,b,yesterday\n", "line 2: 'yesterday' is not a time"
    yield "path,class\nok.png,dent\n部品.png,傷\n".encode("cp932"), "line 3: the text is not UTF-8"


@pytest.mark.parametrize(("content", "message"), list(bad_files()))
def test_bad_files_are_refused_by_line(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        label_file.read_lines(file)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([LabelLine("", HASH, "a", number=2), LabelLine("", HASH, "b", number=3)], "Line 3 contradicts line 2"),
        ([LabelLine("", HASH, "a", number=2), LabelLine("", HASH, "", unsure=True, number=5)], "Line 5 contradicts"),
        ([LabelLine("", HASH, "a\x07b", number=4)], "Line 4: The class name holds a line break"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(lines: list[LabelLine], message: str, tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    project.add_region(HASH, None, 0, 0, 1, 1)
    before = project.history()
    with pytest.raises(UserError, match=message):
        project.take_up_labels(lines)
    assert project.history() == before and project.tags() == {}
    project.close()


def test_a_box_beside_the_image_is_refused(labeled: Workbench) -> None:
    line = LabelLine("部品, 3.png", "", "dent", (1, 1, 14, 5), number=7)
    with pytest.raises(UserError, match="Line 7: the box reaches over the edge of the image, which has 12 x 12"):
        labeled.project.take_up_labels([line])
