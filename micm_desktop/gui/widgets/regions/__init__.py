"""Marked regions on the large view: boxes that are drawn, moved and resized with mouse or keys."""
