"""MICM Desktop: few-shot visual inspection, from a folder of images to a model file."""

__version__ = "0.1.0"
