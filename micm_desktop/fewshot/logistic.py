"""Logistic regression on frozen embeddings."""

import numpy as np

from micm_desktop.fewshot.head import Array, Labels, LinearHead, class_means

INVERSE_REGULARISATION = 100.0


def fit_logistic(support: Array, labels: Labels, classes: int) -> LinearHead:
    """Multinomial logistic regression. support (S, D), labels (S,) in [0, C), every class present, C ≥ 2."""
    # Here, not above: it takes a second to import, and few ask for it.
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000).fit(support, labels)
    weight, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if classes == 2:
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return LinearHead(weight, bias, class_means(support, labels, classes))
