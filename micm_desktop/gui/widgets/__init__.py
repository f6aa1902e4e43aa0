"""Widgets that more than one page, or a page and its test, use."""
