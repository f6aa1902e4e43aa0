"""Filters, orders and columns of the gallery against plain loops."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.gui.models.columns import Columns, columns_of
from micm_desktop.gui.models.filters import Filter, folders_to_choose, matching
from micm_desktop.gui.models.ordering import KEYS, Order, ordered
from micm_desktop.gui.models.outcomes import VERDICTS, Judged, judge
from micm_desktop.gui.pages.images import ALL, rows_to_show
from micm_desktop.gui.snapshot import EMPTY, Snapshot
from micm_desktop.gui.tag_column import TagColumn
from micm_desktop.labeling import Predictions
from micm_desktop.project.records import UNSURE, ClassRecord, ImageRecord, TagChange

CLASSES = tuple(ClassRecord(number, name, "#000000", "", False) for number, name in ((4, "a"), (2, "b"), (7, "c")))
PATHS = (
    "lot 2/part 10.png",
    "lot 2/part 9.png",
    "Lot 10/x/Ｐart 1.png",
    "部品/傷.bmp",
    "lot 2.png",
    "lot 20/part 1.png",
)
STATES = ("ok", "ok", "ok", "unreadable", "missing")


@st.composite
def image_lists(draw: st.DrawFn) -> list[ImageRecord]:
    images = []
    for number in range(draw(st.integers(0, 12))):
        status: Any = draw(st.sampled_from(STATES))
        sha = draw(st.sampled_from("pqr")) if status == "ok" else draw(st.sampled_from(("", "s")))
        path = draw(st.sampled_from(PATHS))
        folder = draw(st.integers(1, 2))
        time = draw(st.sampled_from((1.0, 2.0, 3.0)))
        images.append(ImageRecord(number, f"/d/root{folder}", path, folder, path, sha, 1, 1, 1, time, status, ""))
    return images


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[ImageRecord], Columns, np.ndarray, Judged | None]:
    images = draw(image_lists())
    count = len(images)

    def numbers(values: Any) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=count, max_size=count)))

    tags = numbers(st.sampled_from((0, 0, 2, 4, 7))).astype(np.int64)
    if draw(st.booleans()):
        return images, columns_of(images), tags, None
    index = numbers(st.integers(-1, 2)).astype(np.int64)
    outcome = np.where(index < 0, -1, numbers(st.integers(0, 4))).astype(np.int8)
    shares = numbers(st.sampled_from((0.25, 0.5, 0.75))).astype(np.float32)
    predictions = SimpleNamespace(
        classes=CLASSES, class_index=index, outcome=outcome, confidence=shares, oddity=1 - shares, unknown=outcome == 3
    )
    return images, columns_of(images), tags, judge(cast(Predictions, predictions), None, {})


FILTERS = st.builds(
    Filter,
    tag=st.sampled_from((None, "tagged", "untagged", 2, 4)),
    predicted=st.sampled_from((None, 2, 7)),
    verdict=st.sampled_from((None, *VERDICTS)),
    folder=st.sampled_from((None, "root1", "root1/lot 2", "root2/Lot 10", "lot 2", "部品")),
    text=st.sampled_from(("", "part", "PART 1", "10 lot", "傷", "lot 2/")),
)


def folder_name(image: ImageRecord, images: list[ImageRecord]) -> str:
    parts = image.relative_path.split("/")[:-1]
    several = len({one.folder_id for one in images}) > 1
    return "/".join([f"root{image.folder_id}", *parts] if several else parts)


@given(situations(), FILTERS)
def test_a_filter_lets_through_what_meets_all_conditions(situation: Any, chosen: Filter) -> None:
    images, columns, tags, judged = situation

    def fits(row: int) -> bool:
        image, tag = images[row], int(tags[row])
        predicted, verdict = 0, None
        if judged is not None and judged.predictions.outcome[row] >= 0:
            verdict = VERDICTS[judged.predictions.outcome[row]]
            predicted = 0 if verdict == "unknown" else CLASSES[judged.predictions.class_index[row]].id
        path = image.relative_path.replace("Ｐ", "p").lower()
        folder = folder_name(image, images)
        return (
            image.status == "ok"
            and chosen.tag in (None, tag, "tagged" if tag else "untagged")
            and chosen.predicted in (None, predicted)
            and chosen.verdict in (None, verdict)
            and (chosen.folder is None or f"{folder}/".startswith(f"{chosen.folder}/"))
            and all(word in path for word in chosen.text.lower().split())
        )

    assert matching(chosen, columns, tags, judged).tolist() == [fits(row) for row in range(len(images))]


@given(situations(), st.sampled_from(KEYS), st.booleans())
def test_an_order_sorts_by_its_value_then_by_name(situation: Any, by: Any, descending: bool) -> None:
    images, columns, tags, judged = situation
    places = {record.id: place for place, record in enumerate(CLASSES)}
    name_place = {row: place for place, row in enumerate(columns.by_name.tolist())}

    def value(row: int) -> float | None:
        if by == "time":
            return images[row].modified
        if by == "tag":
            return places.get(int(tags[row]))
        if judged is None or judged.outcome[row] < 0:
            return None
        if by == "class":
            return places.get(int(judged.class_ids[row]))
        return float(judged.predictions.confidence[row] if by == "confidence" else judged.predictions.oddity[row])

    readable = [row for row in range(len(images)) if images[row].status == "ok"]
    if by == "name":
        expected = sorted(readable, key=lambda row: name_place[row], reverse=descending)
    else:
        sign = -1 if descending else 1
        expected = sorted(
            readable,
            key=lambda row: (value(row) is None, sign * (value(row) or 0), name_place[row]),
        )
    found = ordered(Order(by, descending), columns.readable, columns, tags, judged, [one.id for one in CLASSES])
    assert found.tolist() == expected


@given(image_lists())
def test_columns_say_what_the_records_say(images: list[ImageRecord]) -> None:
    columns = columns_of(images)
    readable = [image.sha256 for image in images if image.status == "ok"]
    assert columns.usable == len(readable) and columns.extra_copies == len(readable) - len(set(readable))
    copies = [row for row, image in enumerate(images) if image.status == "ok" and readable.count(image.sha256) > 1]
    assert sorted(columns.duplicates().tolist()) == copies
    side_by_side = [images[row].sha256 for row in columns.duplicates().tolist()]
    changes = sum(before != after for before, after in pairwise(side_by_side))
    assert changes == max(len(set(side_by_side)) - 1, 0)
    for row, image in enumerate(images):
        assert columns.content[row] == (columns.contents[image.sha256] if image.sha256 else -1)
        assert columns.folders[columns.folder[row]] == folder_name(image, images)
    for name in columns.folders:
        assert not name or name in folders_to_choose(columns)


def test_numbers_in_names_sort_by_value_and_folders_above_can_be_chosen() -> None:
    images = [ImageRecord(row, "/d", path, 1, path, str(row), 1, 1, 1, 1.0, "ok", "") for row, path in enumerate(PATHS)]
    columns = columns_of(images)
    names = [images[row].relative_path for row in columns.by_name.tolist()]
    assert names.index("lot 2/part 9.png") < names.index("lot 2/part 10.png") < names.index("Lot 10/x/Ｐart 1.png")
    assert folders_to_choose(columns) == ["lot 2", "Lot 10", "Lot 10/x", "lot 20", "部品"]
    assert rows_to_show(columns, ALL).tolist() == columns.by_name.tolist(), "on the Images page, too"


@given(image_lists(), st.lists(st.tuples(st.sampled_from("pqrst"), st.sampled_from((None, 2, 4, UNSURE))), max_size=8))
def test_a_snapshot_that_was_overtaken_by_tags_shows_them(images: list[ImageRecord], steps: list[Any]) -> None:
    """Whenever the worker read the tags, in the end each image has the last one it got."""
    columns = columns_of(images)
    for seen in range(len(steps) + 1):
        shown, truth = TagColumn(), dict[str, int]()
        shown.show(Snapshot(tuple(images), columns, np.zeros(len(columns.contents), np.int64)))
        read = np.zeros(len(columns.contents), np.int64)
        for number, (sha, tag) in enumerate(steps):
            if number == seen:
                for key, value in truth.items():
                    if key in columns.contents:
                        read[columns.contents[key]] = value
            shown.prepared(lambda sha=sha, tag=tag: TagChange(1, {}, {sha: tag}), lambda change: change.after)()
            shown.apply({sha: tag})
            truth[sha] = tag or 0
        if seen < len(steps):
            shown.show(Snapshot(tuple(images), columns, read, seen))
        assert shown.states.tolist() == [truth.get(image.sha256, 0) for image in images]
        assert shown.classes.tolist() == [max(truth.get(image.sha256, 0), 0) for image in images]
        shown.move_class(2, 7)
        assert 2 not in shown.states and (7 in shown.states) == (2 in [truth.get(image.sha256) for image in images])
        shown.move_class(7, 0)
        assert 7 not in shown.states
        shown.show(EMPTY)
        assert shown.version == 0 and not len(shown.states)


def test_rules_that_need_no_heatmap_reach_every_image_and_the_others_those_looked_at() -> None:
    predictions = cast(
        Predictions,
        SimpleNamespace(
            classes=CLASSES,
            class_index=np.array([0, 0, 1, 1, -1]),
            outcome=np.array([1, 1, 1, 3, -1], np.int8),
            confidence=np.array([0.9, 0.5, 0.5, 0.5, 0.0], np.float32),
        ),
    )
    judged = judge(predictions, {"a": 0.8}, {2: (0, 2)})
    assert [VERDICTS[one] if one >= 0 else "" for one in judged.outcome] == ["defect", "ask", "good", "unknown", ""]
    assert judged.class_ids.tolist() == [4, 4, 7, 0, 0]
    assert judged.count() == {"good": 1, "defect": 1, "ask": 1, "unknown": 1}
