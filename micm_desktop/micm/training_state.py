"""All that changes while a run trains, and how it begins."""

from dataclasses import dataclass, field, replace
from hashlib import sha256

import torch
from torch import Tensor

from micm_desktop.micm import checkpoint
from micm_desktop.micm.balance import BalanceState
from micm_desktop.micm.collapse import CollapseWatch
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.early_stop import Plateau
from micm_desktop.micm.network import ConvStem, MicmNetwork, resized
from micm_desktop.micm.optimiser import make_optimizer
from micm_desktop.micm.step import PretrainNetwork
from micm_desktop.micm.timm_init import network_from_timm

SIZE_OF_CROP = 4 / 3
"""Edge at which a finished network looks at whole images, in those of its crops. A crop shows about that share of an
image's edge enlarged: so things have the size at which they were learned, which was worth 4 points on textures."""


@dataclass
class TrainingState:
    """All that changes while training; :mod:`~micm_desktop.micm.state_file` keeps it on the disk."""

    student: PretrainNetwork
    teacher: PretrainNetwork
    optimizer: torch.optim.AdamW
    class_center: Tensor
    patch_center: Tensor
    base: MicmNetwork | None = None
    """What the run began with, unchanged: the stem that the saliency head looks through. Not part of the file."""
    base_hash: str = ""
    """Of the weights of ``base`` that no run changes; empty without one."""
    processes: int = 1
    """That train together."""
    step: int = 0
    elapsed: float = 0.0
    stage: int = 1
    micro_batch: int = 0
    """Images that pass the network at once; 0: the whole batch."""
    answers: int = 0
    """Collapses that were answered."""
    watch: CollapseWatch = field(default_factory=CollapseWatch)
    plateau: Plateau = field(default_factory=Plateau)
    balance: BalanceState = field(default_factory=BalanceState)

    def begin_stage2(self) -> None:
        """Go on from the teacher, as a new student whose optimiser remembers nothing."""
        self.student.load_state_dict(self.teacher.state_dict())
        self.optimizer.state.clear()
        self.stage = 2


def new_state(config: PretrainConfig, device: torch.device) -> TrainingState:
    encoder, network, base = config.encoder, None, None
    if config.init.startswith("timm:"):
        network = network_from_timm(config.init.removeprefix("timm:")).network
    elif config.init != "none":
        loaded = checkpoint.load_encoder(config.init)
        network, base = loaded.network, loaded.base
    # A run that goes on from another run's encoder still has the first one's stem to look through.
    base = base or network
    if network is not None:
        network = resized(network, config.image_size or round(config.crop_size * SIZE_OF_CROP))
        encoder = network.config
    elif config.image_size:
        encoder = encoder.for_size(config.image_size)
    student = build_student(encoder, config, network, base).to(device)
    teacher = build_student(encoder, config, network, base).to(device)
    teacher.load_state_dict(student.state_dict())
    teacher.requires_grad_(False).eval()
    student.train()
    center = torch.zeros(config.prototypes, device=device)
    known = ""
    if base is not None:
        known = _unchanging_hash(base)
        base = base.to(device).requires_grad_(False).eval()
    optimizer = make_optimizer(student, config)
    return TrainingState(
        student, teacher, optimizer, center, center.clone(), base, known, micro_batch=config.micro_batch
    )


def _unchanging_hash(base: MicmNetwork) -> str:
    """sha256 (hexadecimal) of the weights without the saliency head, which every run learns on."""
    found = sha256()
    for name, value in base.state_dict().items():
        if not name.startswith("saliency."):
            found.update(value.numpy().tobytes())
    return found.hexdigest()


def build_student(
    encoder: EncoderConfig, config: PretrainConfig, pretrained: MicmNetwork | None, base: MicmNetwork | None = None
) -> PretrainNetwork:
    """A network with its heads; the weights of ``pretrained`` are taken over, its batch statistics stay frozen.

    The saliency head goes on from that of ``base``, with whose stem it stays: it is no part of the new network.
    """
    encoder = replace(encoder, saliency=False)
    network = PretrainNetwork(encoder, config, config.drop_path)
    if pretrained is not None:
        weights = pretrained.state_dict()
        network.network.load_state_dict({name: weights[name] for name in network.network.state_dict()})
        if isinstance(network.network.stem, ConvStem):
            network.network.stem.frozen_statistics = True
    if network.implants is not None and base is not None and base.saliency is not None:
        network.implants.saliency.load_state_dict(base.saliency.state_dict())
    return network


def base_with_saliency(state: TrainingState) -> MicmNetwork | None:
    """What the run began with, with the saliency head that it has learned; None for a run that began with nothing."""
    if state.base is None or state.teacher.implants is None:
        return state.base
    made = MicmNetwork(replace(state.base.config, saliency=True)).to(state.class_center.device)
    kept = {name: value for name, value in state.base.state_dict().items() if not name.startswith("saliency.")}
    learned = {f"saliency.{name}": value for name, value in state.teacher.implants.saliency.state_dict().items()}
    made.load_state_dict(kept | learned)
    return made.eval()
