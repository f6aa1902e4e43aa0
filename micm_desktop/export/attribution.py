"""Whose weights a model file holds, and under which licence: what goes with the file wherever it goes."""

from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

from micm_desktop.fewshot.features import BranchExtractor

OURS = "Made by MICM Desktop (MIT licence). What was learned from your images is yours."
MOBILENET = (
    "Holds ImageNet-1k weights of torchvision's MobileNetV2 (IMAGENET1K_V1), Copyright (c) Soumith Chintala 2016,"
    " BSD 3-Clause licence, https://github.com/pytorch/vision; they come without any warranty."
)
TIMM = "Holds weights of {name}, fetched by timm; see https://huggingface.co/timm for their licence."


def attribution(model: nn.Module) -> str:
    """One line on what is inside ``model``: this program's part, and each network that came from elsewhere."""
    notes = [OURS]
    modules = list(model.modules())
    if any(isinstance(module, InvertedResidual) for module in modules):
        notes.append(MOBILENET)
    for module in modules:
        if isinstance(module, BranchExtractor):
            init = str(module.info.training.get("init", ""))
            stem = module.network.config.stem_model
            names = {init, f"timm:{stem}" if module.network.config.stem == "conv" and stem != "mobilenetv2" else ""}
            notes += [TIMM.format(name=name) for name in sorted(names) if name.startswith("timm:")]
    return " ".join(dict.fromkeys(notes))
