"""Boxes on images."""

Box = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in pixels of the upright original."""
