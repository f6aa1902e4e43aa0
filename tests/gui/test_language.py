"""Every word of the window exists in Japanese, and switching the language reaches all of them."""

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

import micm_desktop
from micm_desktop.gui import i18n
from micm_desktop.gui.core_messages import TEMPLATES
from micm_desktop.gui.earlier_messages import EARLIER
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.steps import PAGES
from micm_desktop.gui.words import words

PACKAGE = Path(micm_desktop.__file__).parent
LANGUAGES = ("ja", "en")
# What the window's user never sees: the command line's own and later commands, and values of its options.
ONLY_COMMAND_LINE = (
    "--init",
    "CUDA",
    " list",
    "names no readable image",
    "Methods that can be compared",
    "Set aside fewer images",
    "Unknown device",
    "method",
    "held-out tags right",
    "--json",
    "labeled folder",
    "encoder is not part",
    "The encoder file {0} does not exist",
)
CORE_FILES = (
    "images/decode.py",
    "images/header.py",
    "images/scan.py",
    "images/samples.py",
    "project/backups.py",
    "project/catalog.py",
    "project/classes.py",
    "project/database.py",
    "project/journal.py",
    "project/label_exchange.py",
    "project/label_file.py",
    "project/network.py",
    "project/opening.py",
    "project/scanning.py",
    "project/set_aside.py",
    "project/store.py",
    "project/undoing.py",
    "micm/trainer.py",
    "micm/training_loop.py",
    "micm/state_file.py",
    "micm/update.py",
    "micm/balance.py",
    "micm/collapse.py",
    "micm/early_stop.py",
    "micm/encoder_file.py",
    "micm/checkpoint.py",
    "fewshot/classify.py",
    "fewshot/verdict.py",
    "fewshot/resolution.py",
    "fewshot/tile_trial.py",
    "labeling/evaluating.py",
    "labeling/marking.py",
    "labeling/setting_aside.py",
    "labeling/tiling.py",
    "explain/evidence.py",
    "export/fit_student.py",
    "export/onnx_writer.py",
    "export/target.py",
    "export/int8_trial.py",
    "export/teacher.py",
    "labeling/workspace.py",
    "report/writing.py",
    "report/provenance.py",
    "labeling/judging.py",
    "labeling/setting_aside.py",
)


def tool(name: str) -> str:
    found = shutil.which(f"pyside6-{name}", path=str(Path(sys.executable).parent)) or shutil.which(f"pyside6-{name}")
    if found is None:
        pytest.skip(f"pyside6-{name} is not on the path")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_translation_is_that_of_the_source(language: str, tmp_path: Path) -> None:
    source = i18n.translations_folder() / f"micm_desktop_{language}.ts"
    made = tmp_path / "made.qm"
    subprocess.run([tool("lrelease"), str(source), "-qm", str(made), "-silent"], check=True)
    fresh, committed = QTranslator(), QTranslator()
    assert fresh.load(str(made)) and committed.load(str(source.with_suffix(".qm")))
    for context in ET.parse(source).iter("context"):
        for message in context.iter("message"):
            asked = (context.findtext("name") or "", message.findtext("source") or "")
            for count in (1, 2) if message.get("numerus") else (-1,):
                text = committed.translate(*asked, "", count)
                assert text and text == fresh.translate(*asked, "", count), "run lrelease"
    # Bytes differ between releases of the tool, their number does not: nothing obsolete is left in the file.
    assert made.stat().st_size == source.with_suffix(".qm").stat().st_size


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_is_untranslated_or_obsolete(language: str, tmp_path: Path) -> None:
    committed = i18n.translations_folder() / f"micm_desktop_{language}.ts"
    fresh = tmp_path / committed.name
    shutil.copy(committed, fresh)
    files = [str(path) for path in sorted((PACKAGE / "gui").rglob("*.py"))]
    options = ["-locations", "none", "-silent", *(["-pluralonly"] if language == "en" else [])]
    subprocess.run([tool("lupdate"), *files, "-ts", str(fresh), *options], check=True)
    wrong = [
        f"{message.find('translation').get('type')}: {message.findtext('source')}"  # type: ignore[union-attr]
        for message in ET.parse(fresh).iter("message")
        if message.find("translation").get("type")  # type: ignore[union-attr]
    ]
    assert not wrong, "run lupdate, translate, run lrelease"
    assert len(list(ET.parse(fresh).iter("message"))) == len(list(ET.parse(committed).iter("message")))


def test_placeholders_survive_translation() -> None:
    for message in ET.parse(i18n.translations_folder() / "micm_desktop_ja.ts").iter("message"):
        source = message.findtext("source") or ""
        translation = "".join(message.find("translation").itertext()).strip()  # type: ignore[union-attr]
        pattern = r"\{\w+\}|%n"
        assert sorted(set(re.findall(pattern, source))) == sorted(set(re.findall(pattern, translation))), source


def core_sentences() -> list[str]:
    """What the core raises and returns as sentences, with ``{0}`` for each value."""
    found = []
    for name in CORE_FILES:
        for node in ast.walk(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))):
            calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if calls and node.func.id in ("UserError", "ProcessingError", "UnreadableImage", "BadHeader"):  # type: ignore[union-attr]
                text = node.args[-1]  # type: ignore[union-attr]
            elif calls and node.func.id == "Verdict":  # type: ignore[union-attr]
                text = node.args[1]  # type: ignore[union-attr]
            elif isinstance(node, ast.Return) and isinstance(node.value, (ast.JoinedStr, ast.Constant)):
                text = node.value
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                text = node.value.elts[-1]
            else:
                continue
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value:
                found.append(text.value)
            elif isinstance(text, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else "{0}" for part in text.values]
                found.append("".join(parts))
    return found


def test_every_sentence_of_the_core_is_known(window: MainWindow) -> None:
    sentences = [
        text
        for text in core_sentences()
        if not any(word in text for word in ONLY_COMMAND_LINE) and len(text.replace("{0}", "").split()) > 1
    ]
    assert len(sentences) > 40
    window._choose_language("ja")
    unknown = [text for text in sentences if reason_in_words(text.replace("{0}", "X")).isascii()]
    # One sentence is put together from two halves.
    unknown = [text for text in unknown if not text.startswith("The folder {0} {0}.")]
    assert not unknown
    assert reason_in_words("The folder /a does not exist. Check the path, or connect the drive that holds it.") == (
        "フォルダー /a がありません。場所を確かめるか、ドライブを接続してください。"
    )
    assert all(not reason_in_words(re.sub(r"\{\w+\}", "X", str(text))).isascii() for text in (*TEMPLATES, *EARLIER))


def visible_texts(root: QWidget) -> dict[str, str]:
    """Every text that the window shows or says, by the kind of what shows it."""
    texts: list[tuple[str, str]] = []
    for label in root.findChildren(QLabel):
        texts.append((label.text(), "label"))
    for button in root.findChildren(QAbstractButton):
        texts += [(button.text(), "button"), (button.toolTip(), "tip")]
    for action in root.findChildren(QAction):
        texts.append((action.text(), "action"))
    for menu in root.findChildren(QMenu):
        texts.append((menu.title(), "menu"))
    for box in root.findChildren(QComboBox):
        texts += [(box.itemText(place), "choice") for place in range(box.count())]
    for line in root.findChildren(QLineEdit):
        texts.append((line.placeholderText(), "line"))
    return dict(texts)


def test_switching_at_run_time_leaves_no_english_behind(labelling: MainWindow, qtbot: QtBot) -> None:
    for page in PAGES:
        labelling.show_page(page)
    labelling.opener.busy_changed.emit(True)
    english = visible_texts(labelling)
    assert labelling.start.progress.title == "Opening the project"
    labelling._choose_language("ja")
    qtbot.waitUntil(lambda: labelling.navigation.buttons["label"].text() == "タグ付け")
    qtbot.wait(20)
    # Names of the user's own, numbers, paths, what is the same in both languages, and the plot's menu, which is off.
    allowed = re.compile(
        r"Export\.\.\.|MICM .*|English|1:1|⋯|(good|scratch|pit)( \(\d+\))?|<b>.</b>|[\d\s/.,×{}]*|.*[/\\].*"
        r"|micm-desktop predict.*"
    )
    left = {
        text: kind
        for text, kind in visible_texts(labelling).items()
        if text.isascii() and re.search("[A-Za-z]", text) and not allowed.fullmatch(text)
    }
    assert not left
    labelling._choose_language("en")
    qtbot.waitUntil(lambda: labelling.navigation.buttons["label"].text() == "Label")
    qtbot.wait(20)
    assert set(english) <= set(visible_texts(labelling))


def test_plurals_and_numbers(window: MainWindow) -> None:
    assert [words.images(count) for count in (0, 1, 1800)] == ["0 images", "1 image", "1,800 images"]
    assert words.time_left(61) == "about 1 minute left"
    window._choose_language("ja")
    assert words.images(1800) == "1,800 枚"
    assert words.time_left(0.2) == "残り約 1 秒"


def test_the_language_follows_the_system_and_is_kept(window: MainWindow) -> None:
    assert i18n.language_of("system", QLocale("ja_JP")) == "ja"
    assert i18n.language_of("system", QLocale("de_DE")) == "en"
    assert i18n.language_of("en", QLocale("ja_JP")) == "en"
    window.menus._languages.actions["ja"].trigger()
    assert window._preferences.language() == "ja"
    assert window.translator.language == "ja"


def test_no_text_hides_in_an_f_string() -> None:
    """The program that collects texts for translation does not look into them."""
    sources = Path(micm_desktop.__file__).parent / "gui"
    hidden = [path.name for path in sources.rglob("*.py") if re.search(r"\{\s*self\.tr\(", path.read_text("utf-8"))]
    assert not hidden
