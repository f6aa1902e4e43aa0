"""How good verdicts are, by images whose class is known: shares with exact intervals, curves and comparisons.

Arrays in, plain values out; which images are judged, and by what, is for ``labeling.evaluating`` to say.
"""
