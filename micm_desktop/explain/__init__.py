"""Heatmaps that say why."""
