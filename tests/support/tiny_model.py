"""Encoders and model files made in seconds by the real engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from tiny_micm import CONV, PATCH, run_to_end, tiny_run

from micm_desktop.explain.evidence import patch_bank_of
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.decision import default_policy
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.events import Done
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.progress import JobControl

T = TypeVar("T")


@dataclass(frozen=True)
class TinyModel:
    """``file`` is the translation of ``module``."""

    file: Path
    module: InspectionModel
    result: ExportResult


def last(events: Iterable[object], kind: type[T]) -> T:
    """Run a job to its end; its last value, which must be of ``kind``."""
    *_, event = events
    assert isinstance(event, kind)
    return event


def pretrain_patch(images: Path, out: Path) -> Path:
    last(run_to_end(sorted(images.rglob("*.png")), out, tiny_run(encoder=PATCH, epochs=1)), Done)
    return out


def pretrain_conv(images: Path, out: Path) -> Path:
    """An untrained convolutional network gives all images the same features, so the stem is the starter's."""
    starter, network = load_encoder("starter").network, MicmNetwork(CONV)
    assert isinstance(starter.stem, ConvStem) and isinstance(network.stem, ConvStem)
    network.stem.body.load_state_dict(starter.stem.body.state_dict())
    network.stem.last.load_state_dict(starter.stem.last.state_dict())
    untrained = out.with_name("untrained.safetensors")
    save_encoder(untrained, network, {})
    run = tiny_run(encoder=CONV, epochs=1, init=str(untrained), crop_size=64, local_crop_size=32)
    last(run_to_end(sorted(images.rglob("*.png")), out, run), Done)
    return out


def export_tiny(encoder: Path, labeled: Path, out: Path) -> TinyModel:
    """Fit all images of ``labeled`` and export, with samples and parity images of each class."""
    loaded = load_encoder(encoder)
    embedded = last(embed_folder(loaded, read_labeled_folder(labeled), JobControl()), EmbeddedFolder)
    head = fit_head("prototype", embedded.embeddings, embedded.labels, len(embedded.classes))
    classes = range(len(embedded.classes))
    support = [[embedded.paths[row] for row in np.flatnonzero(embedded.labels == index)] for index in classes]
    bank = patch_bank_of(embedded.extractor, support)
    policy = default_policy(tuple(index == 0 for index in classes))
    module = InspectionModel(embedded.extractor, embedded.transform, head, bank, policy).eval()
    counts = np.bincount(embedded.labels).tolist()
    events = export_model(
        module,
        embedded.classes,
        dict(zip(embedded.classes, counts, strict=True)),
        unknown_threshold=head.unknown_threshold,
        policy=policy,
        rules=Rules(),
        encoder_hash=loaded.sha256,
        sample_paths=embedded.paths[::6],
        parity_paths=embedded.paths,
        out=out,
        control=JobControl(),
    )
    return TinyModel(out, module, last(events, ExportResult))
