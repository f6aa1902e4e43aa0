"""Named shapes of the network: the paper's two vision transformers, with the stem and the input that a run asks for."""

from typing import Literal, get_args

from micm_desktop.micm.config import EncoderConfig, Stem

Shape = Literal["vit-t", "vit-s", "vit-t-conv", "vit-s-conv"]
SHAPES: tuple[Shape, ...] = get_args(Shape)

SMALL_INPUT = 96
"""Up to this edge in pixels the paper's network has half the blocks."""
WIDTHS = {"vit-t": (192, 3), "vit-s": (384, 6)}


def named_shape(name: Shape, image_size: int = 224) -> EncoderConfig:
    """ViT-T (192 wide, 3 heads) or ViT-S (384, 6) of the paper, for a square input of ``image_size`` pixels.

    8 encoder + 4 decoder blocks, or 4 + 2 where the input is small; patches of 16 pixels, of 8 for the ``patch`` stem
    on a small input, which would see few patches otherwise. ``image_size`` is rounded up to whole patches.
    """
    stem: Stem = "conv" if name.endswith("-conv") else "patch"
    dim, heads = WIDTHS[name.removesuffix("-conv")]
    small = image_size <= SMALL_INPUT
    patch = 8 if small and stem == "patch" else 16
    return EncoderConfig(
        stem=stem,
        image_size=-(-image_size // patch) * patch,
        patch_size=patch,
        dim=dim,
        heads=heads,
        encoder_blocks=4 if small else 8,
        decoder_blocks=2 if small else 4,
    )
