"""Processes that decode, with a decoder that crashes and hangs on files made for it."""

import sys
from pathlib import Path

import micm_desktop

CRASH, HANG = b"crash the decoder", b"hang the decoder"
"""What a file must end with; after a whole image it does no harm to a decoder without the fault."""

_CODE = """
import sys; sys.path[:] = {places!r}
import ctypes, time
from micm_desktop.images import decode, decode_worker
real = decode.decode_here

def faulty(data, path):
    if data.endswith({crash!r}):
        ctypes.string_at(0)
    while data.endswith({hang!r}):
        time.sleep(1)
    return real(data, path)

decode.decode_here = decode_worker.decode_here = faulty
decode_worker.main()
"""


def faulty_command() -> list[str]:
    """What starts a process whose decoder reads address 0 for a file that ends with ``CRASH``."""
    places = [str(Path(micm_desktop.__file__).parents[1]), *filter(None, sys.path)]
    return [sys.executable, "-I", "-c", _CODE.format(places=places, crash=CRASH, hang=HANG)]
