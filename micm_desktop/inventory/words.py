"""Findings as sentences, in English and Japanese. Each names its figure and says what to do."""

from collections.abc import Mapping
from typing import Literal

from micm_desktop.inventory.findings import Finding, Kind
from micm_desktop.inventory.taking import Inventory

Language = Literal["en", "ja"]

PRESETS: Mapping[Language, Mapping[str, str]] = {
    "en": {"quick": "quick (5 minutes)", "standard": "standard (30 minutes)", "thorough": "thorough (2 hours)"},
    "ja": {"quick": "簡易(5分)", "standard": "標準(30分)", "thorough": "入念(2時間)"},
}

LIGHTS: Mapping[Language, Mapping[str, str]] = {
    "en": {"bright": "brighter", "dark": "darker"},
    "ja": {"bright": "明るいほうの", "dark": "暗いほうの"},
}

REMEDIES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "tiles": "Cut the images into {grid} x {grid} tiles.",
        "input": "Use an encoder with an input of {input} pixels.",
        "nearer": "The images hold no more detail: take them from nearer, or with more pixels.",
    },
    "ja": {
        "tiles": "画像を{grid} × {grid}のタイルに分けてください。",
        "input": "入力{input}ピクセルのエンコーダーを使ってください。",
        "nearer": "画像にこれ以上の細部がありません。近づけて撮るか、画素の多いカメラで撮ってください。",
    },
}

SENTENCES: Mapping[Language, Mapping[Kind, str]] = {
    "en": {
        "unreadable": "{count} of {total} files cannot be read. They are listed with the reason; save them anew or"
        " leave"
        " them out.",
        "equal": "{count} of {total} images are exact copies of others ({groups} groups). They teach nothing new: leave"
        " them out, and never let one copy be tagged while another one tests.",
        "pages": "{count} of {total} files hold several pictures (pages), of which only the first is looked at and"
        " judged: {left_out} are left out. Save each page as a file of its own if it matters.",
        "near": "{count} of {total} images ({share}) are nearly equal to another one ({groups} groups). Keep one of"
        " each"
        " group; collect different parts instead.",
        "bursts": "{count} of {total} images come in {groups} bursts of nearly equal frames. Take fewer frames of each"
        " part.",
        "blurred": "{count} of {total} images ({share}) are less sharp than the rest. Check the focus; drop them, or"
        " tag"
        " blur as a defect of its own.",
        "noisy": "{count} of {total} images ({share}) are noisier than the rest. Check gain and exposure time.",
        "dark": "{count} of {total} images ({share}) are darker than is usual in this set. Check the light.",
        "bright": "{count} of {total} images ({share}) are brighter than is usual in this set. Check the light.",
        "clipped": "{count} of {total} images ({share}) have large areas of pure black or white that others lack:"
        " detail"
        " is lost there. Change the exposure.",
        "lighting": "The highlights fall into two groups: {count} of {total} images ({share}) reach {brighter} of full"
        " white, the others {darker}. Two lighting conditions or two products: tag examples of both, and make sure that"
        " the line has both.",
        "tint": "The light has two colours: {count} of {total} images ({share}) are redder than the others. Two"
        " lamps, two white balances or two products: tag examples of both.",
        "one_group": "{count} of the {total} images that were compared ({share}) look alike, the others fall into"
        " {others} groups; that is as varied as {effective} equally large groups. Collect more of the rare kinds.",
        "one_folder": "{count} of {total} images ({share}) lie in one of {levels} folders, {level}, and the others"
        " show other kinds of image. Collect more of the others.",
        "one_day": "{share} of the images ({count} of {total}) are of one day, {level}, and those of other days show"
        " other kinds of image. Collect images of more days.",
        "one_camera": "{share} of the images ({count} of {total}) are of one camera, {level}, and those of the others"
        " show other kinds of image: a model may learn the camera for the defect. Collect more from the others.",
        "cameras": "The cameras show different kinds of image: {cameras}. Tag examples of each kind from each camera,"
        " or a model may learn the camera for the defect.",
        "tied_day": "Of the images tagged {tag}, {inside} are of {level}; of the other tagged images {outside}. A"
        " model may learn the day for the defect: tag examples of {tag} from other days, and others from this day.",
        "tied_camera": "Of the images tagged {tag}, {inside} are of the camera {level}; of the other tagged images"
        " {outside}. A model may learn the camera for the defect: tag examples of {tag} from other cameras, and"
        " others from this one.",
        "tied_light": "Of the images tagged {tag}, {inside} are taken in the {level} light; of the other tagged"
        " images {outside}. A model may learn the light for the defect: tag examples of each class in both lights.",
        "sizes": "The images differ in size: {sizes}. All are scaled to one size; defects of the same width are then"
        " not"
        " equally wide.",
        "bits": "The images are stored in {kinds} ways (bit depth, grey or colour). Use one setting of the camera.",
        "too_small": "The smallest of {total} marked defects has {pixels} pixels in the encoder's input, {patches}"
        " patches; below 2 it is easily missed. {remedy}",
        "few": "Only {count} images differ. With fewer than 100, pretraining has little to learn from; collect more, or"
        " begin with the encoder that comes with the program.",
        "rare": "Some kinds of image ({kinds}) are rare: {count} of the {total} images that were compared ({share})."
        " Collect"
        " more of these if they matter, or look whether they belong here.",
        "drop": "{count} images can be left out: {copies} copies and {soft} that are less sharp than the rest. {rest}"
        " remain.",
        "detail": "With an input of {input} pixels the encoder sees defects from about {least} pixels on, of {edge}"
        " in an image. For smaller ones cut the images into tiles.",
        "preset": "Pretraining can use {count} different images, with a shorter edge of {edge} pixels. The preset"
        " {preset} fits: on this CPU it shows each of them about {passes} times, in views of {crop} pixels.",
    },
    "ja": {
        "unreadable": "{total}個のファイルのうち{count}個が読めません。理由を一覧に示します。保存し直すか、除いてくだ"
        "さい。",
        "equal": "{total}枚のうち{count}枚は、ほかの画像とまったく同じです({groups}組)。学習の役に立たないので除いて"
        "ください。"
        "同じ画像を、タグ付けと評価の両方に使わないでください。",
        "pages": "{total}個のファイルのうち{count}個には複数の画像(ページ)が入っています。使うのも判定するのも最初の"
        "1枚だけで、{left_out}枚は対象になりません。必要なら、ページごとに別のファイルとして保存してください。",
        "near": "{total}枚のうち{count}枚({share})は、ほかの画像とほぼ同じです({groups}組)。各組から1枚だけ残し、"
        "別の部品の画像を集めてください。",
        "bursts": "{total}枚のうち{count}枚は、ほぼ同じ画像の連写です({groups}か所)。1個の部品を撮る枚数を減らしてく"
        "ださい。",
        "blurred": "{total}枚のうち{count}枚({share})は、ほかより鮮明さに欠けます。ピントを確認し、除くか、"
        "「ぼけ」を不良の一種としてタグ付けしてください。",
        "noisy": "{total}枚のうち{count}枚({share})は、ほかよりノイズが多くあります。ゲインと露光時間を確認してくださ"
        "い。",
        "dark": "{total}枚のうち{count}枚({share})は、この画像群としては暗すぎます。照明を確認してください。",
        "bright": "{total}枚のうち{count}枚({share})は、この画像群としては明るすぎます。照明を確認してください。",
        "clipped": "{total}枚のうち{count}枚({share})は、真っ黒または真っ白な部分が広く、細部が失われています。"
        "露出を変えてください。",
        "lighting": "明るい部分の明るさが2つの群に分かれます。{total}枚のうち{count}枚({share})は白の{brighter}、残り"
        "は{darker}に達します。"
        "照明条件が2つあるか、製品が2種類あります。両方の例にタグを付け、ラインにも両方があることを確認してくださ"
        "い。",
        "tint": "光の色が2つあります。{total}枚のうち{count}枚({share})は、ほかより赤みを帯びています。照明かホワイト"
        "バランスが2つあるか、製品が2種類あります。両方の例にタグを付けてください。",
        "one_group": "比べた{total}枚のうち{count}枚({share})は互いによく似ていて、残りは{others}群に分かれます。"
        "多様さは、同じ大きさの群{effective}個に相当します。少ない種類の画像をもっと集めてください。",
        "one_folder": "{total}枚のうち{count}枚({share})が、{levels}個のフォルダーのうち「{level}」1つに偏っていて、"
        "ほかのフォルダーの画像は種類が異なります。ほかの画像をもっと集めてください。",
        "one_day": "画像の{share}({total}枚のうち{count}枚)が{level}の1日に偏っていて、ほかの日の画像は種類が異なりま"
        "す。ほかの日の画像も集めてください。",
        "one_camera": "画像の{share}({total}枚のうち{count}枚)が1台のカメラ「{level}」に偏っていて、ほかのカメラの画"
        "像は種類が異なります。不良の代わりにカメラの違いを覚えるおそれがあります。ほかのカメラの画像も集めてくださ"
        "い。",
        "cameras": "カメラごとに画像の種類が異なります: {cameras}。どの種類も、それぞれのカメラの例にタグを付けてく"
        "ださい。不良の代わりにカメラの違いを覚えるおそれがあります。",
        "tied_day": "「{tag}」とタグ付けした画像の{inside}は{level}のもので、ほかのタグの画像では{outside}です。"
        "不良の代わりに日の違いを覚えるおそれがあります。「{tag}」はほかの日の例にも、ほかのタグはこの日の例にも付"
        "けてください。",
        "tied_camera": "「{tag}」とタグ付けした画像の{inside}はカメラ「{level}」のもので、ほかのタグの画像では"
        "{outside}です。不良の代わりにカメラの違いを覚えるおそれがあります。「{tag}」はほかのカメラの例にも、ほかのラ"
        "ベルはこのカメラの例にも付けてください。",
        "tied_light": "「{tag}」とタグ付けした画像の{inside}は{level}照明で撮られていて、ほかのタグの画像では"
        "{outside}です。不良の代わりに照明の違いを覚えるおそれがあります。どのクラスも、両方の照明の例にタグを付け"
        "てください。",
        "sizes": "画像の大きさがそろっていません: {sizes}。すべて同じ大きさに縮めるため、同じ幅の欠陥でも幅が変わりま"
        "す。",
        "bits": "保存形式が{kinds}通りあります(ビット深度、白黒かカラーか)。カメラの設定をそろえてください。",
        "too_small": "{total}個の領域のうち最も小さい欠陥は、エンコーダーの入力で{pixels}ピクセル、{patches}パッチで"
        "す。2パッチ未満は見逃しやすくなります。{remedy}",
        "few": "異なる画像は{count}枚だけです。100枚に満たないと事前学習の効果は小さくなります。もっと集めるか、"
        "付属のエンコーダーから始めてください。",
        "rare": "少ない種類の画像が{kinds}種類あります。比べた{total}枚のうち{count}枚({share})です。必要な種類ならも"
        "っと集め、そうでなければ、ここに含めるべき画像かを確かめてください。",
        "drop": "{count}枚は除いてかまいません。重複が{copies}枚、ほかより鮮明さに欠けるものが{soft}枚です。残りは"
        "{rest}枚です。",
        "detail": "入力{input}ピクセルのエンコーダーに見えるのは、短辺{edge}ピクセルの画像でおよそ{least}ピクセル以上"
        "の欠陥です。より小さい欠陥には、画像をタイルに分けてください。",
        "preset": "事前学習に使える異なる画像は{count}枚、短辺は{edge}ピクセルです。プリセット「{preset}」が適してい"
        "ます。このCPUでは、各画像を{crop}ピクセルの大きさで約{passes}回学習します。",
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
    if values.get("level") == "":
        values["level"] = "."
    if finding.kind == "tied_light":
        values["level"] = LIGHTS[language][str(values["level"])]
    for name in ("inside", "outside"):
        if name in values:
            values[name] = f"{100 * float(values[name]):.0f} %"
    if finding.kind == "too_small":
        remedy = "tiles" if values["grid"] else "input" if values["input"] else "nearer"
        values["remedy"] = REMEDIES[language][remedy].format(**values)
        values |= {"pixels": f"{float(values['pixels']):.0f}", "patches": f"{float(values['patches']):.1f}"}
    share = f"{100 * finding.share:.0f} %"
    return SENTENCES[language][finding.kind].format(count=finding.count, total=finding.total, share=share, **values)
