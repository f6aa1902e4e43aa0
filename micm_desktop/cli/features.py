"""Features of a project's images, computed by one computer or by several."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from micm_desktop.cli.output import FAILED, SOME_UNREADABLE, Json, command, finish, needs_desktop, stderr, tracked
from micm_desktop.cli.projects import opened
from micm_desktop.cli.stopping import stopped_by_signals
from micm_desktop.export.shared_work import QUIET
from micm_desktop.progress import Cancelled, JobControl, UserError

if TYPE_CHECKING:
    from micm_desktop.labeling.feature_list import FeatureList
    from micm_desktop.labeling.shared_features import Shared
    from micm_desktop.labeling.workspace import Labeling


@command
def features(
    project: Annotated[
        Path | None, typer.Argument(help="Project folder; left out on a computer that only helps with --claim.")
    ] = None,
    claim: Annotated[
        Path | None, typer.Option(help="Folder that several computers see, to share the work by.", metavar="DIR")
    ] = None,
    images: Annotated[
        list[Path] | None,
        typer.Option(help="Where the images are on a computer that helps; once for each of the project's folders."),
    ] = None,
    claim_after: Annotated[
        float, typer.Option(min=1.0, help="Seconds without a sign of life after which others do a computer's part.")
    ] = QUIET,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    json: Json = False,
) -> int:
    """Compute the features that images of a project lack, alone or with other computers."""
    needs_desktop()
    if claim is None and project is None:
        raise UserError("Name a project, or --claim DIR to help with one.")
    if images and project is not None:
        raise UserError("--images is for computers that only help: the project knows where its images are.")
    control, started = JobControl(), time.perf_counter()
    try:
        with stopped_by_signals(control):
            if project is None:
                assert claim is not None
                values, result = _help(claim, images or [], claim_after, device, control)
            else:
                with opened(project) as labeling:
                    if claim is None:
                        return _told(_alone(labeling, device, control, started), json)
                    values, result = _shared(labeling, claim, claim_after, device, control)
    except Cancelled:
        stderr.print("Stopped before the end. What is done is kept; the same command goes on.", markup=False)
        return FAILED
    values["images_per_second"] = _pace(result.computed, started)
    return finish(values, json, result.failed)


def _told(values: dict[str, Any], json: bool) -> int:
    code = finish(values, json)
    if not values["missing"]:
        return code
    said = f"{values['missing']} images could not be read as they were when they were scanned."
    stderr.print(f"{said} Open the project in the window, and scan again.", style="yellow", markup=False)
    return SOME_UNREADABLE


def _alone(labeling: "Labeling", device: str, control: JobControl, started: float) -> dict[str, Any]:
    from micm_desktop.labeling.embedded import compute_features, feature_store
    from micm_desktop.labeling.encoders import EncoderCache

    info, images = labeling.encoder_info(), labeling.distinct_images()
    lacking = len(_without(labeling))
    for _ in tracked(
        compute_features(labeling.project, EncoderCache(), info, images, control, device), "computing features"
    ):
        pass
    store = feature_store(labeling.project, info)
    missing = sum(image.sha256 not in store for image in images)
    computed = lacking - missing
    values = {"images": lacking, "computed": computed, "missing": missing}
    return values | {"images_per_second": _pace(computed, started)}


def _help(
    claim: Path, roots: list[Path], quiet: float, device: str, control: JobControl
) -> "tuple[dict[str, Any], Shared]":
    from micm_desktop.labeling.feature_list import is_begun, read_list
    from micm_desktop.labeling.shared_features import SharedFeatures

    listed = read_list(claim, roots)
    if not is_begun(claim):
        raise UserError(f"The work in {claim} has not begun. Start it on the computer that has the project.")
    share = SharedFeatures(listed, listed.work(quiet), device, control)
    for _ in tracked(share.help(), "computing features"):
        pass
    return {"images": len(listed), "computed": share.result.computed}, share.result


def _shared(
    labeling: "Labeling", claim: Path, quiet: float, device: str, control: JobControl
) -> "tuple[dict[str, Any], Shared]":
    from micm_desktop.labeling.embedded import feature_store
    from micm_desktop.labeling.shared_features import Refused, Shared, SharedFeatures

    result, listed = Shared(), _listed(labeling, claim)
    if listed is not None:
        share = SharedFeatures(listed, listed.work(quiet), device, control)
        result = share.result
        for event in tracked(share.collect(feature_store(labeling.project, listed.info)), "computing features"):
            if isinstance(event, Refused):
                said = f"Part {event.part} was computed anew: of what another computer has made, {event.reason}."
                stderr.print(said, style="yellow", markup=False)
    missing = len(_without(labeling))
    if listed is not None and missing > len(result.failed):
        said = f"{missing - len(result.failed)} images are newer than the list in {claim}: delete it, and start again."
        stderr.print(said, style="yellow", markup=False)
    return {
        "images": 0 if listed is None else len(listed),
        "computed": result.computed,
        "taken": result.taken,
        "refused": result.refused,
        "compared": result.compared,
        "max_distance": result.distance,
        "missing": missing,
    }, result


def _listed(labeling: "Labeling", claim: Path) -> "FeatureList | None":
    """The list in ``claim``, which is made where there is none; None where no image lacks features."""
    from micm_desktop.labeling.feature_list import is_begun, read_list, write_list

    info = labeling.encoder_info()
    if is_begun(claim):
        listed = read_list(claim)
        if listed.info.sha256 != info.sha256:
            raise UserError(f"The work in {claim} is of another encoder than the project's. Name another folder.")
        return listed
    images = _without(labeling)
    return write_list(claim, info, images) if images else None


def _without(labeling: "Labeling") -> list[Any]:
    from micm_desktop.labeling.embedded import feature_store

    store = feature_store(labeling.project, labeling.encoder_info())
    return [image for image in labeling.distinct_images() if image.sha256 not in store]


def _pace(images: int, started: float) -> float:
    return round(images / (time.perf_counter() - started), 2)
