"""Boxes that the user marks on images."""

import math

from micm_desktop.images.boxes import Box
from micm_desktop.progress import UserError
from micm_desktop.project.records import ImageRecord, RegionRecord


def clamped(box: Box, image: ImageRecord) -> Box:
    """What of ``box`` lies on the image, its corners in order. Raises UserError where nothing does, or for NaN."""
    if not all(map(math.isfinite, box)):
        raise UserError("The marked region is empty. Drag from one corner of the defect to the other.")
    xmin, xmax = sorted((box[0], box[2]))
    ymin, ymax = sorted((box[1], box[3]))
    found = max(xmin, 0.0), max(ymin, 0.0), min(xmax, float(image.width)), min(ymax, float(image.height))
    if found[0] >= found[2] or found[1] >= found[3]:
        raise UserError("The marked region is empty. Drag from one corner of the defect to the other.")
    return found


def box_of(region: RegionRecord) -> Box:
    """Where a region lies."""
    return region.xmin, region.ymin, region.xmax, region.ymax
