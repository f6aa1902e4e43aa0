"""A model file that cuts images into tiles itself: one resize, one batch through the networks, the worst one's verdict.

Inputs and outputs are those of every model file.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from micm_desktop.explain.attention import mean_attention
from micm_desktop.explain.evidence import PatchBank, class_heat, defect_log_odds, evidence_map, patch_map
from micm_desktop.export.inspection_model import InspectionModel, InspectionOutput
from micm_desktop.fewshot.decision import Policy
from micm_desktop.fewshot.embedding import EmbeddingTransform
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.tile_grid import TileGrid
from micm_desktop.fewshot.tile_images import cut, stitch
from micm_desktop.fewshot.tiles import TiledHead
from micm_desktop.micm.network import Encoding


class TiledInspectionModel(InspectionModel):
    """``forward``: images (N, H, W, 3) uint8 RGB of any size -> :class:`InspectionOutput`.

    Probabilities, embedding and unknown score are those of each image's worst tile
    (:func:`~micm_desktop.fewshot.tiles.worst_tiles`); the heatmap is that of all tiles, joined.
    """

    def __init__(
        self,
        extractor: FeatureExtractor,
        transform: EmbeddingTransform,
        tiled: TiledHead,
        bank: PatchBank,
        grid: TileGrid,
        policy: Policy,
    ) -> None:
        """``policy`` calls the same classes good as ``tiled`` does."""
        super().__init__(extractor, transform, tiled.head, bank, policy)
        self.grid, self.tiles = grid, grid.count
        self.unknown_threshold = tiled.head.unknown_threshold
        self.knows_good = bool(tiled.good.any())
        self.patches_of_a_tile = max(branch.network.config.grid for branch in extractor.branches)

    def encode(self, image: Tensor, *, attention: bool = False) -> list[Encoding]:
        """As :meth:`InspectionModel.encode`, of all tiles of all images: N·T encodings."""
        return super().encode(cut(image, self.grid), attention=attention)

    def judge(self, encodings: Sequence[Encoding]) -> InspectionOutput:
        count = self.grid.tiles
        rows = self._embed(encodings)
        embeddings = rows.reshape(-1, count, rows.shape[1])
        tile_logits = embeddings @ self.weight.T + self.bias
        worst = self._badness(tile_logits, embeddings).argmax(dim=1)[:, None, None]
        logits = tile_logits.gather(1, worst.expand(-1, -1, tile_logits.shape[2])).squeeze(1)
        embedding = embeddings.gather(1, worst.expand(-1, -1, embeddings.shape[2])).squeeze(1)
        probabilities = logits.softmax(dim=1)
        best = self.decided_class(probabilities)[:, None].expand(-1, count).flatten()
        evidence = evidence_map(patch_map(encodings), best, self.patches, self.empty, self.patch_mean)
        heat = class_heat(self.extractor, [self._joined(one) for one in encodings], self._stitch(evidence))
        nearest = (embedding @ self.prototypes.T).amax(dim=1)
        return InspectionOutput(probabilities, embedding, heat, ((1 - nearest) / 2).clamp(0, 1))

    def _badness(self, logits: Tensor, embeddings: Tensor) -> Tensor:
        """By what the worst tile is chosen, (N, T)."""
        if self.knows_good:
            return logits.softmax(dim=2).masked_fill(self.good, 0.0).sum(dim=2)
        others = embeddings.sum(dim=1, keepdim=True) - embeddings
        return 1 - torch.cosine_similarity(embeddings, others, dim=2)

    def _stitch(self, maps: Tensor) -> Tensor:
        return stitch(maps, self.grid, self.patches_of_a_tile)

    def _joined(self, encoding: Encoding) -> Encoding:
        """What a heatmap needs of an encoding, of whole images: its attention and the salient places."""
        attention = self._stitch(mean_attention(encoding.attention)).flatten(1).unsqueeze(1)
        if encoding.saliency is None:
            return encoding._replace(attention=attention)
        log_odds = defect_log_odds([encoding])
        assert log_odds is not None
        saliency = encoding.saliency._replace(logits=self._stitch(log_odds).flatten(1), half=None)
        return encoding._replace(attention=attention, saliency=saliency)
