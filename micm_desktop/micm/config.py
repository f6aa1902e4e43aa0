"""Settings of the network and of a pretraining run: plain frozen values, saved with what they made."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Objective = Literal["micm", "mim", "cl"]
Preset = Literal["quick", "standard", "thorough"]
Stem = Literal["conv", "patch"]
Centering = Literal["ema", "sinkhorn"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

MOST = 1 << 16
"""More than any number in a network's shape is."""


def _check_whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
        raise ValueError(f"{name} {value!r}")


@dataclass(frozen=True)
class EncoderConfig:
    """Shape of the network. ``image_size`` is the square input in pixels, a multiple of ``patch_size``."""

    stem: Stem = "conv"
    image_size: int = 128
    patch_size: int = 16
    dim: int = 256
    heads: int = 4
    encoder_blocks: int = 2
    decoder_blocks: int = 2
    mlp_ratio: float = 4.0
    stem_model: str = "mobilenetv2"
    """Network of the ``conv`` stem: torchvision's MobileNetV2, or the name of a CNN of timm."""
    finest_channels: int = 24
    fine_channels: int = 32
    stem_channels: int = 96
    last_stage_channels: int = 1280
    """Channels of the ``conv`` stem's maps at stride 4, 8, 16 and 32; 0 for a network that has no stage after 16."""
    qkv_bias: bool = True
    qk_norm: bool = False
    layer_scale: bool = False
    pre_norm: bool = False
    """A norm before the first block, as CLIP's transformers have it."""
    delayed_class_token: bool = True
    """Whether the class token enters in the decoder, as in MICM, or before the first block, as in other transformers;
    the latter is there to be compared with (benchmarks/ablation.py)."""
    saliency: bool = False
    """Whether the network has learned from implanted defects where to look; for the ``conv`` stem only."""
    activation: str = "gelu"
    norm_eps: float = 1e-6
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD

    def __post_init__(self) -> None:
        self._check_numbers()
        if self.image_size % self.patch_size:
            raise ValueError(f"image_size {self.image_size} is not a multiple of patch_size {self.patch_size}")
        if self.stem == "conv" and self.patch_size != 16:
            raise ValueError("the conv stem has stride 16; patch_size must be 16")
        if self.saliency and self.stem != "conv":
            raise ValueError("saliency needs the conv stem's maps")
        if self.dim % self.heads:
            raise ValueError(f"dim {self.dim} is not a multiple of heads {self.heads}")
        if self.decoder_blocks < 1:
            raise ValueError("the class token enters in the decoder, which needs at least one block")

    def _check_numbers(self) -> None:
        """A configuration may come from a file that anybody wrote."""
        for name in ("image_size", "patch_size", "dim", "heads"):
            _check_whole(name, getattr(self, name), 1)
        for name in (
            "encoder_blocks", "decoder_blocks", "finest_channels", "fine_channels", "stem_channels",
            "last_stage_channels",
        ):  # fmt: skip
            _check_whole(name, getattr(self, name), 0)
        if not 0 < self.mlp_ratio <= MOST:
            raise ValueError(f"mlp_ratio {self.mlp_ratio}")
        if len(self.mean) != 3 or len(self.std) != 3 or not all(math.isfinite(value) for value in self.mean + self.std):
            raise ValueError(f"mean {self.mean}, std {self.std}")

    @property
    def least_parameters(self) -> float:
        """What the positions and blocks of such a network take, in numbers; the whole takes more."""
        blocks = (self.encoder_blocks + self.decoder_blocks) * (4 + 2 * self.mlp_ratio) * self.dim**2
        return 2 * self.grid**2 * self.dim + blocks

    @property
    def grid(self) -> int:
        """Patches along one edge of the input."""
        return self.image_size // self.patch_size

    @property
    def pyramid_channels(self) -> tuple[int, int, int]:
        """Channels of the ``conv`` stem's maps at stride 4, 8 and 16."""
        return self.finest_channels, self.fine_channels, self.stem_channels

    def for_size(self, image_size: int) -> "EncoderConfig":
        """The same network for another square input, rounded up to whole patches."""
        return replace(self, image_size=-(-image_size // self.patch_size) * self.patch_size)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "EncoderConfig":
        """What :meth:`to_dict` gave. Raises ValueError, TypeError or KeyError for anything else."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        for name in ("mean", "std"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


@dataclass(frozen=True)
class PretrainConfig:
    """A pretraining run. It ends after ``minutes`` or ``epochs``, what comes first; with neither, the preset decides.

    Weights ``lambda_cls``, ``lambda_patch``, ``lambda_pixel`` are λ1, λ3, λ4 of the method; the objectives ``mim``
    and ``cl``, and stage 2, are the same loop with other weights (see :meth:`for_objective`, :meth:`for_stage2`).
    """

    objective: Objective = "micm"
    preset: Preset = "quick"
    minutes: float | None = None
    epochs: int | None = None
    init: str = "starter"
    device: str = "auto"
    threads: int = 0
    """CPU threads; 0 leaves them to torch."""
    half_precision: bool = True
    """Train in half precision where it pays (see device.py); the results differ by its rounding."""
    seed: int = 0
    encoder: EncoderConfig = EncoderConfig()
    """Used with ``init="none"``; any other init brings its own shape."""
    image_size: int = 0
    """Edge in pixels at which the finished encoder looks at images, rounded up to whole patches; 0: follows from the
    crop, or with ``init="none"`` from ``encoder``."""
    detail: float = 0.0
    """Smallest useful detail, as a share of an image's smaller edge; 0 where unknown."""

    batch_size: int = 32
    micro_batch: int = 0
    """Images that pass the network at once, where the batch does not fit into memory; 0: the whole batch."""
    crop_size: int = 96
    local_crops: int = 0
    local_crop_size: int = 48
    global_scale: tuple[float, float] = (0.5, 1.0)
    local_scale: tuple[float, float] = (0.1, 0.4)
    right_angle_rotations: bool = True
    color_jitter: float = 0.3

    mask_ratio: float = 0.3
    mask_ratio_spread: float = 0.2
    mask_probability: float = 0.5

    prototypes: int = 256
    head_hidden: int = 1024
    head_bottleneck: int = 256
    student_temperature: float = 0.1
    teacher_temperature: tuple[float, float] = (0.04, 0.07)
    centering: Centering = "sinkhorn"
    center_momentum: float = 0.9

    lambda_cls: float = 1.0
    lambda_patch: float = 1.0
    lambda_pixel: float = 1.0
    lambda_implant: float = 1.0
    """Weight of the two terms of implanted defects (ours, see implants.py); 0 leaves them out."""
    lambda_pseudo: float = 0.0
    """Weight of the pseudo-positive pairs; :meth:`for_stage2` sets it."""

    implant_pairs: int = 16
    """Pairs of windows a step, each with an implanted defect."""
    implant_size: int = 112
    """Edge in pixels at which the network sees such a window."""

    stage2_share: float = 0.0
    """Share of the run, at its end, that is stage 2."""
    stage2_weight: float = 0.4
    stage2_learning_rate: float = 0.3
    """Peak learning rate of stage 2, as a share of stage 1's."""

    learning_rate: float = 1e-3
    final_learning_rate: float = 1e-5
    stem_learning_rate: float = 0.2
    """Learning rate of a pretrained stem, as a share of the rest's."""
    warmup: float = 0.1
    """Share of the run over which the learning rate rises."""
    weight_decay: tuple[float, float] = (0.04, 0.4)
    gradient_clip: float = 3.0
    drop_path: float = 0.1
    teacher_momentum: tuple[float, float] = (0.97, 1.0)
    freeze_prototypes: float = 0.05
    """Share of the run in which the prototype layer does not move."""

    dynamic_balance: bool = False
    """Whether ``mask_ratio`` and ``lambda_cls`` adapt to what training shows (see balance.py)."""
    early_stop: bool | None = None
    """Whether the run ends where its signals no longer improve; None leaves it to its length (see early_stop.py)."""

    checkpoint_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.batch_size < 2:
            raise ValueError("batch_size must be at least 2")
        if self.minutes is not None and self.minutes <= 0:
            raise ValueError("minutes must be above 0")
        if self.epochs is not None and self.epochs < 1:
            raise ValueError("epochs must be at least 1")
        if self.prototypes < 2:
            raise ValueError("at least 2 prototypes are needed")
        if not 0 <= self.detail <= 1:
            raise ValueError("detail is a share of the image, between 0 and 1")
        if self.threads < 0 or self.image_size < 0 or self.micro_batch < 0:
            raise ValueError("threads, image_size and micro_batch must not be negative")
        if not 0 <= self.stage2_share <= 1:
            raise ValueError("stage2_share must lie between 0 and 1")

    @property
    def loss_weights(self) -> dict[str, float]:
        """Weight of each term of the loss, by the term's name."""
        return {
            "cls": self.lambda_cls,
            "patch": self.lambda_patch,
            "pixel": self.lambda_pixel,
            "implant": self.lambda_implant,
            "saliency": self.lambda_implant,
            "pseudo": self.lambda_pseudo,
        }

    def learns_saliency(self, encoder: EncoderConfig) -> bool:
        """Whether a saliency head is trained on the stem that the run begins with, which has to know something."""
        return self.lambda_implant > 0 and self.init != "none" and encoder.stem == "conv"

    def for_objective(self) -> "PretrainConfig":
        """The same run with the loss weights and masks that its objective means; only ``micm`` implants defects.

        ``mim``: pixels at masked positions only, every global crop masked; ``cl``: the class loss without masks. Both
        are stage 1 alone, with a fixed balance.
        """
        match self.objective:
            case "micm":
                return self
            case "mim":
                return replace(
                    self,
                    lambda_cls=0.0,
                    lambda_patch=0.0,
                    lambda_implant=0.0,
                    mask_probability=1.0,
                    local_crops=0,
                    stage2_share=0.0,
                    dynamic_balance=False,
                )
            case "cl":
                return replace(
                    self,
                    lambda_patch=0.0,
                    lambda_pixel=0.0,
                    lambda_implant=0.0,
                    mask_probability=0.0,
                    stage2_share=0.0,
                    dynamic_balance=False,
                )

    def for_stage2(self) -> "PretrainConfig":
        """The weights of stage 2: pixels and pseudo-positive pairs alone, without local crops."""
        return replace(
            self, lambda_cls=0.0, lambda_patch=0.0, lambda_pixel=1.0, lambda_pseudo=self.stage2_weight, local_crops=0
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "PretrainConfig":
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        known["encoder"] = EncoderConfig.from_dict(known["encoder"])
        for name, value in known.items():
            if isinstance(value, list):
                known[name] = tuple(value)
        return cls(**known)


def fit_crops(config: PretrainConfig, patch_size: int) -> PretrainConfig:
    """The run with its crops rounded up to whole patches."""

    def whole(size: int) -> int:
        return -(-size // patch_size) * patch_size

    return replace(config, crop_size=whole(config.crop_size), local_crop_size=whole(config.local_crop_size))
