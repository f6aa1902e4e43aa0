"""``demo``: the whole job on a generated sample set, from unlabeled images to a checked model file."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from micm_desktop.cli.output import Json, command, finish, needs_desktop, run_through, stderr, tracked
from micm_desktop.export.model_file import ExportResult
from micm_desktop.progress import JobControl, ProcessingError, UserError
from micm_desktop.project.folders import is_project, projects_folder

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling
    from micm_desktop.micm.config import PretrainConfig

SHOTS = 5
PER_CLASS = 80
TRAINING_PASSES = 7
"""Over the pictures, 105 steps: a new network is worth something from 80 on, however long they take."""
HEATMAPS_PER_CLASS = 2


@command
def demo(
    out: Annotated[Path | None, typer.Option(help="Folder for the sample set and its project.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open the window at the end.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the sample set and the run.")] = 0,
    json: Json = False,
) -> int:
    """Generate a sample set, pretrain, tag 5 per class, predict, explain, export and check the model file."""
    window = not headless and _has_screen()
    needs_desktop(window=window)
    started = time.perf_counter()
    folder = out if out is not None else projects_folder() / f"sample-{datetime.now():%Y%m%d-%H%M%S}"
    project = folder / "project"
    if is_project(project):
        raise UserError(f"{folder} already holds a sample project. Choose another --out, or delete that folder.")
    stderr.print(f"The sample set and its project lie in {folder}", markup=False)
    values = run_demo(folder, project, seed)
    values["seconds"] = round(time.perf_counter() - started, 1)
    code = finish(values, json)
    if window:
        from micm_desktop.gui.app import run

        return run(project)
    return code


def run_demo(folder: Path, project: Path, seed: int) -> dict[str, object]:
    """All steps but the window; the values of the contract's JSON object, ``seconds`` apart."""
    from micm_desktop.export import runtime
    from micm_desktop.images.decode import decode_image
    from micm_desktop.images.samples import DEMO_CLASSES, write_sample_set
    from micm_desktop.labeling import Labeling

    stderr.print("1/7 Making sample pictures of metal parts, good and with defects …", markup=False)
    write_sample_set(folder / "images", per_class=PER_CLASS, seed=seed)
    labeling = Labeling.open(project)
    try:
        labeling.project.add_folder(folder / "images")
        run_through(labeling.scan(JobControl()), "reading")
        labeling.refresh()
        truth = np.array([DEMO_CLASSES.index(image.path.parent.name) for image in labeling.images])

        stderr.print(f"2/7 Tagging {SHOTS} pictures of each class …", markup=False)
        ids = [labeling.project.add_class(name, is_good=name == "good").id for name in DEMO_CLASSES]
        rng = np.random.default_rng(seed)
        tagged = np.concatenate([rng.permutation(np.flatnonzero(truth == c))[:SHOTS] for c in range(len(ids))])
        for row in tagged:
            labeling.tag([int(row)], ids[truth[row]])
        held_out = np.setdiff1d(np.arange(len(truth)), tagged)

        stderr.print("3/7 Judging the others with the encoder as it is, before pretraining …", markup=False)
        run_through(labeling.compute_features(JobControl()), "embedding")
        before = _accuracy(labeling, truth, held_out)

        stderr.print(f"4/7 Pretraining on the {len(truth)} pictures without their tags …", markup=False)
        losses = _pretrain(labeling, seed)

        stderr.print("5/7 Judging the others again …", markup=False)
        run_through(labeling.compute_features(JobControl()), "embedding")
        after = _accuracy(labeling, truth, held_out)

        stderr.print("6/7 Drawing heatmaps …", markup=False)
        heatmaps = _draw_heatmaps(labeling, truth, held_out, folder / "heatmaps")

        stderr.print("7/7 Exporting the model file and checking it …", markup=False)
        exported = None
        for event in tracked(labeling.export(folder / "model.onnx", JobControl()), "exporting"):
            exported = event if isinstance(event, ExportResult) else exported
        assert exported is not None
        model = runtime.load(exported.model_file)
        checked = model.verify()
        if not checked.ok:
            raise ProcessingError("The model file does not give the outputs it gave at export. Please report this.")
        predictions = labeling.predict()
        assert predictions is not None
        rows = held_out[:: max(1, len(held_out) // 100)]
        verdicts = [model.judge(decode_image(labeling.images[row].path)) for row in rows]
        window = [predictions.classes[predictions.class_index[row]].name for row in rows]
        same = np.mean([verdict.class_name == name for verdict, name in zip(verdicts, window, strict=True)])
        stderr.print(
            f"Accuracy on {len(held_out)} untagged pictures: {before:.1%} before pretraining, {after:.1%} after it.",
            markup=False,
        )
        return {
            "images": len(truth),
            "classes": list(DEMO_CLASSES),
            "accuracy": round(after, 4),
            "untrained_accuracy": round(before, 4),
            "losses": losses,
            "model_file": str(exported.model_file),
            "heatmaps": heatmaps,
            "parity_max_abs_diff": exported.parity_max_abs_diff,
            "parity_images": exported.parity_images,
            "same_verdict_as_window": float(same),
        }
    finally:
        labeling.close()


def demo_pretraining(seed: int) -> "PretrainConfig":
    """A short run that shows what pretraining does; a real one takes longer."""
    from micm_desktop.micm.config import PretrainConfig

    return PretrainConfig(epochs=TRAINING_PASSES, seed=seed)


def _pretrain(labeling: "Labeling", seed: int) -> dict[str, float]:
    from micm_desktop.micm.events import Done, Step

    losses: dict[str, float] = {}
    for event in tracked(labeling.pretrain(demo_pretraining(seed), JobControl()), "reading"):
        match event:
            case Step() if event.step % 10 == 0:
                terms = "  ".join(f"{name} {value:.2f}" for name, value in event.losses.items())
                stderr.print(f"    step {event.step}  {terms}  {event.seconds_left:.0f} s left", markup=False)
            case Done():
                losses = {name: round(value, 4) for name, value in event.losses.items()}
    return losses


def _accuracy(labeling: "Labeling", truth: np.ndarray, rows: np.ndarray) -> float:
    predictions = labeling.predict()
    assert predictions is not None
    return float((predictions.class_index[rows] == truth[rows]).mean())


def _draw_heatmaps(labeling: "Labeling", truth: np.ndarray, rows: np.ndarray, folder: Path) -> list[str]:
    import cv2

    from micm_desktop.explain.overlay import overlay
    from micm_desktop.images.decode import decode_image

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for label in np.unique(truth):
        for row in rows[truth[rows] == label][:HEATMAPS_PER_CLASS]:
            image = labeling.images[row]
            explanation = labeling.explain(image)
            drawn = decode_image(image.path)
            if not explanation.unknown:
                drawn = overlay(drawn, explanation.heatmap)
            verdict = "unknown" if explanation.unknown else explanation.class_name
            file = folder / f"{image.path.stem}-as-{verdict}.png"
            file.write_bytes(cv2.imencode(".png", drawn[:, :, ::-1])[1].tobytes())
            written.append(str(file))
    return written


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
