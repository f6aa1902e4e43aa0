"""A file on which the decoder crashes: the line goes on, and the table says which file it was."""

import csv
from pathlib import Path

from command_line import run
from hostile_decoder import CRASH, faulty_command
from picture_files import as_pillow, pillow_bytes

from micm_desktop.images.decode import decode_by
from micm_desktop.images.decode_processes import CRASHED, DecodeProcesses


def test_predict_goes_on_after_a_crash_of_the_decoder(model_file: Path, tmp_path: Path) -> None:
    images, out = tmp_path / "images", tmp_path / "r.csv"
    images.mkdir()
    # The longest name there is: its heatmap's cannot be the same and an ending.
    longest = "検" * 83 + "aa.png"
    for name in ("a.png", "b.png", longest):
        (images / name).write_bytes(pillow_bytes(as_pillow(), "PNG") + (CRASH if name == "b.png" else b""))
    processes = DecodeProcesses(faulty_command())
    decode_by(processes)
    try:
        outcome = run("predict", model_file, images, "--out", out, "--heatmaps", tmp_path / "heat", "--json")
    finally:
        decode_by(None)
        processes.close()
    assert outcome.code == 3 and outcome.values["failed"] == 1
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["path"], row["status"], row["message"]) for row in rows] == [
        ("a.png", "ok", ""),
        ("b.png", "error", CRASHED),
        (longest, "ok", ""),
    ]
    assert len(list((tmp_path / "heat").iterdir())) == 2
