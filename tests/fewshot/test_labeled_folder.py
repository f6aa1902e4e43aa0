"""A folder with one sub-folder per class, embedded, and its support set."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from picture_files import noise
from PIL import Image
from tiny_features import encoder_of, features_of
from tiny_micm import PATCH, randomise

from micm_desktop.fewshot.embedding import fit_transform
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, draw_support, embed_folder, read_labeled_folder
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import JobControl, Progress, UserError


def write(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.roll(noise(24, 24), seed, axis=1)).save(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(3):
        write(tmp_path / "良品" / f"{number}.png", number)
        write(tmp_path / "dent" / "deeper" / f"{number}.png", 10 + number)
    write(tmp_path / ".hidden" / "0.png", 5)
    write(tmp_path / "loose.png", 6)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("no image")
    return tmp_path


def encoder() -> LoadedEncoder:
    torch.manual_seed(0)
    made = MicmNetwork(PATCH)
    randomise(made, scale=0.1)
    return encoder_of(made.eval())


def embed(root: Path, made: LoadedEncoder) -> tuple[EmbeddedFolder, list[Progress]]:
    events = list(embed_folder(made, read_labeled_folder(root), JobControl()))
    result = events.pop()
    assert isinstance(result, EmbeddedFolder)
    return result, [event for event in events if isinstance(event, Progress)]


def test_sub_folders_with_images_are_classes(root: Path) -> None:
    folder = read_labeled_folder(root)
    assert folder.classes == ("dent", "良品")
    assert folder.labels == (0, 0, 0, 1, 1, 1)
    expected = [root / "dent" / "deeper" / f"{n}.png" for n in range(3)] + [
        root / "良品" / f"{n}.png" for n in range(3)
    ]
    assert list(folder.paths) == expected


def test_equal_pictures_count_once(root: Path) -> None:
    first = root / "dent" / "deeper" / "0.png"
    within, elsewhere = root / "dent" / "copy.png", root / "良品" / "copy.png"
    for copy in (within, elsewhere):
        shutil.copy(first, copy)
    same_size = root / "良品" / "other.png"
    same_size.write_bytes(bytes(reversed(first.read_bytes())))
    folder = read_labeled_folder(root)
    # "copy.png" comes before "deeper" in order of name.
    assert folder.copies == (first, elsewhere)
    assert within in folder.paths and same_size in folder.paths
    assert len(folder.paths) == len(folder.labels) == 7
    assert folder.labels[folder.paths.index(within)] == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [([], "none found"), (["only/a.png"], "only 'only' found"), (["a.png", "b.png"], "none found")],
)
def test_fewer_than_two_classes_are_refused(make: list[str], message: str, tmp_path: Path) -> None:
    for number, name in enumerate(make):
        write(tmp_path / name, number)
    with pytest.raises(UserError, match=message):
        read_labeled_folder(tmp_path)


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_what_is_no_folder_is_named(kind: str, tmp_path: Path) -> None:
    if kind == "file":
        (tmp_path / "labeled").write_text("")
    with pytest.raises(UserError, match="labeled"):
        read_labeled_folder(tmp_path / "labeled")


def test_embedding_keeps_labels_beside_their_images(root: Path) -> None:
    made = encoder()
    broken = root / "dent" / "deeper" / "1.png"
    broken.write_bytes(b"")
    result, progress = embed(root, made)
    assert progress[-1] == Progress(6, 6)
    assert [problem.path for problem in result.failed] == [broken]
    assert result.labels.tolist() == [0, 0, 1, 1, 1]
    assert broken not in result.paths
    features = features_of(result.extractor, [np.array(Image.open(path)) for path in result.paths])
    transform = fit_transform(features, made.branch_infos)
    np.testing.assert_allclose(result.transform.mean, transform.mean, atol=1e-5)
    np.testing.assert_allclose(result.embeddings, transform(features), atol=1e-3)


def test_a_folder_of_broken_images_is_refused(root: Path) -> None:
    for path in read_labeled_folder(root).paths:
        path.write_bytes(b"")
    with pytest.raises(UserError, match="None of the images"):
        embed(root, encoder())


LABELS = np.array([0, 1, 0, 1, 1, 0, 0])


def test_support_is_drawn_by_seed() -> None:
    rows = draw_support(LABELS, ("a", "b"), 2, seed=0)
    assert LABELS[rows].tolist() == [0, 0, 1, 1]
    assert len(set(rows.tolist())) == 4
    assert np.array_equal(rows, draw_support(LABELS, ("a", "b"), 2, seed=0))
    assert len({tuple(draw_support(LABELS, ("a", "b"), 2, seed=seed).tolist()) for seed in range(10)}) > 3


def test_without_a_number_of_shots_everything_is_support() -> None:
    assert sorted(draw_support(LABELS, ("a", "b"), None, seed=0).tolist()) == list(range(7))


@pytest.mark.parametrize(("shots", "named"), [(4, "'b'"), (1, "'c'"), (None, "'c'")])
def test_a_class_with_too_few_images_is_named(shots: int | None, named: str) -> None:
    with pytest.raises(UserError, match=named):
        draw_support(LABELS, ("a", "b", "c"), shots, seed=0)
