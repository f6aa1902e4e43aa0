"""A model file in ONNX, run by onnxruntime."""

from functools import cache
from pathlib import Path

import onnxruntime

from micm_desktop.export.backends import Arrays, Images, Opened, check_shapes, damaged, failed, foreign, read_whole
from micm_desktop.export.model_file import INPUT, OUTPUTS, from_metadata
from micm_desktop.export.onnx_bytes import ForeignPart, read_metadata

# Where the program around us has loaded it first, and on Windows, where the environment variable says nothing to it.
onnxruntime.disable_telemetry_events()

EXTERNAL_DATA_FOLDER = "session.model_external_initializers_file_folder_path"
MOST_MEMORY = 8 << 30
"""Bytes that a graph may ask for: an image of 250 megapixels, as numbers of 4 bytes, takes 3 GB, and more than once."""
SPIN = ("session.intra_op.spin_duration_us", "20")
"""How long a thread that waits for its part of a layer keeps its core busy; the runtime's own choice is milliseconds.
docs/decisions/0025-judging-on-the-line.md says why. Older runtimes do not know the key and go by their own choice."""
LARGE_IMAGE = 4_000_000 * 3
"""Bytes of an image after which memory is given back."""


class OnnxBackend:
    """See :class:`~micm_desktop.export.backends.Backend`."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.inputs = [item.name for item in session.get_inputs()]
        self.outputs = {
            item.name: [size if isinstance(size, int) else None for size in item.shape]
            for item in session.get_outputs()
        }
        self._give_back = onnxruntime.RunOptions()
        self._give_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, images: Images) -> Arrays:
        options = self._give_back if images.nbytes > LARGE_IMAGE else None
        try:
            outputs: Arrays = self._session.run(list(OUTPUTS), {INPUT: images}, options)
        except Exception as problem:
            raise failed(problem) from problem
        return outputs


def open_onnx(path: Path, threads: int) -> Opened:
    """Read what the file says of itself, and only if it is ours its graph. Raises UserError."""
    data = read_whole(path)
    try:
        metadata = read_metadata(data)
    except ForeignPart as problem:
        raise foreign(path, str(problem)) from problem
    except ValueError as problem:
        raise damaged(path) from problem
    info = from_metadata(metadata, str(path))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.add_session_config_entry(*SPIN)
    # A file that refers to data outside itself is to be refused: nothing can be below a file.
    options.add_session_config_entry(EXTERNAL_DATA_FOLDER, str(path.absolute() / "none"))
    options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        _limit_memory()
        backend = OnnxBackend(onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]))
    except Exception as problem:
        raise damaged(path) from problem
    check_shapes(backend, len(info.classes), path)
    return Opened(backend, metadata)


@cache
def _limit_memory() -> None:
    """A graph that asks for more than ``MOST_MEMORY`` fails; without a limit the system would end the process."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg({"max_mem": MOST_MEMORY}))
