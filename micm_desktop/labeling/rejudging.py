"""A finished pretraining run of a project judged anew, by the tags as they are now."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.micm.encoder_file import Verdict


def judge_run_again(
    project: Project, encoder_id: int, images: Sequence[ImageRecord], control: JobControl
) -> "Iterator[Progress | Verdict]":
    """The last value is the verdict, which the project then remembers; ``images`` are readable, one per content, and
    not of the test set.

    Raises as :func:`~micm_desktop.fewshot.rejudging.judge_again`, and UserError for an unknown encoder.
    """
    from micm_desktop.fewshot.rejudging import judge_again
    from micm_desktop.micm.encoder_file import Verdict

    record = next((record for record in project.encoders() if record.id == encoder_id), None)
    if record is None:
        raise UserError("This encoder is not part of the project. Choose another encoder.")
    tags = project.support_tags()
    tagged = {image.path: tags[image.sha256] for image in images if image.sha256 in tags}
    for event in judge_again(record.path, [image.path for image in images], tagged, control):
        if isinstance(event, Verdict):
            known = json.loads(record.summary) | {"verdict": event.to_dict()}
            project.describe_encoder(encoder_id, json.dumps(known, ensure_ascii=False))
        yield event
