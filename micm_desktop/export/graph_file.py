"""A torch module that is to become a model file, as a file: for the process that translates it.

Safetensors and JSON, not a pickle, as every file of this program. A module read back computes what was written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from micm_desktop.explain.evidence import PatchBank
from micm_desktop.export.inspection_model import InspectionModel
from micm_desktop.export.model_graph import ModelGraph
from micm_desktop.export.student import StudentConfig, StudentModel, StudentNetwork
from micm_desktop.export.tiled_model import TiledInspectionModel
from micm_desktop.fewshot.decision import Policy, policy_from_json, policy_to_json
from micm_desktop.fewshot.embedding import EmbeddingTransform
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.head import LinearHead
from micm_desktop.fewshot.local import LocalHead
from micm_desktop.fewshot.tile_grid import TileGrid
from micm_desktop.fewshot.tiles import TiledHead
from micm_desktop.micm.checkpoint import Branch, read_tensors, write_tensors
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.encoder_file import FORMAT_VERSION, BranchInfo
from micm_desktop.micm.network import MicmNetwork

FORMAT = "micm-graph"


@dataclass(frozen=True)
class _Networks:
    branches: tuple[Branch, ...]


def write_graph(model: ModelGraph, path: Path) -> None:
    """Write ``model``, which lies on the CPU. Raises OSError."""
    described: dict[str, Any] = {"policy": policy_to_json(model.policy)}
    if isinstance(model, StudentModel):
        described["student"] = asdict(model.network.config)
    else:
        assert isinstance(model, InspectionModel)
        described |= _described(model)
    metadata = {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "graph": json.dumps(described, ensure_ascii=False),
    }
    # Copies: where two tensors share their memory, safetensors refuses both.
    write_tensors(path, {name: value.clone() for name, value in model.state_dict().items()}, metadata)


def _described(model: InspectionModel) -> dict[str, Any]:
    branches = model.extractor.branches
    found: dict[str, Any] = {
        "branches": [
            {
                "config": branch.network.config.to_dict(),
                "training": dict(branch.info.training),
                "weight": branch.info.weight,
            }
            for branch in branches
        ],
        "every_part": all(branch.needs_tokens for branch in branches),
        "sizes": model.sizes,
        "weights": model.weights,
        "local_share": None if model.local is None else model.local.share,
    }
    if isinstance(model, TiledInspectionModel):
        found["grid"] = asdict(model.grid)
    return found


def read_graph(path: Path) -> ModelGraph:
    """What :func:`write_graph` wrote, in evaluation mode. Raises UserError where it is something else."""
    tensors, metadata = read_tensors(path, FORMAT)
    described = json.loads(metadata["graph"])
    policy = policy_from_json(described["policy"], len(described["policy"]["good"]))
    if "student" in described:
        model: ModelGraph = _student(described["student"], tensors, policy)
    else:
        model = _inspection(described, tensors, policy)
    model.load_state_dict(dict(tensors))
    return model.eval()


def _student(values: Mapping[str, Any], tensors: Mapping[str, Tensor], policy: Policy) -> StudentModel:
    prototypes = tensors["prototypes"]
    network = StudentNetwork(StudentConfig(**values), len(prototypes), prototypes.shape[1])
    return StudentModel(network, prototypes.numpy(), policy)


def _inspection(values: Mapping[str, Any], tensors: Mapping[str, Tensor], policy: Policy) -> InspectionModel:
    extractor = FeatureExtractor(_networks(values["branches"]), every_part=values["every_part"])
    transform = EmbeddingTransform(tuple(values["sizes"]), tuple(values["weights"]), tensors["mean"].numpy())
    weight, bias, prototypes = (tensors[name].numpy() for name in ("weight", "bias", "prototypes"))
    bank = PatchBank(*(tensors[name] for name in ("patches", "empty", "patch_mean", "salience")))
    head = LinearHead(weight, bias, prototypes)
    if values["local_share"] is not None:
        head = LocalHead(
            weight,
            bias,
            prototypes,
            bank=tensors["local.bank"].numpy(),
            weights=tensors["local.there"].numpy().astype(np.float32),
            patch_mean=tensors["local.mean"].numpy(),
            share=values["local_share"],
        )
    if "grid" in values:
        tiled = TiledHead(head, np.array(policy.good, np.bool_))
        return TiledInspectionModel(extractor, transform, tiled, bank, TileGrid(**values["grid"]), policy)
    return InspectionModel(extractor, transform, head, bank, policy)


def _networks(branches: Sequence[Mapping[str, Any]]) -> _Networks:
    found = []
    for values in branches:
        config = EncoderConfig.from_dict(values["config"])
        info = BranchInfo(config, values["training"], values["weight"])
        found.append(Branch(MicmNetwork(config), info))
    return _Networks(tuple(found))
