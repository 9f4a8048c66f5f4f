"""The mini-program's own client, in node, against a desk that really runs."""

import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from config import ROOT
from tests.support.contracts import environment, npm
from ticketing.extensions import db
from ticketing.models import Ticket


@pytest.fixture
def seen(committed: Flask, tmp_path: Path) -> dict[str, Any]:
    server = make_server("127.0.0.1", 0, committed, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    around = environment(npm()[0])
    node = shutil.which("node", path=around["PATH"])
    script = ROOT / "miniprogram" / "tests" / "live.js"
    try:
        command = [node, script, f"http://127.0.0.1:{server.server_port}", tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, env=around, timeout=60, check=False)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_request_goes_its_whole_way(seen: dict[str, Any]) -> None:
    assert seen["repeated"]["duplicate"]
    assert seen["repeated"]["password"] is None
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 2
    assert (seen["refusals"], seen["files"], seen["mine"]) == ([], ["note.txt"], 2)
    assert {"withdrawals", "attachments"} <= set(seen["before"])
    assert seen["after"] == []
    assert (seen["stale"], seen["wrong"]) == (409, "refused")
    assert seen["departments"] > 1
    assert seen["articles"] == 0
