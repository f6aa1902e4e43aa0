"""Which folders are on a network drive."""

import sys
from pathlib import Path
from typing import Final

_FUSE = ("sshfs", "rclone", "gvfsd-fuse", "s3fs", "glusterfs", "ceph", "davfs2", "vmhgfs-fuse")
KINDS: Final = {
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre"),
    *("davfs", "webdav", "afpfs", "vboxsf", "vmhgfs", "drvfs"),
    *(f"fuse.{name}" for name in _FUSE),
}
_REMOTE: Final = 4
"""``DRIVE_REMOTE`` of Windows."""
MOUNTS: Final = Path("/proc/self/mounts")


def kind_of(folder: Path) -> str:
    """What kind of network drive ``folder`` is on, such as ``nfs4``; empty for a disk of this computer, or where the
    system does not tell (macOS)."""
    if sys.platform == "win32":
        return _kind_on_windows(folder)
    try:
        return kind_among(MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"), folder.resolve())
    except OSError:
        return ""


def kind_among(mounts: str, path: Path) -> str:
    """As :func:`kind_of`, by the lines of ``/proc/mounts``; the deepest mount point that holds ``path`` counts."""
    found, depth = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        # A later mount on the same point hides the earlier one.
        if path.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = fields[2], len(point.parts)
    return found if found in KINDS else ""


def _kind_on_windows(folder: Path) -> str:
    if sys.platform == "win32":
        import ctypes

        anchor = folder.absolute().anchor
        if anchor.startswith("\\\\"):
            return "smb"
        return "smb" if ctypes.windll.kernel32.GetDriveTypeW(anchor) == _REMOTE else ""
    return ""
