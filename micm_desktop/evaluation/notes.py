"""What is missing for a figure, or is to be kept in mind with it: as sentences in English and Japanese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "ja"]
Severity = Literal["stop", "warn", "info"]
NoteKind = Literal[
    "no_images",
    "no_features",
    "one_class",
    "no_held_out",
    "no_test_set",
    "test_untagged",
    "test_partly_tagged",
    "test_unreadable",
    "not_in_test",
    "single_tag",
    "tags_unreadable",
    "few",
    "few_defects",
    "few_good",
    "no_line",
    "one_side",
    "untrained",
    "held_out",
    "rules_apart",
    "encoder_saw",
    "encoder_foreign",
    "unlocked",
    "learning_few",
    "learning_unsure",
    "learning_best",
    "learning_rivals",
    "tag_first",
    "no_features_of",
    "other_tags",
    "copies_unseen",
    "copies_together",
    "tagged_left_out",
    "share_missed",
]

SEVERITIES: Mapping[NoteKind, Severity] = {
    "no_images": "stop",
    "no_features": "stop",
    "one_class": "stop",
    "no_held_out": "stop",
    "no_features_of": "stop",
    "no_test_set": "stop",
    "learning_best": "info",
    "learning_rivals": "info",
    "tag_first": "info",
    "held_out": "info",
    "rules_apart": "info",
    "encoder_foreign": "info",
    "copies_together": "info",
    "tagged_left_out": "info",
}
"""All others are warnings."""


@dataclass(frozen=True)
class Note:
    """One sentence's ``values``: numbers, shares in [0, 1] (``low``, ``high``, ``gain``), and names."""

    kind: NoteKind
    values: Mapping[str, int | float | str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """``stop``: nothing can be said; ``warn``: to be kept in mind; ``info``."""
        return SEVERITIES.get(self.kind, "warn")


SENTENCES: Mapping[Language, Mapping[NoteKind, str]] = {
    "en": {
        "no_images": "The project has no readable images. Open a folder of images first.",
        "no_features": "The images have no features of the encoder in use yet. Let them be computed first.",
        "one_class": "Fewer than two classes have a tag to learn from. Tag images of another class.",
        "no_held_out": "No class has two tags to learn from, so no image can be judged without its own tag. Tag more"
        " images of each class, or tag those of the test set.",
        "no_test_set": "The project has no test set. Set images aside before they are tagged.",
        "test_untagged": "None of the {locked} images of the test set has a tag yet. Tag them for figures that are"
        " independent of what was learned.",
        "test_partly_tagged": "Of the {locked} images of the test set {tagged} are tagged. If those were picked out, the"
        " figures hold for images like them only; tag all.",
        "test_unreadable": "{count} tagged images of the test set are not judged: they are missing, or have no features.",
        "not_in_test": "The test set has no tagged image of {names}: nothing can be said of that.",
        "single_tag": "Not judged, since they have a single tag: {names}. Tag one more of each.",
        "tags_unreadable": "{count} tagged images do not count: they are missing, or have no features.",
        "few": "Only {count} images are judged. Look at the intervals, not at the shares.",
        "few_defects": "Only {count} defects are judged. Even if none of so many passes as good, up to {high} of all"
        " defects may.",
        "few_good": "Only {count} good parts are judged. Even if none of so many is called a defect, up to {high} of all"
        " good parts may be.",
        "no_line": "There are no good classes beside defect classes, so nothing can be said of misses and false alarms."
        " Say on the Decide page which classes are good parts.",
        "one_side": "Only good parts are judged, or only defects: nothing can be said of misses and false alarms.",
        "untrained": "{count} images of the test set have a class without a tag to learn from ({names}); it can only be"
        " called something else or unknown. {passed} of them pass as good.",
        "held_out": "Each tagged image is judged without its own tag. What was set by all tags, such as how sure a"
        " prediction is, is slightly too good that way, and so is everything where near copies are tagged. A locked test"
        " set is free of both.",
        "rules_apart": "The rules of the Decide page are not applied here: they ask a person about some more images.",
        "encoder_saw": "The encoder was pretrained, without labels, on {count} images of the test set before they were"
        " locked. Pretrain anew for figures that are independent.",
        "encoder_foreign": "The encoder was not made in this project: whether it has seen images of the test set is not"
        " known.",
        "unlocked": "{count} images of a test set were unlocked, the last on {date}. What was measured on them is no"
        " longer independent of the tags.",
        "learning_few": "What more tags would bring cannot be told: at least two classes need {least} tags or more.",
        "learning_unsure": "Of which class more tags would help cannot be told from {count} judged images.",
        "learning_best": "{more} more tags of {name} would help most: accuracy would rise by about {gain} (95 %"
        " confidence: {low} to {high}), if it goes on as until now.",
        "learning_rivals": "More tags of {names} may help as much.",
        "tag_first": "Too few tags to tell what more would bring: {names}. Tag these first.",
        "no_features_of": "The images have no features of {names} yet. Use it once, so that they are computed.",
        "other_tags": "{count} tagged images are left out, since only one of the two encoders has their features.",
        "copies_unseen": "Nearly equal images were not looked for among {count} images, which would take too long: copies"
        " of an image may lie on both sides.",
        "copies_together": "{count} images that are nearly equal to another one stay together with it.",
        "tagged_left_out": "{count} images have or had a tag and were left out: what was learned from cannot test.",
        "share_missed": "{wanted} images were asked for and {count} could be locked: the others have or had a tag.",
    },
    "ja": {
        "no_images": "プロジェクトに読み込める画像がありません。先に画像フォルダーを開いてください。",
        "no_features": "使用中のエンコーダーの特徴量がまだありません。先に計算してください。",
        "one_class": "学習に使えるタグの付いたクラスが2つ未満です。別のクラスの画像にタグを付けてください。",
        "no_held_out": "学習用のタグが2枚以上あるクラスがないため、自分のタグを除いた判定ができません。各クラスのタグを"
        "増やすか、テスト用画像にタグを付けてください。",
        "no_test_set": "テスト用画像がありません。タグを付ける前に画像を取り分けてください。",
        "test_untagged": "テスト用画像 {locked} 枚にまだタグがありません。学習から独立した数値を得るには、タグを付けてください。",
        "test_partly_tagged": "テスト用画像 {locked} 枚のうち、タグがあるのは {tagged} 枚です。選んで付けたのであれば、数値は似た画像に"
        "しか当てはまりません。全部にタグを付けてください。",
        "test_unreadable": "テスト用画像のうちタグ付きの {count} 枚は、見つからないか特徴量がないため判定していません。",
        "not_in_test": "テスト用画像に{names}のタグが付いたものがないため、これについては何も言えません。",
        "single_tag": "タグが1枚だけのため判定していないクラス: {names}。もう1枚ずつタグを付けてください。",
        "tags_unreadable": "タグ付き画像 {count} 枚は、見つからないか特徴量がないため数えていません。",
        "few": "判定した画像は {count} 枚だけです。割合ではなく信頼区間を見てください。",
        "few_defects": "判定した不良は {count} 枚だけです。この枚数で見逃しが0でも、全体では最大 {high} を見逃す可能性があります。",
        "few_good": "判定した良品は {count} 枚だけです。この枚数で過検出が0でも、全体では最大 {high} が過検出になる可能性があります。",
        "no_line": "良品クラスと不良クラスの両方がないため、見逃しと過検出については何も言えません。どのクラスが良品かを「判定」"
        "ページで指定してください。",
        "one_side": "判定した画像が良品だけ、または不良だけのため、見逃しと過検出については何も言えません。",
        "untrained": "テスト用画像のうち {count} 枚は、学習用のタグがないクラス({names})です。別のクラスか「未知」としか判定できません。"
        "そのうち {passed} 枚が良品と判定されました。",
        "held_out": "タグ付き画像を1枚ずつ、自分のタグを除いて判定しています。予測の確からしさのように全タグから決めた値はわずかに"
        "良く出ます。ほぼ同じ画像にタグが付いている場合も同様です。ロックしたテスト用画像なら、どちらも起きません。",
        "rules_apart": "「判定」ページのルールはここでは適用していません。ルールにより、人に確認する画像はもう少し増えます。",
        "encoder_saw": "エンコーダーは、ロックする前のテスト用画像 {count} 枚をタグを使わない事前学習に使いました。独立した数値を得るには、"
        "事前学習をやり直してください。",
        "encoder_foreign": "エンコーダーはこのプロジェクトで作られたものではないため、テスト用画像を学習に使ったかどうかは分かりません。",
        "unlocked": "テスト用画像 {count} 枚のロックが解除されました(最後は{date})。それらで測った数値は、もうタグから独立していません。",
        "learning_few": "タグを増やした効果は分かりません。{least} 枚以上のタグがあるクラスが2つ以上必要です。",
        "learning_unsure": "どのクラスのタグを増やすとよいかは、判定した {count} 枚からは分かりません。",
        "learning_best": "「{name}」のタグをあと {more} 枚増やすのが最も効果的です。これまでどおりに伸びれば、正解率は約 {gain}"
        "(95 %信頼区間: {low}~{high})上がります。",
        "learning_rivals": "{names}のタグを増やしても、同じくらい効果があるかもしれません。",
        "tag_first": "タグが少なすぎて効果が分からないクラス: {names}。先にこれらにタグを付けてください。",
        "no_features_of": "{names}の特徴量がまだありません。一度使用して、計算してください。",
        "other_tags": "タグ付き画像 {count} 枚は、片方のエンコーダーの特徴量しかないため除きました。",
        "copies_unseen": "{count} 枚の中から、ほぼ同じ画像を探すことは時間がかかりすぎるため、行っていません。似た画像が両側に分かれて"
        "いる可能性があります。",
        "copies_together": "ほかとほぼ同じ画像 {count} 枚は、その相手と同じ側に置きました。",
        "tagged_left_out": "{count} 枚にはタグがある、または以前あったため除きました。学習に使った画像ではテストできません。",
        "share_missed": "{wanted} 枚のうち、ロックできたのは {count} 枚です。ほかの画像にはタグがある、または以前ありました。",
    },
}


def sentence(note: Note, language: Language = "en") -> str:
    """A note in words."""
    values = dict(note.values)
    for name in ("low", "high", "gain"):
        if name in values:
            values[name] = f"{100 * float(values[name]):.1f} %"
    return SENTENCES[language][note.kind].format(**values)
