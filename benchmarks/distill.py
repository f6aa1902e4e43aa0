#!/usr/bin/env python3
"""A student beside its teacher: accuracy, misses, unknown images, heatmaps, and latency on one core.

Usage: distill.py LABELED --encoder FILE [--shots 10] [--pool 150] [--queries 50] [--seeds 2] [--epochs 8] [--boxes CSV]
           [--networks mobilenetv2 ...] [--sizes 160 ...] [--set name=value ...] [--leave-out] [--files]
           [--device auto]

Images of each class are split by file into a pool and queries. The teacher is fitted to ``shots`` tags a class of the
pool; the student learns from the pool without labels, and neither sees a query before it is judged. (An encoder that
was pretrained on the whole folder has seen the queries, without labels; the student has not.) One line for each student
and draw of tags: share of queries judged right by either, how often both agree, defects called good (where a class is
named good), pointing game of the heatmaps on marked queries, seconds of training. ``--leave-out`` fits to all classes
but one, in turn, and adds the area under the ROC curve of the unknown score. ``--files`` writes both model files and
times them in turns.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from micm_desktop.explain.localization import box_mask, pointing, read_boxes
from micm_desktop.explain.maps import to_heat
from micm_desktop.export.distill import DistillConfig, Trained, mobilenet_of, normalised, train_student
from micm_desktop.export.fit import FittedFolder, fit_model
from micm_desktop.export.fit_student import Teacher, unknown_by
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model
from micm_desktop.export.rules import Rules
from micm_desktop.export.runtime import load
from micm_desktop.export.student import StudentConfig, StudentModel, StudentOutput
from micm_desktop.export.student_check import time_both
from micm_desktop.export.teacher import Answers, Lessons, answers, ask_teacher
from micm_desktop.fewshot.head import Array, Labels, unknown_score
from micm_desktop.fewshot.labeled_folder import LabeledFolder, read_labeled_folder
from micm_desktop.fewshot.tiles import good_classes
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import relative_name
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder
from micm_desktop.micm.device import resolve_device
from micm_desktop.micm.preprocess import squeeze
from micm_desktop.progress import JobControl

LARGEST = 224
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A fitted teacher, what it said of the pool (at ``LARGEST`` pixels), and of each query."""

    teacher: Teacher
    lessons: Lessons
    queries: tuple[Path, ...]
    truth: Labels
    pixels: torch.Tensor
    said: Answers


def last(events: Iterable[object], kind: type[T]) -> T:
    *_, event = events
    assert isinstance(event, kind)
    return event


def split(folder: LabeledFolder, pool: int, queries: int) -> tuple[LabeledFolder, list[Path], Labels]:
    """By file, the same for every draw of tags."""
    rng, labels = np.random.default_rng(1000), np.array(folder.labels)
    learned: list[int] = []
    asked: list[int] = []
    for label in range(len(folder.classes)):
        rows = rng.permutation(np.flatnonzero(labels == label)).tolist()
        asked += rows[:queries]
        learned += rows[queries : queries + pool]
    paths, kinds = tuple(folder.paths[row] for row in learned), tuple(folder.labels[row] for row in learned)
    return replace(folder, paths=paths, labels=kinds), [folder.paths[row] for row in asked], labels[asked]


def without(folder: LabeledFolder, left_out: int) -> LabeledFolder:
    """Its images stay in the pool, its tags do not: class ``left_out`` is moved behind the others."""
    order = [label for label in range(len(folder.classes)) if label != left_out]
    kept = [
        (path, order.index(label)) for path, label in zip(folder.paths, folder.labels, strict=True) if label != left_out
    ]
    paths, labels = zip(*kept, strict=True)
    return LabeledFolder(tuple(folder.classes[label] for label in order), paths, labels)


def ask(
    encoder: LoadedEncoder,
    folder: LabeledFolder,
    pool: Sequence[Path],
    queries: Sequence[Path],
    truth: Labels,
    shots: int,
    seed: int,
    device: torch.device,
) -> Asked:
    kinds = tuple(good_classes(folder.classes, ()).tolist())
    fitted = last(fit_model(encoder, folder, "auto", shots, seed, JobControl(), good=kinds), FittedFolder)
    tagged = tuple(map(tuple, fitted.tagged))
    teacher = Teacher(
        fitted.model.eval(), encoder, folder.classes, tagged, fitted.unknown_threshold, fitted.policy, Rules()
    )
    fitted.model.to(device)
    order = np.random.default_rng(seed).permutation(len(pool))
    paths = [pool[row] for row in order]
    lessons = last(ask_teacher(fitted.model, paths, LARGEST, None, 50_000, JobControl()), Lessons)
    lessons = replace(lessons, pixels=np.array(lessons.pixels))
    pixels, said = [], []
    for path in queries:
        image = torch.from_numpy(decode_image(path))[None]
        said.append([part.cpu() for part in answers(fitted.model, image.to(device))])
        pixels.append(squeeze(image, LARGEST).round().to(torch.uint8).permute(0, 2, 3, 1))
    fitted.model.to("cpu")
    joined = Answers(*(torch.cat(part) for part in zip(*said, strict=True)))
    return Asked(teacher, lessons, tuple(queries), truth, torch.cat(pixels), joined)


def shrunk(pixels: torch.Tensor, size: int) -> torch.Tensor:
    parts = (squeeze(part, size).round().to(torch.uint8).permute(0, 2, 3, 1) for part in torch.split(pixels, 64))
    return pixels if pixels.shape[1] == size else torch.cat(list(parts))


def teach(asked: Asked, config: DistillConfig, device: torch.device) -> Trained:
    pixels = shrunk(torch.from_numpy(asked.lessons.pixels), config.student.image_size).numpy()
    stem = mobilenet_of(asked.teacher.encoder)
    lessons = replace(asked.lessons, pixels=pixels)
    return last(train_student(lessons, stem, config, None, device, JobControl()), Trained)


@torch.inference_mode()
def asked_student(trained: Trained, pixels: torch.Tensor) -> StudentOutput:
    size = trained.network.config.image_size
    parts = [trained.network(normalised(part)) for part in torch.split(shrunk(pixels, size), 32)]
    return StudentOutput(*(torch.cat(part) for part in zip(*parts, strict=True)))


def unknown_areas(asked: Asked, trained: Trained, left_out: int) -> tuple[float, float]:
    """Area under the ROC curve of teacher's and student's unknown score: queries of the class that nobody tagged."""
    paths = [path for of_class in asked.teacher.tagged for path in of_class]
    labels = np.repeat(np.arange(len(asked.teacher.tagged)), [len(one) for one in asked.teacher.tagged])
    seen = torch.cat([squeeze(torch.from_numpy(decode_image(p))[None], LARGEST).round().to(torch.uint8) for p in paths])
    support: Array = asked_student(trained, seen.permute(0, 2, 3, 1)).embedding.numpy()
    prototypes, _ = unknown_by(support, labels, support[:0], asked.teacher)
    own = unknown_score(asked_student(trained, asked.pixels).embedding.numpy(), prototypes)
    theirs = unknown_score(asked.said.embedding.numpy(), asked.teacher.model.prototypes.numpy())
    strange = asked.truth == left_out
    return float(roc_auc_score(strange, theirs)), float(roc_auc_score(strange, own))


def heat_of(evidence: torch.Tensor, probabilities: torch.Tensor) -> Array:
    rows = torch.arange(len(evidence))
    heat: Array = to_heat(evidence[rows, probabilities.argmax(dim=1)]).numpy()
    return heat


def points(asked: Asked, heat: Array, root: Path, boxes: dict[str, list[tuple[int, int, int, int]]]) -> float:
    hits = []
    for path, one in zip(asked.queries, heat, strict=True):
        if name_boxes := boxes.get(relative_name(path, root)):
            hits.append(pointing(one, box_mask(name_boxes, decode_image(path).shape[:2])).hit)
    return float(np.mean(hits)) if hits else float("nan")


def missed(labels: Labels, truth: Labels, good: Sequence[bool]) -> int:
    kinds = np.array(good)
    return int((kinds[labels] & ~kinds[truth]).sum()) if kinds.any() else 0


def time_files(asked: Asked, trained: Trained) -> tuple[float, float, int, int]:
    """Milliseconds of one image by teacher's and student's file, and their bytes."""
    teacher = asked.teacher
    prototypes = np.eye(len(teacher.classes), trained.network.embed.out_features, dtype=np.float32)
    student = StudentModel(trained.network, prototypes, teacher.policy)
    with tempfile.TemporaryDirectory() as place:
        made = []
        for number, model in enumerate((teacher.model, student)):
            events = export_model(
                model,
                teacher.classes,
                teacher.support,
                unknown_threshold=1.0,
                policy=teacher.policy,
                rules=Rules(),
                encoder_hash="",
                sample_paths=asked.queries[:2],
                parity_paths=asked.queries[:2],
                out=Path(place) / f"{number}.onnx",
                control=JobControl(),
            )
            made.append(last(events, ExportResult))
        slow, fast = time_both(
            load(made[0].model_file, threads=1),
            load(made[1].model_file, threads=1),
            decode_image(asked.queries[0]),
            JobControl(),
        )
        return 1000 * slow, 1000 * fast, made[0].bytes, made[1].bytes


def configs(arguments: argparse.Namespace) -> Iterable[tuple[str, DistillConfig]]:
    plain = DistillConfig(epochs=arguments.epochs, device=arguments.device)
    for network in arguments.networks:
        for size in arguments.sizes:
            yield f"{network} {size}", replace(plain, student=StudentConfig(network, size))
    for setting in arguments.set:
        name, value = setting.split("=")
        kind = type(getattr(plain, name))
        student = StudentConfig(arguments.networks[0], arguments.sizes[0])
        yield setting, replace(plain, student=student, **{name: kind(float(value))})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=10)
    parser.add_argument("--pool", type=int, default=150)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--boxes", type=Path)
    parser.add_argument("--networks", nargs="+", default=["mobilenetv2"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[StudentConfig().image_size])
    parser.add_argument("--set", nargs="+", default=[])
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    device, encoder = resolve_device(arguments.device), load_encoder(arguments.encoder)
    whole = read_labeled_folder(arguments.labeled)
    pool, queries, truth = split(whole, arguments.pool, arguments.queries)
    boxes = read_boxes(arguments.boxes) if arguments.boxes else {}
    print("student | tags | parameters | right: teacher | student | agree | missed: teacher | student", end="")
    print(" | pointing: teacher | student | unknown: teacher | student | training s")
    for seed in range(arguments.seeds):
        for left_out in range(len(whole.classes)) if arguments.leave_out else (-1,):
            folder = pool if left_out < 0 else without(pool, left_out)
            asked = ask(encoder, folder, pool.paths, queries, truth, arguments.shots, seed, device)
            for name, config in configs(arguments):
                start = time.perf_counter()
                trained = teach(asked, replace(config, seed=seed), device)
                seconds = time.perf_counter() - start
                report(asked, trained, name, seed, left_out, whole, arguments.labeled, boxes, seconds)
                if arguments.files and seed == 0 and left_out <= 0:
                    slow, fast, large, small = time_files(asked, trained)
                    print(f"{name}: {slow:.1f} ms, {fast:.1f} ms on one core: {slow / fast:.1f} times;", end=" ")
                    print(f"{large / 1e6:.1f} MB, {small / 1e6:.1f} MB", flush=True)


def report(
    asked: Asked,
    trained: Trained,
    name: str,
    seed: int,
    left_out: int,
    whole: LabeledFolder,
    root: Path,
    boxes: dict[str, list[tuple[int, int, int, int]]],
    seconds: float,
) -> None:
    own, said = asked_student(trained, asked.pixels), asked.said
    theirs, ours = said.probabilities.argmax(dim=1).numpy(), own.logits.argmax(dim=1).numpy()
    names = [*asked.teacher.classes, *([whole.classes[left_out]] if left_out >= 0 else [])]
    truth = np.array([names.index(whole.classes[label]) for label in asked.truth])
    known = truth < len(asked.teacher.classes)
    good = asked.teacher.policy.good
    parameters = sum(parameter.numel() for parameter in trained.network.parameters()) / 1e6
    cells = [name, f"draw {seed}" + (f" without {names[-1]}" if left_out >= 0 else ""), f"{parameters:.2f} M"]
    cells += [f"{100 * (labels == truth)[known].mean():.1f}" for labels in (theirs, ours)]
    cells.append(f"{100 * (theirs == ours)[known].mean():.1f}")
    cells += [str(missed(labels[known], truth[known], good)) for labels in (theirs, ours)]
    maps = heat_of(said.evidence, said.probabilities), heat_of(own.evidence, own.logits)
    cells += [f"{points(asked, heat, root, boxes):.3f}" if boxes else "" for heat in maps]
    areas = unknown_areas(asked, trained, left_out) if left_out >= 0 else None
    cells += [f"{area:.3f}" for area in areas] if areas else ["", ""]
    print(" | ".join([*cells, f"{seconds:.0f}"]), flush=True)


if __name__ == "__main__":
    main()
