"""Score the heatmaps of a support set on marked query images: the map that the model file gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from micm_desktop.explain.attention import attention_heat, telling
from micm_desktop.explain.evidence import patch_bank_of
from micm_desktop.explain.localization import (
    Localization,
    Mask,
    Pointing,
    box_mask,
    pointing,
    read_boxes,
    read_mask,
    score_localization,
)
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, draw_support
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import relative_name
from micm_desktop.progress import JobControl, Progress


@dataclass(frozen=True)
class HeatmapScores:
    """Of the class evidence, which is what a user sees, and of the class token's attention."""

    evidence: Localization
    attention: Localization


def localize(
    embedded: EmbeddedFolder,
    root: Path,
    boxes: Path | None,
    masks: Path | None,
    shots: int,
    seed: int,
    control: JobControl,
) -> Iterator[Progress | HeatmapScores]:
    """Fit ``shots`` images a class, then score the heatmaps of every other image that has a marked region.

    The evidence is for the predicted class, be it right or wrong. ``boxes`` (CSV) wins over
    ``masks`` (folder that mirrors ``root``). Raises UserError.
    """
    marked = read_boxes(boxes) if boxes is not None else {}
    support = draw_support(embedded.labels, embedded.classes, shots, seed)
    head = fit_head("prototype", embedded.embeddings[support], embedded.labels[support], len(embedded.classes))
    labels = embedded.labels[support]
    paths = [[embedded.paths[row] for row in support[labels == index]] for index in range(len(embedded.classes))]
    bank = patch_bank_of(embedded.extractor, paths)
    model = InspectionModel(embedded.extractor, embedded.transform, head, bank).eval()
    queries = np.setdiff1d(np.arange(len(embedded.paths)), support)
    evidence: list[Pointing] = []
    attention: list[Pointing] = []
    for done, row in enumerate(queries):
        control.safe_point()
        path = embedded.paths[row]
        name = relative_name(path, root)
        image = decode_image(path)
        mask: Mask | None = None
        if boxes is not None:
            mask = box_mask(marked[name], image.shape[:2]) if name in marked else None
        elif masks is not None:
            mask = read_mask((masks / name).with_suffix(".png"))
        if mask is not None and mask.any():
            with torch.inference_mode():
                encodings = model.encode(torch.from_numpy(image)[None], attention=True)
                heat = model.judge(encodings).heatmap[0].numpy()
                looked = attention_heat(telling(embedded.extractor, encodings))[0].numpy()
            evidence.append(pointing(heat, mask))
            attention.append(pointing(looked, mask))
        yield Progress(done + 1, len(queries))
    yield HeatmapScores(score_localization(evidence), score_localization(attention))
