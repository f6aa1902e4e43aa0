"""Write the small files that fuzzing begins with: python fuzz/make_corpus.py

Needs the packages for tests. Files that fuzzing found, named ``found-...``, are left as they are.
"""

import json
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests" / "support"), str(HERE.parent)]

from picture_files import pillow_bytes, tiff_bytes

from micm_desktop.export.model_file import ModelInfo, to_metadata
from micm_desktop.export.samples import Sample
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.project.label_file import COLUMNS
from micm_desktop.project.store import Project

PICTURE = np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)


def images() -> dict[str, bytes]:
    image = Image.fromarray(PICTURE)
    exif = Image.Exif()
    exif[0x112] = 6
    made = {
        "rgb.bmp": pillow_bytes(image, "BMP"),
        "bits.bmp": pillow_bytes(image.convert("1"), "BMP"),
        "rgb.png": pillow_bytes(image, "PNG"),
        "palette.png": pillow_bytes(image.convert("P"), "PNG"),
        "rgb.jpg": pillow_bytes(image, "JPEG", exif=exif),
        "progressive.jpg": pillow_bytes(image, "JPEG", progressive=True),
        "rgb.webp": pillow_bytes(image, "WEBP", lossless=True),
        "rgb.ppm": pillow_bytes(image, "PPM"),
        "lzw.tif": pillow_bytes(image, "TIFF", compression="tiff_lzw"),
        "float.tif": tiff_bytes(PICTURE[..., 0].astype(np.float32), photometric="minisblack"),
        "tiles.tif": tiff_bytes(PICTURE.astype(np.uint16), photometric="rgb", tile=(16, 16)),
    }
    return made


def project() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "images").mkdir()
        (folder / "images" / "a.png").write_bytes(pillow_bytes(Image.fromarray(PICTURE), "PNG"))
        made = Project.open(folder / "p")
        made.add_folder(folder / "images")
        made.add_class("good", is_good=True)
        made.close()
        with closing(sqlite3.connect(folder / "p" / "project.sqlite")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA page_size=512")
            connection.execute("VACUUM")
        return {"small.sqlite": (folder / "p" / "project.sqlite").read_bytes()}


def encoder() -> dict[str, bytes]:
    metadata = {
        "format": "micm-encoder",
        "format_version": "1",
        "config": json.dumps(EncoderConfig().to_dict()),
        "training": json.dumps({"steps": 3, "verdict": {"use": "both"}}),
    }
    both = metadata | {"base_config": metadata["config"], "base_training": "{}"}
    apart = "\0".join(both[name] for name in ("config", "training", "base_config", "base_training"))
    tensors = {"stem.weight": np.ones((2, 3), np.float32)}
    return {
        "new.safetensors": save(tensors, metadata),
        "base.safetensors": save(tensors, both),
        "apart": apart.encode(),
    }


def model() -> dict[str, bytes]:
    jpeg = pillow_bytes(Image.fromarray(PICTURE[:2, :2]), "JPEG")
    sample = Sample(jpeg, (0.25, 0.75), 0.5, np.ones((2, 2), np.float32), ("defect", "b", ""))
    info = ModelInfo(("a", "b"), 0.5, (sample,), "sha", "2026-01-01", "0.1.0")
    entries = b"".join(
        _field(14, _field(1, key.encode()) + _field(2, value.encode())) for key, value in to_metadata(info).items()
    )
    return {"small.onnx": entries + _field(7, _field(5, _field(8, b"w")))}


def _field(number: int, data: bytes) -> bytes:
    length, size = b"", len(data)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + data


def labels() -> dict[str, bytes]:
    sha = "0" * 64
    lines = (
        ",".join(COLUMNS),
        f"a.png,{sha},good,,,,,human,2026-01-31T09:30:00+00:00,me,0,,1",
        '"b, ""2"".png",,scratch,1,2,3.5,4,import,,,0,1,0',
        "検査.png,,,,,,,,,,1,,",
    )
    return {"all.csv": "\r\n".join(lines).encode(), "short.csv": "\ufeffpath,class\na.png,good\n".encode()}


def journal() -> dict[str, bytes]:
    first = json.dumps({"model": "m", "columns": ["path"]})
    lines = (first, '["a.png", [1, 1700000000000000000], "a.png\\r\\n"]', '["b.png", null, "b.png\\r\\n"]', '["c')
    return {"interrupted.part": "\n".join(lines).encode(), "other.part": b'{"model": "n"}\n'}


def main() -> None:
    made = {
        "decode": images(),
        "project": project(),
        "encoder": encoder(),
        "model": model(),
        "labels": labels(),
        "journal": journal(),
    }
    for target, files in made.items():
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
