"""A project's tagged images and the views of them that predictions learn from."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import LabelingBench, opened
from tiny_model import last

from micm_desktop.fewshot.embedding import VIEWS
from micm_desktop.labeling import Labeling
from micm_desktop.labeling.evaluating import evaluate
from micm_desktop.labeling.evaluation_values import Evaluation
from micm_desktop.labeling.viewed import support_views
from micm_desktop.progress import Cancelled, JobControl


@pytest.fixture
def started(tmp_path: Path, labeled: Path, conv_encoder: Path) -> Iterator[LabelingBench]:
    for bench in opened(tmp_path, labeled, conv_encoder):
        bench.start()
        yield bench


def compute(labeling: Labeling) -> int:
    """How many images got views."""
    done = 0
    for event in labeling.compute_views(JobControl()):
        done = event.done
    return done


def probabilities(labeling: Labeling) -> np.ndarray:
    predictions = labeling.predict()
    assert predictions is not None
    return predictions.probabilities


def test_views_of_new_tags_alone_are_computed_and_kept_on_disk(started: LabelingBench) -> None:
    started.tag("good", "pit")
    plain = probabilities(started.labeling)
    assert compute(started.labeling) == 4
    assert compute(started.labeling) == 0
    viewed = probabilities(started.labeling)
    assert not np.allclose(viewed, plain), "the views count"
    started.tag("stain", each=1)
    assert [image.path.parent.name for image in started.labeling.missing_views()] == ["stain"]
    with_three = probabilities(started.labeling)
    started.reopen()
    started.labeling.load_features()
    np.testing.assert_allclose(probabilities(started.labeling), with_three, atol=1e-5)
    assert compute(started.labeling) == 1


def test_an_evaluation_judges_what_would_be_exported(started: LabelingBench) -> None:
    started.tag("good", "pit")
    started.labeling.project.change_class(started.labeling.project.classes()[0].id, is_good=True)
    found = last(evaluate(started.labeling, JobControl(), learning=False), Evaluation)
    assert started.labeling.missing_views() == []
    predictions = started.labeling.predict()
    assert predictions is not None and found.judged is not None and found.policy == predictions.policy
    np.testing.assert_array_equal(found.judged.probabilities, predictions.held_out.probabilities)


def test_an_image_without_views_is_seen_as_it_is(started: LabelingBench) -> None:
    started.tag("good", "pit")
    embeddings = started.labeling._embeddings
    assert embeddings is not None
    keys = sorted(started.labeling.project.tags())
    assert support_views(embeddings, keys) is None
    compute(started.labeling)
    del embeddings.views[keys[1]]
    views = support_views(embeddings, keys)
    assert views is not None and views.shape[:2] == (4, VIEWS)
    own = embeddings.values[embeddings.rows[keys[1]]]
    assert (views[1] == own).all() and not (views[0] == embeddings.values[embeddings.rows[keys[0]]]).all()


def test_a_tagged_image_that_is_gone_holds_nothing_up(started: LabelingBench) -> None:
    started.tag("good", "pit")
    gone = started.labeling.images[started.rows("pit")[0]]
    gone.path.unlink()
    assert compute(started.labeling) == 4
    assert started.labeling.missing_views() == []
    assert np.isfinite(probabilities(started.labeling)).all()


def test_cancelled_views_go_on_where_they_were(started: LabelingBench) -> None:
    started.tag("good", "pit")
    control = JobControl()
    with pytest.raises(Cancelled):
        for event in started.labeling.compute_views(control):
            if event.done:
                control.cancel()
    assert len(started.labeling.missing_views()) == 3
