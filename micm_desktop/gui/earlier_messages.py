"""Sentences that earlier versions of the core said and that projects keep: verdicts on runs."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

EARLIER = (
    QT_TRANSLATE_NOOP(
        "Core",
        "The features from before pretraining stay in use: with them {before} of the comparisons between tagged images "
        "come out right, with the new ones {new}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The features of small details are used, since pretraining taught them where to look: with them {details} of "
        "the comparisons between tagged images come out right, with the features from before pretraining {before}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "New and earlier features are used together: with both {both} of the comparisons between tagged images come "
        "out right, with the new ones alone {new}, with the earlier ones alone {before}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The new features are used: with them {new} of the comparisons between tagged images come out right, with "
        "those from before pretraining {before}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Images that look alike to the new network differ in their small details. So the features that describe "
        "details stay in use; pretraining taught them where to look.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The features from before pretraining stay in use: what the new ones take for similar has nothing to do with "
        "what looked similar before.",
    ),
)
