"""Makes a PDF of a page of ours, in a process of its own: WeasyPrint and its memory stay out of web and workers.

What the page names is not fetched: neither from the network nor from the disk.
"""

import subprocess
import sys

from ticketing.domain.errors import DomainError
from ticketing.domain.words import N_

SECONDS = 300
COMMAND = (sys.executable, "-m", "ticketing.channels.press_run")


class NoPress(DomainError):
    """The machine cannot make PDF; the sentence says what is missing."""

    message = N_(
        "这台机器不能生成 PDF：缺少 Pango 程序库（Debian：libpango-1.0-0、libpangoft2-1.0-0），请管理员安装后再试。"
    )


def pdf(html: str) -> bytes:
    """Return the PDF of a page.

    Raises:
        NoPress: Pango is missing.
    """
    done = subprocess.run(  # noqa: S603  our own module, no shell
        COMMAND, input=html.encode(), capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        if b"cannot load library" in done.stderr:
            raise NoPress
        raise RuntimeError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return done.stdout
