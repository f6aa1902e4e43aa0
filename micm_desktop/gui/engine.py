"""Loads the learning libraries without freezing the window.

Importing torch and its companions takes seconds. Python's loader holds the interpreter lock while the system maps
hundreds of megabytes of libraries, and the garbage collector scans all objects again and again meanwhile: each of them
alone freezes the window for a quarter of a second although the import runs in a worker thread. So the libraries are
first mapped by a foreign call, which leaves the lock free, and the collector rests until the imports are done.
"""

import builtins
import ctypes
import gc
import importlib
import importlib.util
import logging
import os
import sys
import threading
from pathlib import Path

from PySide6 import QtCore, QtGui, QtWidgets

log = logging.getLogger(__name__)

MODULES = ("torch", "timm", "safetensors.torch", "micm_desktop.fewshot.classify")

PROJECT_MODULES = ("micm_desktop.labeling",)
CLASSIFIER_MODULES = ("micm_desktop.fewshot.classify", "micm_desktop.fewshot.suggest")
"""What tagging needs: without torch, which is half a gigabyte of memory."""
LAYOUT_MODULES = ("sklearn.decomposition", "openTSNE")
EVALUATION_MODULES = ("micm_desktop.labeling.evaluating", "micm_desktop.labeling.setting_aside")
PLOT_MODULES = ("pyqtgraph",)

_lock = threading.Lock()
_loaded = False
_threads = 0
_threads_of_torch = 0
_apart = False


def set_threads(count: int) -> None:
    """Jobs that begin from now on compute with ``count`` CPU threads; 0 leaves it to torch."""
    global _threads
    _threads = count


def work_apart() -> None:
    """Before the first project: images are decoded, and models translated, in processes of their own; see
    :mod:`.decode_processes` and :mod:`.translating`."""
    global _apart
    _apart = True


def load() -> None:
    """Import the learning libraries once, and let the calling worker thread compute as :func:`set_threads` says."""
    global _loaded, _threads_of_torch
    if not _loaded:
        with _lock:
            if not _loaded:
                _map_torch()
                _import(MODULES)
                _threads_of_torch = sys.modules["torch"].get_num_threads()
                _loaded = True
    torch, wanted = sys.modules["torch"], _threads or _threads_of_torch
    # Torch keeps the number for each thread that computes.
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


def devices() -> list[tuple[str, str]]:
    """What can compute here beside the CPU, each with its name for people; call it in a worker thread."""
    load()
    torch = sys.modules["torch"]
    return [("cuda", torch.cuda.get_device_name(0))] if torch.cuda.is_available() else []


def existing(device: str) -> str:
    """``device``, or ``auto`` where this computer does not have it any more; call it in a worker thread."""
    return device if device in ("auto", "cpu") or device in dict(devices()) else "auto"


def load_project() -> None:
    """Import what opening a project needs, which is less; call it in a worker thread."""
    global _apart
    with _lock:
        _import(PROJECT_MODULES)
        if _apart:
            from micm_desktop.export import translating
            from micm_desktop.images import decode_processes

            decode_processes.protect()
            decode_processes.start_ahead()
            translating.translate_apart()
            _apart = False


def load_classifiers() -> None:
    """Import what turns features into predictions; call it in a worker thread."""
    with _lock:
        _import(CLASSIFIER_MODULES)


def load_layout() -> None:
    """Import what arranges the map; call it in a worker thread."""
    with _lock:
        _import(LAYOUT_MODULES)


def load_evaluation() -> None:
    """Import what judges a whole project; call it in a worker thread."""
    with _lock:
        _import(EVALUATION_MODULES)


def load_ahead() -> None:
    """Import what is wanted soon after the window is shown; call it in a worker thread."""
    load_project()
    load_plots()


def make_qt_types() -> None:
    """Let PySide make all types of the modules in use; call it on the GUI thread before :func:`load_plots`.

    PySide makes a type when it is first asked for, which two threads must not do at once. The plot library asks for
    all of them, and the window crashed where it painted meanwhile.
    """
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)


def load_plots() -> None:
    """Import what the curves need; call it in a worker thread, after :func:`make_qt_types`."""
    with _lock:
        _import(PLOT_MODULES)


def _import(names: tuple[str, ...]) -> None:
    if all(name in sys.modules for name in names):
        return
    gc.disable()
    # PySide reads the source of every imported module to see whether it uses PySide's renamed functions, and keeps it:
    # for torch that is 3,000 files and 170 MiB. Nothing here uses them.
    hook, original = builtins.__import__, getattr(builtins, "__orig_import__", builtins.__import__)
    builtins.__import__ = original
    try:
        for name in names:
            importlib.import_module(name)
    finally:
        builtins.__import__ = hook
        gc.freeze()
        gc.enable()


def _map_torch() -> None:
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "lib"
    try:
        if sys.platform == "win32":
            load_library = ctypes.WinDLL("kernel32").LoadLibraryExW
            load_library.restype = ctypes.c_void_p
            load_library.argtypes = [ctypes.c_wchar_p, ctypes.c_void_p, ctypes.c_uint32]
            search_dll_folder_and_default = 0x100 | 0x1000
            load_library(str(folder / "torch_python.dll"), None, search_dll_folder_and_default)
        else:
            suffix = "dylib" if sys.platform == "darwin" else "so"
            dlopen = ctypes.CDLL(None).dlopen
            dlopen.restype = ctypes.c_void_p
            dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
            dlopen(os.fsencode(folder / f"libtorch_python.{suffix}"), os.RTLD_NOW | os.RTLD_LOCAL)
    except (OSError, AttributeError):
        log.debug("Torch's libraries could not be mapped ahead; the import will do it", exc_info=True)
