"""Names for files and folders that come from classes and images, on every system."""

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.images.names import MOST_BYTES, beside, folder_name, reachable, shortened


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../x", "_x"), ("..", "_"), ("", "_"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("com¹", "_com¹"),
        ("console", "console"), ("a/b\\c:d", "a_b_c_d"), ("傷 .", "傷"), ("C:\\Windows", "C__Windows"), ("\0", "_"),
    ],
)  # fmt: skip
def test_a_class_makes_one_harmless_folder(text: str, name: str) -> None:
    assert folder_name(text) == name


@given(st.text())
def test_no_class_leads_elsewhere(text: str) -> None:
    name = folder_name(text.encode("utf-8", "replace").decode())
    assert Path("sorted", name).name == name and len(name.encode()) <= MOST_BYTES
    assert not set('/\\:*?"<>|') & set(name) and name not in (".", "..") and not PureWindowsPath(name).is_reserved()


def test_long_names_stay_two_and_are_whole_characters() -> None:
    first, second = ("検" * 83 + f"{number}.png" for number in (1, 2))
    assert len(first.encode()) == 254
    assert beside(Path("a", first), ".png").name != beside(Path("a", second), ".png").name
    for name in (first, second):
        made = beside(Path("a", name), ".png").name
        assert len(made.encode()) <= MOST_BYTES and made.endswith(".png.png") and made.startswith("検")
    assert beside(Path("a", "b.png"), ".png") == Path("a", "b.png.png")
    assert len(shortened("x." + "y" * 254, 9).encode()) <= MOST_BYTES - 9


def test_long_paths_on_windows() -> None:
    class Absolute(PureWindowsPath):
        def absolute(self) -> "Absolute":
            return self

    long = "\\".join(["部品"] * 100) + "\\a.png"
    assert str(reachable(Absolute("C:\\" + long), True)) == "\\\\?\\C:\\" + long  # type: ignore[type-var]
    assert str(reachable(Absolute("\\\\nas\\share\\" + long), True)) == "\\\\?\\UNC\\nas\\share\\" + long  # type: ignore[type-var]
    assert str(reachable(Absolute("C:\\a.png"), True)) == "C:\\a.png"  # type: ignore[type-var]
    assert reachable(Path("/" + "a" * 300), False) == Path("/" + "a" * 300)
