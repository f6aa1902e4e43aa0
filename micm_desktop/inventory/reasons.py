"""Why a file cannot be read, in Japanese: the report is read where no translation of the window is at hand."""

import re
from typing import Final

from micm_desktop.inventory.words import Language

JAPANESE: Final = {
    "this is a folder, not an image file": "画像ファイルではなく、フォルダーです",
    "this is not a plain file": "通常のファイルではありません",
    "the file is too large ({size} GiB; 2 GiB at most)": "ファイルが大きすぎます（{size} GiB。上限は 2 GiB）",
    "no permission to read this file, or another program has locked it": "読み取る権限がないか、ほかのプログラムが使"
    "用中です",
    "not enough memory to read this file": "メモリが足りず、ファイルを読めません",
    "the file could not be read ({reason})": "ファイルを読めません（{reason}）",
    "the file is empty (0 bytes)": "ファイルが空です（0 バイト）",
    "not enough memory to decode this image": "メモリが足りず、画像を展開できません",
    "the image has no pixels ({width} x {height})": "画素がありません（{width} × {height}）",
    "the image is too large: {width} x {height} pixels, {limit} megapixels at most": "画像が大きすぎます（{width} ×"
    " {height} 画素。上限は {limit} メガピクセル）",
    "the TIFF file is damaged, cut off, or of a kind that cannot be read; save it uncompressed or as PNG": "TIFF ファ"
    "イルが壊れているか、途中で切れているか、読めない形式です。非圧縮または PNG で保存し直してください",
    "the content is not a BMP, PNG, JPEG, TIFF, WebP or PNM image": "中身が BMP、PNG、JPEG、TIFF、WebP、PNM の画像で"
    "はありません",
    "the file is cut off: its end is missing": "ファイルが途中で切れています（末尾がありません）",
    "the file is damaged at its beginning": "ファイルの先頭が壊れています",
    "the file is damaged": "ファイルが壊れています",
    "the decoder crashed on this file": "このファイルで画像の展開処理が異常終了しました",
    "decoding this file took more than {seconds} seconds": "画像の展開に {seconds} 秒以上かかりました",
    "the file is no longer there": "ファイルがなくなっています",
    "this is a link that leads to no file": "リンク先のファイルがありません",
}


def reason_in(reason: str, language: Language) -> str:
    """Why a file cannot be read, in ``language``; as it is where no translation is known."""
    if language == "ja":
        for template, words in JAPANESE.items():
            parts = re.split(r"\{(\w+)\}", template)
            pattern = "".join(
                re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+)" for place, part in enumerate(parts)
            )
            if (found := re.fullmatch(pattern, reason)) is not None:
                return words.format(**found.groupdict())
    return reason
