"""Colours for classes."""

from typing import Final

PALETTE: Final = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#332288",
    "#88ccee",
    "#882255",
    "#999933",
    "#aa4499",
    "#44aa99",
    "#661100",
)
"""Colours that stay apart with the common colour vision deficiencies (Okabe and Ito; then Tol's muted scheme)."""
