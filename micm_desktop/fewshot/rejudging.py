"""A verdict on a finished run anew, by tags that were made since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from micm_desktop.fewshot.usable_tags import usable_tags
from micm_desktop.fewshot.verdict import Candidate, beginning, choose_by_tags, compare, verdict_by_tags
from micm_desktop.micm.checkpoint import LoadedEncoder, attach_base, load_encoder
from micm_desktop.micm.encoder_file import Verdict
from micm_desktop.progress import JobControl, Progress, UserError


def judge_again(
    path: Path, paths: Sequence[Path], tagged: Mapping[Path, int], control: JobControl
) -> Iterator[Progress | Verdict]:
    """Judge the encoder file of a finished run by what is ``tagged`` now; the last value is the verdict.

    The features in use stay unless the tags clearly speak for others (:func:`choose_by_tags`). Only then the file is
    replaced, since another file means computing all features anew. What it held of a saliency head that the run
    trained is gone where other features take its place. Raises UserError where the file cannot be read or keeps no
    earlier network, or the tags are too few, OSError where the disk refuses, and Cancelled; nothing is changed then.
    """
    made = load_encoder(path)
    if made.base is None:
        raise UserError("This run kept nothing to compare it with, and cannot be judged again.")
    networks, current = candidates(made)
    confidence = None
    for event in compare(networks, paths, usable_tags(tagged), control):
        if isinstance(event, Progress):
            yield event
        else:
            confidence = event.confidence()
    if not confidence:
        raise UserError("To judge a run again, at least two classes need three tags each.")
    chosen = choose_by_tags(confidence, current)
    verdict = verdict_by_tags(confidence, chosen)
    if chosen != current:
        attach_base(path, networks["details" if chosen == "details" else "before"], verdict)
    yield verdict


def candidates(made: LoadedEncoder) -> tuple[dict[Candidate, LoadedEncoder], Candidate]:
    """The networks that a judged file lets us choose from, and which of them is in use."""
    assert made.base is not None
    kept = LoadedEncoder(made.base, dict(made.base_training), made.sha256)
    networks: dict[Candidate, LoadedEncoder] = {"new": replace(made, base=None), "before": kept}
    use = made.training.get("verdict", {}).get("use", "new")
    if "saliency_images" in made.base_training:
        init = str(made.training.get("config", {}).get("init", "none"))
        networks |= {"before": beginning(init, made), "details": kept}
        return networks, "details" if use == "base" else use
    return networks, "before" if use == "base" else use
