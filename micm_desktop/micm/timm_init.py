"""Start from a network of timm: a vision transformer becomes encoder and decoder, a CNN becomes the ``conv`` stem."""

from dataclasses import dataclass, replace

from timm.models.vision_transformer import VisionTransformer

from micm_desktop.micm.cnn import NoStem, split_cnn
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.micm.timm_vit import convert, obstacle
from micm_desktop.micm.timm_weights import create_pretrained
from micm_desktop.progress import UserError


@dataclass(frozen=True)
class TimmStart:
    """A network filled with a timm model's weights, and sentences on what could not be taken over."""

    network: MicmNetwork
    notes: tuple[str, ...]


def network_from_timm(name: str) -> TimmStart:
    """Build and fill a network from ``timm:NAME``.

    Raises UserError for an unknown name, weights that cannot be had, and a network that does not fit ours.
    """
    model = create_pretrained(name)
    if isinstance(model, VisionTransformer):
        if (reason := obstacle(model)) is not None:
            raise UserError(
                f"timm:{name} cannot be taken over: {reason}. One that can: vit_small_patch16_224, or a CNN such as"
                " resnet18."
            )
        return TimmStart(*convert(model))
    try:
        stages = split_cnn(model)
    except NoStem as problem:
        raise UserError(
            f"timm:{name} cannot be taken over: it is no plain vision transformer, and as a CNN {problem}. Ones that"
            " can: vit_small_patch16_224, resnet18."
        ) from problem
    finest, fine, maps, last = stages.channels
    config = replace(
        EncoderConfig(),
        stem_model=name.split(".")[0],
        finest_channels=finest,
        fine_channels=fine,
        stem_channels=maps,
        last_stage_channels=last,
        mean=tuple(model.pretrained_cfg["mean"]),
        std=tuple(model.pretrained_cfg["std"]),
    )
    network = MicmNetwork(config)
    assert isinstance(network.stem, ConvStem)
    network.stem.body.load_state_dict(stages.body.state_dict())
    network.stem.last.load_state_dict(stages.last.state_dict())
    notes = ["It is the stem; the transformer's blocks on top of it start untrained."]
    if not last:
        notes.append("It ends at stride 16, so there is no last stage beside the transformer.")
    return TimmStart(network, tuple(notes))
