"""Convolutional networks as stems: torchvision's MobileNetV2, or a CNN of timm, taken apart at its strides."""

from collections import OrderedDict
from typing import Any, NamedTuple

import timm
import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

MOBILENET = "mobilenetv2"
STEM_STAGES = 14
"""MobileNetV2's stages up to stride 16."""
PROBE = (64, 96)
"""Input on which a CNN is taken apart: small, and not square, so that rows and columns are told from channels."""


class CnnStages(NamedTuple):
    """``body``, children in the order they are computed, up to stride 16, and ``last``, what follows (may be empty).

    The first ``frozen`` children of the body end at stride 4, the first ``fine`` at stride 8. ``channels``: at stride
    4, 8 and 16, and of ``last`` (0 where it is empty).
    """

    body: nn.Sequential
    last: nn.Sequential
    frozen: int
    fine: int
    channels: tuple[int, int, int, int]


class NoStem(ValueError):
    """A network that cannot be a stem; the text says why, as a clause."""


def build_stages(name: str) -> CnnStages:
    """Untrained stages of ``mobilenetv2`` (torchvision's) or of a timm CNN. Raises ValueError for an unknown name."""
    if name == MOBILENET:
        features = mobilenet_v2(weights=None).features
        return CnnStages(features[:STEM_STAGES], features[STEM_STAGES:], 4, 7, (24, 32, 96, 1280))
    if not timm.is_model(name):
        raise ValueError(f"the installed timm has no model named {name!r}")
    return split_cnn(timm.create_model(name, pretrained=False))


@torch.no_grad()
def split_cnn(model: Any) -> CnnStages:
    """Take a timm CNN apart where its output is a 4th, an 8th and a 16th of the input.

    Its children, run one after the other, must give what ``model.forward_features`` gives. Raises NoStem where they do
    not, or where a stride is missing.
    """
    was_training = model.training
    model.eval()
    images = torch.linspace(-1, 1, 3 * PROBE[0] * PROBE[1]).view(1, 3, *PROBE)
    try:
        expected = model.forward_features(images)
        children, outputs = _run_children(model, images, expected)
    except NoStem:
        raise
    except (RuntimeError, AssertionError, AttributeError, TypeError, ValueError) as problem:
        raise NoStem("it does not take images of any size, or is no plain chain of stages") from problem
    finally:
        model.train(was_training)
    frozen, fine, end = (_last_of_stride(outputs, stride) for stride in (4, 8, 16))
    modules = [(name.replace(".", "_"), module) for name, module in children]
    rest = modules[end:]
    finest_channels, fine_channels, stem_channels = (outputs[count - 1].shape[1] for count in (frozen, fine, end))
    channels = (finest_channels, fine_channels, stem_channels, outputs[-1].shape[1] if rest else 0)
    body, last = nn.Sequential(OrderedDict(modules[:end])), nn.Sequential(OrderedDict(rest))
    return CnnStages(body, last, frozen, fine, channels)


def _run_children(
    model: nn.Module, images: Tensor, expected: Tensor
) -> tuple[list[tuple[str, nn.Module]], list[Tensor]]:
    """The model's children up to where they give ``expected``, and the output of each."""
    children: list[tuple[str, nn.Module]] = []
    outputs: list[Tensor] = []
    found, out = 0, images
    for name, module in _flat_children(model):
        if found and out.shape != expected.shape:
            break
        if isinstance(module, nn.Dropout | nn.Flatten):
            break
        try:
            out = module(out)
        except (RuntimeError, TypeError, ValueError):
            # What follows the features, such as a classifier.
            break
        children.append((name, module))
        outputs.append(out)
        if torch.equal(out, expected):
            found = len(children)
    if not found:
        raise NoStem("its parts, run one after the other, do not give what it computes itself")
    return children[:found], outputs[:found]


def _flat_children(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """Direct children, with sequences replaced by their members: what timm's own feature networks are built of."""
    flat: list[tuple[str, nn.Module]] = []
    for name, module in model.named_children():
        if type(module) is nn.Sequential:
            flat += [(f"{name}.{inner}", child) for inner, child in module.named_children()]
        else:
            flat.append((name, module))
    return flat


def _last_of_stride(outputs: list[Tensor], stride: int) -> int:
    """How many children it takes to the last output of this stride."""
    size = (PROBE[0] // stride, PROBE[1] // stride)
    counts = [i + 1 for i, out in enumerate(outputs) if out.ndim == 4 and tuple(out.shape[2:]) == size]
    if not counts:
        raise NoStem(f"no stage of it gives a grid of one {stride}th of the image's edge")
    return counts[-1]
