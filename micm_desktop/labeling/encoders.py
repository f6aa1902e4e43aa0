"""The network in use, loaded once, and what was computed with it."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.micm.encoder_file import EncoderInfo

if TYPE_CHECKING:
    from torch import Tensor

    from micm_desktop.micm.network import MicmNetwork


class EncoderCache:
    """Holds one network at a time. Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: tuple[str, MicmNetwork] | None = None
        self._support_maps: dict[tuple[str, str], Tensor] = {}

    def network(self, info: EncoderInfo) -> "MicmNetwork":
        """The network of an encoder file. Raises UserError where it cannot be read."""
        from micm_desktop.micm.checkpoint import load_encoder

        with self._lock:
            if self._network is None or self._network[0] != info.sha256:
                self._network = (info.sha256, load_encoder(info.path).network)
                self._support_maps.clear()
            return self._network[1]

    def support_map(self, info: EncoderInfo, sha256: str, path: Path) -> "Tensor | None":
        """The patch map of one tagged image, (D, h, w); None where it cannot be read."""
        from micm_desktop.explain.evidence import support_map

        network = self.network(info)
        found = self._support_maps.get((info.sha256, sha256))
        if found is None and (found := support_map(network, path)) is not None:
            self._support_maps[info.sha256, sha256] = found
        return found
