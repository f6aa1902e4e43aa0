"""The encoder in use, loaded once, and what was computed with it."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.micm.encoder_file import EncoderInfo

if TYPE_CHECKING:
    from torch import Tensor

    from micm_desktop.fewshot.features import FeatureExtractor
    from micm_desktop.micm.checkpoint import LoadedEncoder


class EncoderCache:
    """Holds one encoder at a time, and one extractor made of it. Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder: LoadedEncoder | None = None
        self._extractor: tuple[str, FeatureExtractor] | None = None
        self._support_maps: dict[tuple[str, str], Tensor] = {}

    def encoder(self, info: EncoderInfo) -> "LoadedEncoder":
        """Raises UserError where the file cannot be read."""
        with self._lock:
            return self._load(info)

    def extractor(self, info: EncoderInfo) -> "FeatureExtractor":
        """What makes features by the encoder. Raises UserError where the file cannot be read."""
        from micm_desktop.fewshot.features import FeatureExtractor

        with self._lock:
            if self._extractor is None or self._extractor[0] != info.sha256:
                self._extractor = (info.sha256, FeatureExtractor(self._load(info), every_part=False).eval())
            return self._extractor[1]

    def extractor_on(self, info: EncoderInfo, device: str) -> "FeatureExtractor":
        """As :meth:`extractor`, for a ``device`` of :data:`~micm_desktop.micm.device.DEVICES`; one on a graphics card
        is made for the caller alone. Raises UserError for a device that this computer does not have.
        """
        from micm_desktop.fewshot.features import FeatureExtractor
        from micm_desktop.micm.checkpoint import load_encoder
        from micm_desktop.micm.device import resolve_device

        there = resolve_device(device)
        if there.type == "cpu":
            return self.extractor(info)
        return FeatureExtractor(load_encoder(info.path), every_part=False).eval().to(there)

    def support_map(self, info: EncoderInfo, extractor: "FeatureExtractor", sha256: str, path: Path) -> "Tensor | None":
        """The patch map of one tagged image, (D, h, w); None where it cannot be read."""
        from micm_desktop.explain.evidence import support_map

        found = self._support_maps.get((info.sha256, sha256))
        if found is None and (found := support_map(extractor, path)) is not None:
            self._support_maps[info.sha256, sha256] = found
        return found

    def _load(self, info: EncoderInfo) -> "LoadedEncoder":
        from micm_desktop.micm.checkpoint import load_encoder

        if self._encoder is None or self._encoder.sha256 != info.sha256:
            self._encoder = load_encoder(info.path)
            self._support_maps.clear()
        return self._encoder
