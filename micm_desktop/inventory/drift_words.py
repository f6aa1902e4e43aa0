"""What differs between two folders as sentences, in English and Japanese: what, by how much, how sure, what to do."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from micm_desktop.inventory.drift import LEVEL, Difference, Drift, Figure
from micm_desktop.inventory.two_samples import PERMUTATIONS
from micm_desktop.inventory.words import Language

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "title": "Comparison of two folders",
        "none": "No difference was found between the {first} images of {one} and the {second} images of {other}.",
        "some": "The images of {other} differ from those of {one} in {count} respects.",
        "single": "The images of {other} differ from those of {one} in one respect.",
        "unnoticed": "With so few images a change in brightness of less than {brightness} would often go unseen.",
        "kinds": "Kinds of image that are more or less frequent",
        "kind": "{first} of the images of {one}, {second} of those of {other}",
        "of_first": "Most unlike {other}, in {one}",
        "of_second": "Most unlike {one}, in {other}",
        "figure": "Figure", "before": "{one}", "after": "{other}", "change": "Change at equal content",
        "apart": "Higher in {other}", "p": "p, adjusted", "yes": "differs", "no": "no difference found",
        "definitions": "{first} and {second} images were compared; copies were left out. Each figure was tested by"
        " {permutations} permutations with the energy distance (Szekely and Rizzo 2013), each image being judged beside"
        " those of like content; p is adjusted for all figures together (Westfall and Young 1993), so that of 100"
        " comparisons of equal folders 5 name any difference. Images that were taken one after the other are alike, and"
        " any two days differ a little: look at the size of a difference, too.",
    },
    "ja": {
        "title": "2つのフォルダーの比較",
        "none": "「{one}」の画像{first}枚と「{other}」の画像{second}枚の間に、違いは見つかりませんでした。",
        "some": "「{other}」の画像は「{one}」の画像と{count}つの点で異なります。",
        "single": "「{other}」の画像は「{one}」の画像と1つの点で異なります。",
        "unnoticed": "画像が少ないため、明るさの{brightness}未満の変化は見落とされることがあります。",
        "kinds": "割合が変わった画像の種類",
        "kind": "「{one}」では{first}、「{other}」では{second}",
        "of_first": "「{one}」のうち「{other}」に最も似ていない画像",
        "of_second": "「{other}」のうち「{one}」に最も似ていない画像",
        "figure": "項目", "before": "{one}", "after": "{other}", "change": "同じ内容での変化",
        "apart": "「{other}」のほうが高い割合", "p": "p値(調整済み)", "yes": "異なる", "no": "違いなし",
        "definitions": "{first}枚と{second}枚を比べました(重複は除外)。各項目は、内容の似た画像どうしで比べた値を、"
        "エネルギー距離(Szekely・Rizzo 2013)と{permutations}回の並べ替えで検定しました。p値は全項目をまとめて調整して"
        "あり"
        "(Westfall・Young 1993)、同じ条件のフォルダーを100回比べたとき、何らかの違いを報告するのは5回です。続けて撮った"
        "画像は互いに似るため、どの2日にもわずかな違いがあります。違いの大きさも見てください。",
    },
}  # fmt: skip

FIGURES: Final[Mapping[Language, Mapping[Figure, str]]] = {
    "en": {
        "content": "What is in the images", "kinds": "Shares of the kinds of image",
        "brightness": "Brightness (highlights)", "contrast": "Contrast", "sharpness": "Sharpness", "noise": "Noise",
        "warmth": "Colour of the light",
    },
    "ja": {
        "content": "画像の内容", "kinds": "画像の種類の割合", "brightness": "明るさ(明部)", "contrast": "コントラスト",
        "sharpness": "鮮明さ", "noise": "ノイズ", "warmth": "光の色",
    },
}  # fmt: skip

STRENGTHS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"slight": "slightly", "clear": "clearly", "strong": "strongly"},
    "ja": {"slight": "わずかに", "clear": "はっきり", "strong": "大きく"},
}

SENTENCES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "content": "What is in the images differs {strength}: of one image each, looks tell {apart} times in 100"
        " which is"
        " of {other}. See those that are most unlike, and tag examples of what is new.",
        "apart": "The images of {other} show something else than those of {one}: of one image each, looks tell {apart}"
        " times in 100 which is of {other}. If it is another product, what is said of light and sharpness means"
        " little.",
        "kinds": "Some kinds of image are more or less frequent than before. See which; where one is missing, collect"
        " it.",
        "brightness+": "The images of {other} are {strength} brighter at equal content, by {change}. Check lamp,"
        " exposure"
        " and aperture.",
        "brightness-": "The images of {other} are {strength} darker at equal content, by {change}. Check lamp, exposure"
        " and dust on the lens.",
        "contrast+": "The images of {other} have {strength} more contrast, by {change}. Check light and exposure.",
        "contrast-": "The images of {other} have {strength} less contrast, by {change}. Check stray light and dirt on"
        " the"
        " lens.",
        "sharpness+": "The images of {other} are {strength} sharper: of one image each, that of {other} is the"
        " sharper one"
        " {apart} times in 100. The focus has changed; tag examples as they are now.",
        "sharpness-": "The images of {other} are {strength} less sharp: of one image each, that of {other} is the less"
        " sharp one {apart} times in 100. Check focus, vibration and dirt on the lens.",
        "noise+": "The images of {other} are {strength} noisier, by {change}. Check gain and exposure time.",
        "noise-": "The images of {other} have {strength} less noise, by {change}. Gain or exposure time has changed.",
        "follows": "{figure}: changed in the same direction by {change}, which the light may explain.",
        "warmth+": "The light in the images of {other} is {strength} redder. Check lamp and white balance.",
        "warmth-": "The light in the images of {other} is {strength} bluer. Check lamp and white balance.",
    },
    "ja": {
        "content": "画像の内容が{strength}異なります。1枚ずつ比べると、100回のうち{apart}回は、見た目からどちらが「"
        "{other}」か"
        "分かります。最も似ていない画像を確かめ、新しいものの例にタグを付けてください。",
        "apart": "「{other}」の画像は「{one}」と別のものを写しています。1枚ずつ比べると、100回のうち{apart}回は、見た"
        "目から"
        "どちらが「{other}」か分かります。別の製品であれば、照明や鮮明さの違いにはあまり意味がありません。",
        "kinds": "画像の種類の割合が変わっています。どの種類かを確かめ、なくなったものは集めてください。",
        "brightness+": "「{other}」の画像は、同じ内容どうしで{strength}明るくなっています({change})。照明・露光時間・"
        "絞りを"
        "確認してください。",
        "brightness-": "「{other}」の画像は、同じ内容どうしで{strength}暗くなっています({change})。照明・露光時間・レ"
        "ンズの汚れを"
        "確認してください。",
        "contrast+": "「{other}」の画像は、コントラストが{strength}高くなっています({change})。照明と露出を確認してく"
        "ださい。",
        "contrast-": "「{other}」の画像は、コントラストが{strength}低くなっています({change})。外光とレンズの汚れを確"
        "認してください。",
        "sharpness+": "「{other}」の画像は{strength}鮮明です。1枚ずつ比べると、100回のうち{apart}回は「{other}」のほ"
        "うが鮮明です。"
        "ピントが変わっているので、今の画像の例にタグを付けてください。",
        "sharpness-": "「{other}」の画像は{strength}鮮明さに欠けます。1枚ずつ比べると、100回のうち{apart}回は「"
        "{other}」のほうが"
        "不鮮明です。ピント・振動・レンズの汚れを確認してください。",
        "noise+": "「{other}」の画像は、ノイズが{strength}多くなっています({change})。ゲインと露光時間を確認してくだ"
        "さい。",
        "noise-": "「{other}」の画像は、ノイズが{strength}少なくなっています({change})。ゲインか露光時間が変わってい"
        "ます。",
        "follows": "{figure}も同じ向きに{change}変わっています。照明の変化によるものかもしれません。",
        "warmth+": "「{other}」の画像は、光が{strength}赤みを帯びています。照明とホワイトバランスを確認してください。",
        "warmth-": "「{other}」の画像は、光が{strength}青みを帯びています。照明とホワイトバランスを確認してください。",
    },
}

APART: Final = 0.95
"""How often looks tell two folders apart, from which they hardly hold anything alike that could be compared."""
_RATIOS: Final = ("brightness", "contrast", "noise")
"""Figures that are compared by their logarithms."""


def folder_names(drift: Drift) -> dict[str, str]:
    """What the two folders are called: by their last names, where these differ."""
    # Without a look at the disk: the window asks, too.
    one, other = (Path(os.path.normpath(inventory.root.absolute())) for inventory in (drift.first, drift.second))
    if one.name and other.name and one.name != other.name:
        return {"one": one.name, "other": other.name}
    return {"one": str(one), "other": str(other)}


def drift_sentences(drift: Drift, language: Language = "en") -> list[str]:
    """The verdict, then a sentence for each difference, the surest first."""
    texts, names, found = TEXTS[language], folder_names(drift), drift.found
    if not found:
        said = [texts["none"].format(first=drift.counts[0], second=drift.counts[1], **names)]
        noticed = next((one.noticed for one in drift.differences if one.figure == "brightness"), 0.0)
        if noticed > 0.01:
            said.append(texts["unnoticed"].format(brightness=percentage(math.expm1(noticed))))
        return said
    verdict = texts["single"] if len(found) == 1 else texts["some"]
    return [verdict.format(count=len(found), **names), *(difference_sentence(one, drift, language) for one in found)]


def difference_sentence(one: Difference, drift: Drift, language: Language = "en") -> str:
    """One difference in words."""
    signed = one.figure if one.figure in ("content", "kinds") else one.figure + ("+" if one.larger >= 0.5 else "-")
    size = max(one.larger, 1 - one.larger)
    if one.figure == "content" and size > APART:
        signed = "apart"
    if _follows(one, drift):
        signed = "follows"
    return SENTENCES[language][signed].format(
        strength=STRENGTHS[language][one.strength],
        apart=round(100 * size),
        change=percentage(abs(math.expm1(one.change))) if one.figure in _RATIOS else "",
        figure=FIGURES[language][one.figure],
        **folder_names(drift),
    )


def _follows(one: Difference, drift: Drift) -> bool:
    """Whether more or less light explains it: contrast and noise are then multiplied, too."""
    light = next((other for other in drift.found if other.figure == "brightness"), None)
    return light is not None and one.figure in ("contrast", "noise") and (one.change > 0) == (light.change > 0)


def percentage(share: float) -> str:
    """A share of 1, with a digit after the point where it is small."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"


def table(drift: Drift, language: Language = "en") -> tuple[list[str], list[list[str]]]:
    """Head and rows of all figures that were tested."""
    texts, names = TEXTS[language], folder_names(drift)
    head = [texts[name].format(**names) for name in ("figure", "before", "after", "change", "apart", "p")] + [""]
    rows = []
    for one in drift.differences:
        values = ["", "", ""]
        if not math.isnan(one.first):
            # As they were measured, not their logarithms.
            plain = {"brightness": 0.01, "contrast": 0.01, "noise": 0.1}
            values = [
                f"{math.exp(value) - plain[one.figure] if one.figure in plain else value:.3f}"
                for value in (one.first, one.second)
            ]
            ratio = one.figure in _RATIOS
            values.append(f"{100 * math.expm1(one.change):+.1f} %" if ratio else f"{one.change:+.3f}")
        apart = "" if one.figure == "kinds" else f"{100 * one.larger:.0f} %"
        p = f"< {1.5 / PERMUTATIONS:.3f}" if one.p < 1.5 / PERMUTATIONS else f"{one.p:.3f}"
        verdict = texts["yes"] if one.p < LEVEL else texts["no"]
        rows.append([FIGURES[language][one.figure], *values, apart, p, verdict])
    return head, rows


def definitions(drift: Drift, language: Language = "en") -> str:
    """How the comparison was made."""
    return TEXTS[language]["definitions"].format(
        first=drift.counts[0], second=drift.counts[1], permutations=PERMUTATIONS
    )
