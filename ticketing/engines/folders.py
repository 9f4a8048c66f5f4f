"""Folders and sockets of the engines: who may enter them, and paths short enough for a Unix socket."""

import hashlib
import os
import stat
from pathlib import Path

LONGEST_SOCKET = 103
"""Bytes in a socket's path: Linux takes 107, the BSDs and macOS 103."""


class EngineError(Exception):
    """An embedded engine cannot run here; the message is one sentence for the person at the terminal."""


def private(folder: Path, owner: int) -> Path:
    """Make `folder` for the user `owner` alone, or prove that it is so; return it.

    A folder in a place that everyone can write to may have been laid there by a stranger, so an existing
    one counts only when it is a real folder of the right owner.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
            raise EngineError(f"{folder} belongs to somebody else; move it away.") from None
    if os.geteuid() == 0:
        os.chown(folder, owner, -1)
    folder.chmod(0o700)
    return folder


def socket_folder(data: Path, name: str, owner: int, *, plain: bool = False) -> Path:
    """Say where the socket `name` of the engine in `data` goes: there, or in /tmp if that is too long.

    `plain`: nor may there be a blank in the path.
    """
    if len(os.fsencode(data / name)) <= LONGEST_SOCKET and not (plain and " " in str(data)):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return private(Path("/tmp") / f"appeals-{digest}", owner)  # noqa: S108  fixed, so that all find it; private() guards it


def let_through(folder: Path) -> None:
    """Let the engine's own user pass through `folder` and its parents, without letting it look around.

    Only root needs this: PostgreSQL refuses to run as root, and its user must reach data and programs.
    """
    for place in (folder, *folder.parents):
        mode = place.stat().st_mode
        if not mode & stat.S_IXOTH:
            place.chmod(mode | stat.S_IXOTH)
