"""The inventory as one self-contained HTML page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import cv2
import jinja2
import numpy as np

from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.inventory import drift_words
from micm_desktop.inventory.coverage import evenly
from micm_desktop.inventory.drift import Drift
from micm_desktop.inventory.findings import ADVICE, Finding
from micm_desktop.inventory.measuring import shown_name
from micm_desktop.inventory.reasons import reason_in
from micm_desktop.inventory.taking import Inventory, counted
from micm_desktop.inventory.words import Language, sentence

PICTURES: Final = 8
"""Examples under each finding."""
OF_GROUP: Final = 16
GROUPS: Final = 12
PAIRS: Final = 8
THUMBNAIL: Final = 112
LISTED: Final = 200

TEXTS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "Data inventory",
        "findings": "What to do",
        "no_faults": "No fault was found in these images.",
        "groups": "Groups of images that look alike",
        "groups_note": "Found in feature space, without labels; the largest first.",
        "group": "Group {number}: {size} images, {share} %",
        "pairs": "Nearly equal images",
        "pair": "correlation {correlation}",
        "stored": "How the images are stored",
        "measured": "What was measured",
        "unreadable": "Files that cannot be read",
        "smallest": "smallest", "median": "median", "largest": "largest",
        "images": "images", "distinct": "different images", "cannot_read": "unreadable", "of_groups": "groups, in effect",
        "diversity": "diversity score",
        "format": "Format", "size": "Size", "bits": "Bits per sample", "colour": "Colour", "camera": "Camera",
        "taken": "Taken", "grey": "grey", "coloured": "colour",
        "brightness": "Brightness, 0 to 1", "contrast": "Contrast, 0 to 1", "sharpness": "Sharpness, log ratio",
        "noise": "Noise, grey levels",
        "definitions": "Nearly equal: at least 0.9 correlated, and ten times closer than two images of the set usually"
        " are. Less sharp, darker and so on: more than 3.5 robust standard deviations from the set's median. Groups in"
        " effect: exponential of the entropy of the groups' shares. Diversity score: Vendi score (Friedman and Dieng"
        " 2023) of the embeddings, 1 if all are equal.",
    },
    "ja": {
        "title": "データ調査",
        "findings": "見つかったことと対策",
        "no_faults": "問題は見つかりませんでした。",
        "groups": "似た画像の群",
        "groups_note": "タグを使わず、特徴空間で見つけたものです。大きい順に並べています。",
        "group": "群{number}: {size}枚({share} %)",
        "pairs": "ほぼ同じ画像",
        "pair": "相関 {correlation}",
        "stored": "保存形式",
        "measured": "測定値",
        "unreadable": "読めないファイル",
        "smallest": "最小", "median": "中央値", "largest": "最大",
        "images": "画像", "distinct": "異なる画像", "cannot_read": "読めないファイル", "of_groups": "実効的な群の数",
        "diversity": "多様性スコア",
        "format": "形式", "size": "大きさ", "bits": "1画素のビット数", "colour": "色", "camera": "カメラ",
        "taken": "撮影日", "grey": "白黒", "coloured": "カラー",
        "brightness": "明るさ(0~1)", "contrast": "コントラスト(0~1)", "sharpness": "鮮明さ(対数比)",
        "noise": "ノイズ(階調)",
        "definitions": "ほぼ同じ: 相関が0.9以上で、この画像群の2枚のふつうの違いの10分の1以下。鮮明さ・明るさなど: 中央値から"
        "頑健な標準偏差の3.5倍を超えて外れたもの。実効的な群の数: 各群の割合のエントロピーの指数。多様性スコア: 埋め込みの"
        "Vendiスコア(Friedman・Dieng 2023)。すべて同じなら1。",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A thumbnail as a data address."""

    name: str
    source: str


def inventory_page(
    inventory: Inventory, findings: Sequence[Finding], language: Language, made: str, drift: Drift | None = None
) -> str:
    """The page; ``made`` says when and by what. Everything that comes from files is escaped."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    source = (files("micm_desktop.resources") / "templates" / "inventory.html.j2").read_text(encoding="utf-8")
    texts = TEXTS[language]
    return environment.from_string(source).render(
        language=language,
        t=texts,
        root=str(inventory.root.resolve()),
        made=made,
        figures=_figures(inventory, texts),
        findings=shown_findings(inventory, findings, language),
        faults=any(one.kind not in ADVICE for one in findings),
        drift=None if drift is None else _drift(drift, language),
        groups=shown_groups(inventory, texts["group"]),
        pairs=_pairs(inventory, texts),
        stored=_stored(inventory, texts),
        distributions=_distributions(inventory, texts),
        unreadable=[
            (shown_name(one.path, inventory.root), reason_in(one.reason, language))
            for one in inventory.unreadable[:LISTED]
        ],
    )


def _drift(drift: Drift, language: Language) -> dict[str, object]:
    texts, names = drift_words.TEXTS[language], drift_words.folder_names(drift)
    verdict, *sentences = drift_words.drift_sentences(drift, language)

    def sides(first: Sequence[int], second: Sequence[int]) -> list[tuple[str, list[Picture]]]:
        return [
            (texts["of_first"].format(**names), _pictures(drift.first, first, PICTURES)),
            (texts["of_second"].format(**names), _pictures(drift.second, second, PICTURES)),
        ]

    found = [
        (said, sides(one.first_rows, one.second_rows) if one.first_rows else [])
        for one, said in zip(drift.found, sentences, strict=False)
    ] or [(said, []) for said in sentences]
    kinds = []
    for one in drift.kinds:
        shares = (drift_words.percentage(one.first_share), drift_words.percentage(one.second_share))
        title = texts["kind"].format(first=shares[0], second=shares[1], **names)
        pictures = [*_pictures(drift.first, one.first_rows, 4), *_pictures(drift.second, one.second_rows, 4)]
        kinds.append((title, pictures))
    head, rows = drift_words.table(drift, language)
    return {
        "title": texts["title"],
        "verdict": verdict,
        "differs": bool(drift.found),
        "found": found,
        "kinds_title": texts["kinds"],
        "kinds": kinds,
        "head": head,
        "rows": rows,
        "definitions": drift_words.definitions(drift, language),
    }


def _figures(inventory: Inventory, texts: dict[str, str]) -> list[tuple[str, str]]:
    found = [
        (f"{len(inventory.measures):,}", texts["images"]),
        (f"{inventory.distinct:,}", texts["distinct"]),
        (f"{len(inventory.unreadable):,}", texts["cannot_read"]),
    ]
    if inventory.coverage is not None:
        found.append((f"{inventory.coverage.effective:.1f}", texts["of_groups"]))
        found.append((f"{inventory.coverage.diversity:.1f}", texts["diversity"]))
    return found


def shown_findings(inventory: Inventory, findings: Sequence[Finding], language: Language) -> list[dict[str, object]]:
    """Each finding's ``sentence``, whether it is ``advice``, and its ``pictures``."""
    return [
        {"sentence": sentence(one, language), "advice": one.kind in ADVICE, "pictures": _examples(inventory, one)}
        for one in findings
    ]


def shown_groups(inventory: Inventory, title: str, most: int = OF_GROUP) -> list[dict[str, object]]:
    """Each group's ``title``, of its number, size and share in percent, and at most as many ``pictures``."""
    coverage = inventory.coverage
    if coverage is None:
        return []
    rows = np.array(inventory.grouped)
    shown: list[dict[str, object]] = []
    for number, size in enumerate(coverage.sizes[:GROUPS]):
        share = f"{100 * size / sum(coverage.sizes):.0f}"
        members = rows[coverage.group == number].tolist()
        told = title.format(number=number + 1, size=size, share=share)
        shown.append({"title": told, "pictures": _pictures(inventory, members, most)})
    return shown


def _pairs(inventory: Inventory, texts: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "pictures": _pictures(inventory, (pair.first, pair.second), 2),
            "note": texts["pair"].format(correlation=f"{pair.correlation:.3f}"),
        }
        for pair in inventory.pairs[:PAIRS]
    ]


def _stored(inventory: Inventory, texts: dict[str, str]) -> list[tuple[str, str]]:
    measures = inventory.measures

    def told(counts: dict[str, int]) -> str:
        return ", ".join(f"{name} ({count})" for name, count in list(counts.items())[:6])

    colours = {"True": texts["coloured"], "False": texts["grey"]}
    sizes: dict[str, int] = {}
    for one in measures:
        name = f"{one.width} × {one.height}"
        sizes[name] = sizes.get(name, 0) + 1
    rows = [
        (texts["format"], told({name.upper(): count for name, count in counted(measures, "format").items()})),
        (texts["size"], told(dict(sorted(sizes.items(), key=lambda item: -item[1])))),
        (texts["bits"], told(counted(measures, "bits"))),
        (texts["colour"], told({colours[name]: count for name, count in counted(measures, "colour").items()})),
    ]
    cameras = {name: count for name, count in counted(measures, "camera").items() if name}
    days = sorted(one.taken[:10] for one in measures if one.taken)
    if cameras:
        rows.append((texts["camera"], told(cameras)))
    if days:
        rows.append((texts["taken"], days[0] if days[0] == days[-1] else f"{days[0]} – {days[-1]}"))
    return rows


def _distributions(inventory: Inventory, texts: dict[str, str]) -> list[tuple[str, list[str]]]:
    if not inventory.measures:
        return []
    rows = []
    for name in ("brightness", "contrast", "sharpness", "noise"):
        values = np.array([getattr(one, name) for one in inventory.measures])
        rows.append((texts[name], [f"{value:.2f}" for value in np.quantile(values, (0, 0.05, 0.5, 0.95, 1))]))
    return rows


def _examples(inventory: Inventory, finding: Finding) -> list[Picture]:
    light = inventory.quality.lighting
    if finding.kind != "lighting" or light is None:
        return _pictures(inventory, finding.rows, PICTURES)
    bright = light.bright_rows.tolist()
    dark = np.setdiff1d(np.arange(len(inventory.measures)), light.bright_rows).tolist()
    return _pictures(inventory, bright, PICTURES // 2) + _pictures(inventory, dark, PICTURES // 2)


def _pictures(inventory: Inventory, rows: Sequence[int], most: int) -> list[Picture]:
    chosen = [rows[place] for place in evenly(len(rows), most)] if rows else []
    return [Picture(inventory.measures[row].path, _source(inventory.path(row))) for row in chosen]


def _source(path: Path) -> str:
    """A small JPEG as a data address; empty where the image has gone since."""
    image = try_decode(path)
    if isinstance(image, UnreadableImage):
        return ""
    scale = min(1.0, 2 * THUMBNAIL / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
