"""What is fuzzed: each target takes any bytes, and lets only what the code promises to raise pass.

Needs no atheris: tests/test_fuzz_corpora.py replays the corpora through these functions.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from micm_desktop.progress import UserError


def decode_image(data: bytes) -> None:
    """The decoders' entry. OpenCV itself is compiled without instrumentation: what is covered is what leads there."""
    from micm_desktop.images import limits
    from micm_desktop.images.decode import UnreadableImage, decode_here

    limits.set_megapixels(1)
    try:
        pixels = decode_here(data, Path("fuzzed")).pixels
    except UnreadableImage as problem:
        assert problem.reason
    else:
        assert pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size <= 3_000_000
    finally:
        limits.set_megapixels(None)


def image_header(data: bytes) -> None:
    """What is read of an image before it is decoded."""
    from micm_desktop.images.header import BadHeader, page_count, read_header

    assert page_count(data) >= 1
    try:
        header = read_header(data)
    except BadHeader as problem:
        assert str(problem)
    else:
        assert header.decoded_bytes >= 0 or header.width < 1 or header.height < 1


def open_project(data: bytes) -> None:
    """A project folder whose database is any file."""
    from micm_desktop.project.store import Project

    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        (Path(folder) / "project.sqlite").write_bytes(data)
        try:
            project = Project.open(Path(folder))
        except UserError:
            return
        try:
            project.images(), project.classes(), project.history(), project.encoders(), project.folders()
        except UserError:
            return
        finally:
            project.close()


def stored_values(data: bytes) -> None:
    """A project whose database is whole, with any values in it."""
    import stored_values as values

    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        values.write(data, Path(folder) / "project.sqlite")
        values.use(Path(folder))


def read_encoder(data: bytes) -> None:
    """What the window reads of an encoder file, without torch.

    A file of safetensors is seldom whole after a change: descriptions with a zero byte between them are put into one.
    """
    from safetensors.numpy import save

    from micm_desktop.micm.encoder_file import read_encoder_info

    texts = data.split(b"\0")
    if data[:1] == b"{" and len(texts) == 4:
        names = ("config", "training", "base_config", "base_training")
        metadata = {name: text.decode("utf-8", "replace") for name, text in zip(names, texts, strict=True)}
        data = save({}, metadata | {"format": "micm-encoder", "format_version": "1"})
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        file = Path(folder) / "encoder.safetensors"
        file.write_bytes(data)
        try:
            info = read_encoder_info(file)
        except UserError:
            return
        assert info.branches


def read_model(data: bytes) -> None:
    """The description inside a model file, up to where onnxruntime takes over."""
    from micm_desktop.export.model_file import from_metadata
    from micm_desktop.export.onnx_bytes import read_metadata

    try:
        metadata = read_metadata(data)
    except ValueError:
        return
    try:
        from_metadata(metadata, "fuzzed.onnx")
    except UserError:
        return


def read_labels(data: bytes) -> None:
    """A file of labels."""
    from micm_desktop.project import label_file

    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        file = Path(folder) / "labels.csv"
        file.write_bytes(data)
        try:
            lines = label_file.read_lines(file)
        except UserError:
            return
        again = Path(folder) / "again.csv"
        again.write_bytes(label_file.to_text(lines).encode())
        label_file.read_lines(again)


def resume_run(data: bytes) -> None:
    """The journal of an interrupted run, which may hold anything."""
    from micm_desktop.export.journal import Journal, stamp

    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        root, part = Path(folder), Path(folder) / "results.csv.part"
        paths = [root / "a.png", root / "b.png"]
        for path in paths:
            path.write_bytes(b"x")
        part.write_bytes(data)
        journal = Journal(part, root, paths, {"model": "m", "columns": ["path"]})
        try:
            for index, path in enumerate(paths):
                if not journal.holds(index):
                    journal.add(index, f"{path.name}\r\n".encode(), stamp(path))
            journal.write_table(root / "results.csv", b"path\r\n")
        finally:
            journal.close(remove=True)
        assert (root / "results.csv").read_bytes().count(b"\n") >= len(paths)


CORPUS = Path(__file__).parent / "corpus"


def corpus(target: str) -> Path:
    """The folder of small files that fuzzing a target begins with."""
    return CORPUS / ("decode" if target == "header" else target)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decode": decode_image,
    "header": image_header,
    "project": open_project,
    "values": stored_values,
    "encoder": read_encoder,
    "model": read_model,
    "labels": read_labels,
    "journal": resume_run,
}
