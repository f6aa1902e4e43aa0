"""Heatmaps drawn over images. Needs only NumPy and OpenCV: the line PC uses it too."""

import cv2
import numpy as np
import numpy.typing as npt

COLOR_MAP = cv2.COLORMAP_INFERNO
"""Even in lightness, so that it reads the same to colour-blind people and in grey print."""


def overlay(image: npt.NDArray[np.uint8], heat: npt.NDArray[np.float32], opacity: float = 0.6) -> npt.NDArray[np.uint8]:
    """Blend ``heat`` (h, w) in [0, 1] over ``image`` (H, W, 3) RGB; where the heat is 0 the image stays as it is."""
    size = (image.shape[1], image.shape[0])
    strength = np.clip(cv2.resize(np.asarray(heat, np.float32), size, interpolation=cv2.INTER_LINEAR), 0, 1)
    colors = cv2.cvtColor(cv2.applyColorMap((strength * 255).astype(np.uint8), COLOR_MAP), cv2.COLOR_BGR2RGB)
    alpha = strength * np.float32(opacity)
    return np.asarray(cv2.blendLinear(image, colors, 1 - alpha, alpha), np.uint8)
