"""Takes the real messages of REAL_MESSAGES_DIR over, into a database of its own: `make real-messages`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import config
from ticketing import engines

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


def main() -> None:
    """Import every CSV of the folder twice; the second time must add nothing."""
    folder = config.load().real_messages_dir
    if folder is None or not folder.is_dir():
        raise SystemExit("REAL_MESSAGES_DIR names no folder; set it in .env or the environment.")
    with tempfile.TemporaryDirectory() as var, engines.acquire(Path(var)) as lease:
        own = {"DATABASE_URL": lease.database_url, "REDIS_URL": lease.redis_url, "DEMO": "1", "VAR_DIR": var}
        for command in (("db", "upgrade"), ("pack", "load")):
            subprocess.run(
                [*FLASK, *command], env=os.environ | own, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
        for file in [*sorted(folder.glob("*.csv"))] * 2:
            print(f"{file.name}:", flush=True)
            take = (
                "import",
                "messages",
                str(file),
                "--received-at",
                "source",
                "--refused",
                f"{var}/{file.stem}.csv",
            )
            subprocess.run([*FLASK, *take], env=os.environ | own, cwd=ROOT, check=True)
        subprocess.run([*FLASK, "tickets", "count"], env=os.environ | own, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
