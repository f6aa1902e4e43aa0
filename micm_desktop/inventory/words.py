"""Findings as sentences, in English and Japanese. Each names its figure and says what to do."""

from collections.abc import Mapping
from typing import Literal

from micm_desktop.inventory.findings import Finding, Kind
from micm_desktop.inventory.taking import Inventory

Language = Literal["en", "ja"]

PRESETS: Mapping[Language, Mapping[str, str]] = {
    "en": {"quick": "quick (5 minutes)", "standard": "standard (30 minutes)", "thorough": "thorough (2 hours)"},
    "ja": {"quick": "クイック(5分)", "standard": "標準(30分)", "thorough": "じっくり(2時間)"},
}

SENTENCES: Mapping[Language, Mapping[Kind, str]] = {
    "en": {
        "unreadable": "{count} of {total} files cannot be read. They are listed with the reason; save them anew or leave"
        " them out.",
        "equal": "{count} of {total} images are exact copies of others ({groups} groups). They teach nothing new: leave"
        " them out, and never let one copy be tagged while another one tests.",
        "near": "{count} of {total} images ({share}) are nearly equal to another one ({groups} groups). Keep one of each"
        " group; collect different parts instead.",
        "bursts": "{count} of {total} images come in {groups} bursts of nearly equal frames. Take fewer frames of each"
        " part.",
        "blurred": "{count} of {total} images ({share}) are less sharp than the rest. Check the focus; drop them, or tag"
        " blur as a defect of its own.",
        "noisy": "{count} of {total} images ({share}) are noisier than the rest. Check gain and exposure time.",
        "dark": "{count} of {total} images ({share}) are darker than is usual in this set. Check the light.",
        "bright": "{count} of {total} images ({share}) are brighter than is usual in this set. Check the light.",
        "clipped": "{count} of {total} images ({share}) have large areas of pure black or white that others lack: detail"
        " is lost there. Change the exposure.",
        "lighting": "The highlights fall into two groups: {count} of {total} images ({share}) reach {brighter} of full"
        " white, the others {darker}. Two lighting conditions or two products: tag examples of both, and make sure that"
        " the line has both.",
        "one_group": "{count} of the {total} images that were compared ({share}) look alike, the others fall into"
        " {others} groups; that is as varied as {effective} equally large groups. Collect more of the rare kinds.",
        "one_folder": "{count} of {total} images ({share}) lie in one of {folders} folders, {folder}. Collect more of the"
        " others.",
        "cameras": "The images come from several cameras: {cameras}. Tag examples from each.",
        "sizes": "The images differ in size: {sizes}. All are scaled to one size; defects of the same width are then not"
        " equally wide.",
        "bits": "The images are stored in {kinds} ways (bit depth, grey or colour). Use one setting of the camera.",
        "few": "Only {count} images differ. With fewer than 100, pretraining has little to learn from; collect more, or"
        " begin with the encoder that comes with the program.",
        "preset": "Pretraining can use {count} different images, with a shorter edge of {edge} pixels. On this CPU the"
        " preset {preset} shows each of them often enough.",
    },
    "ja": {
        "unreadable": "{total}個のファイルのうち{count}個が読めません。理由を一覧に示します。保存し直すか、除いてください。",
        "equal": "{total}枚のうち{count}枚は、ほかの画像とまったく同じです({groups}組)。学習の役に立たないので除いてください。"
        "同じ画像を、ラベル付けと評価の両方に使わないでください。",
        "near": "{total}枚のうち{count}枚({share})は、ほかの画像とほぼ同じです({groups}組)。各組から1枚だけ残し、"
        "別の部品の画像を集めてください。",
        "bursts": "{total}枚のうち{count}枚は、ほぼ同じ画像の連写です({groups}か所)。1個の部品を撮る枚数を減らしてください。",
        "blurred": "{total}枚のうち{count}枚({share})は、ほかより鮮明さに欠けます。ピントを確認し、除くか、"
        "「ぼけ」を不良の一種としてラベル付けしてください。",
        "noisy": "{total}枚のうち{count}枚({share})は、ほかよりノイズが多くあります。ゲインと露光時間を確認してください。",
        "dark": "{total}枚のうち{count}枚({share})は、この画像群としては暗すぎます。照明を確認してください。",
        "bright": "{total}枚のうち{count}枚({share})は、この画像群としては明るすぎます。照明を確認してください。",
        "clipped": "{total}枚のうち{count}枚({share})は、真っ黒または真っ白な部分が広く、細部が失われています。"
        "露出を変えてください。",
        "lighting": "明るい部分の明るさが2つの群に分かれます。{total}枚のうち{count}枚({share})は白の{brighter}、残りは{darker}に達します。"
        "照明条件が2つあるか、製品が2種類あります。両方の例にラベルを付け、ラインにも両方があることを確認してください。",
        "one_group": "比べた{total}枚のうち{count}枚({share})は互いによく似ていて、残りは{others}群に分かれます。"
        "多様さは、同じ大きさの群{effective}個に相当します。少ない種類の画像をもっと集めてください。",
        "one_folder": "{total}枚のうち{count}枚({share})が、{folders}個のフォルダーのうち「{folder}」1つに偏っています。"
        "ほかの画像をもっと集めてください。",
        "cameras": "複数のカメラで撮影されています: {cameras}。それぞれの例にラベルを付けてください。",
        "sizes": "画像の大きさがそろっていません: {sizes}。すべて同じ大きさに縮めるため、同じ幅の欠陥でも幅が変わります。",
        "bits": "保存形式が{kinds}通りあります(ビット深度、白黒かカラーか)。カメラの設定をそろえてください。",
        "few": "異なる画像は{count}枚だけです。100枚に満たないと事前学習の効果は小さくなります。もっと集めるか、"
        "付属のエンコーダーから始めてください。",
        "preset": "事前学習に使える異なる画像は{count}枚、短辺は{edge}ピクセルです。このCPUでは、プリセット"
        "「{preset}」で各画像を十分な回数だけ学習できます。",
    },
}


SUMMARY: Mapping[Language, tuple[str, str]] = {
    "en": (
        "{images} images, {distinct} of them different, {unreadable} unreadable",
        "{effective} groups in effect, diversity score {diversity}",
    ),
    "ja": (
        "画像{images}枚、うち異なる画像{distinct}枚、読めないファイル{unreadable}個",
        "実効的な群の数{effective}、多様性スコア{diversity}",
    ),
}


def summary(inventory: Inventory, language: Language = "en") -> list[str]:
    """How much there is, in a line or two."""
    counts, groups = SUMMARY[language]
    found = [
        counts.format(
            images=f"{len(inventory.measures):,}",
            distinct=f"{inventory.distinct:,}",
            unreadable=f"{len(inventory.unreadable):,}",
        )
    ]
    if inventory.coverage is not None:
        effective, diversity = f"{inventory.coverage.effective:.1f}", f"{inventory.coverage.diversity:.1f}"
        found.append(groups.format(effective=effective, diversity=diversity))
    return found


def sentence(finding: Finding, language: Language = "en") -> str:
    """A finding in words."""
    values = dict(finding.values)
    for name in ("darker", "brighter"):
        if name in values:
            values[name] = f"{100 * float(values[name]):.0f} %"
    if "effective" in values:
        values["effective"] = f"{float(values['effective']):.1f}"
    if "groups" in values:
        values["others"] = int(values["groups"]) - 1
    if "preset" in values:
        values["preset"] = PRESETS[language][str(values["preset"])]
    if values.get("folder") == "":
        values["folder"] = "."
    share = f"{100 * finding.share:.0f} %"
    return SENTENCES[language][finding.kind].format(count=finding.count, total=finding.total, share=share, **values)
