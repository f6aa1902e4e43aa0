"""Logistic regression says what scikit-learn says."""

import numpy as np
import pytest
from embeddings import around_directions
from sklearn.linear_model import LogisticRegression

from micm_desktop.fewshot.logistic import INVERSE_REGULARISATION, fit_logistic
from micm_desktop.fewshot.prototype import fit_prototypes


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_probabilities_are_scikit_learn_s(classes: int) -> None:
    support, labels = around_directions(classes, 5, 0.4)
    queries, _ = around_directions(classes, 20, 0.6, seed=1)
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000).fit(support, labels)
    head = fit_logistic(support, labels, classes)
    assert head.weight.shape == (classes, 12)
    assert head.bias.shape == (classes,)
    np.testing.assert_allclose(head.probabilities(queries), model.predict_proba(queries), atol=1e-4)


def test_two_classes_get_one_row_each_of_opposite_sign() -> None:
    support, labels = around_directions(2, 5, 0.4)
    head = fit_logistic(support, labels, 2)
    np.testing.assert_allclose(head.weight[0], -head.weight[1])
    assert head.bias[0] == -head.bias[1]
    assert (head.logits(support).argmax(axis=1) == labels).all()


def test_the_unknown_score_uses_the_class_means() -> None:
    support, labels = around_directions(3, 4, 0.3)
    expected = fit_prototypes(support, labels, 3).prototypes
    assert np.array_equal(fit_logistic(support, labels, 3).prototypes, expected)
