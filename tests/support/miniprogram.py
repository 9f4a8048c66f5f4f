"""Runs the mini-program's own tests (`make miniprogram`): its npm lock file, then node's test runner."""

import subprocess
import sys

from tests.support.contracts import ROOT, environment, npm

FOLDER = ROOT / "miniprogram"
STAMP = FOLDER / "node_modules" / "lock"


def main() -> int:
    """Install where the lock file has changed, run the tests, return their verdict."""
    command, lock = npm(), (FOLDER / "package-lock.json").read_text()
    around = environment(command[0])
    if not STAMP.exists() or STAMP.read_text() != lock:
        install = [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(install, cwd=FOLDER, check=False, env=around).returncode:
            raise SystemExit("npm could not install what the mini-program's tests need.")
        STAMP.write_text(lock)
    return subprocess.run([*command, "test", "--silent"], cwd=FOLDER, check=False, env=around).returncode


if __name__ == "__main__":
    sys.exit(main())
