"""The mini-program's own client, in node, against a desk that really runs."""

import json
import secrets
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
from tests.support.api import CODE, MOBILE, code_to, register
from tests.support.contracts import environment, npm
from ticketing.extensions import db, store
from ticketing.models import Ticket
from ticketing.services import enterprises, people


def a_manager(app: Flask) -> str:
    """Let somebody manage an enterprise, and return the code that signs in: only their telephone knows it."""
    now = app.extensions["clock"]()
    register()
    one = people.begin(f"+86{MOBILE}", now, name="吴丹")
    enterprises.proved(one, CODE, "昌盛食品", "register_phone", now)
    people.ask_code(MOBILE, "127.0.0.1", now, locale="zh")
    db.session.commit()
    return code_to(MOBILE)


@pytest.fixture
def seen(committed: Flask, tmp_path: Path) -> dict[str, Any]:
    store.prefix = f"{secrets.token_hex(6)}:"  # what the test before counted is not ours
    server = make_server("127.0.0.1", 0, committed, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    around = environment(npm()[0])
    node = shutil.which("node", path=around["PATH"])
    script = ROOT / "miniprogram" / "tests" / "live.js"
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        command = [
            node,
            script,
            base,
            tmp_path,
            MOBILE,
            a_manager(committed),
            committed.extensions["clock"]().isoformat(),
        ]
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
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 4
    assert (seen["refusals"], seen["files"], seen["mine"]) == ([], ["note.txt"], 2)
    assert {"withdrawals", "attachments"} <= set(seen["before"])
    assert seen["after"] == []
    assert (seen["stale"], seen["wrong"]) == (409, "refused")
    assert seen["departments"] > 1
    assert seen["articles"] == 0


def test_the_account_goes_its_whole_way(seen: dict[str, Any]) -> None:
    own = seen["own"]
    assert (own["enterprise"], own["before"], own["claimed"]) == ("昌盛食品", 0, own["opened"])
    assert (own["invited"], own["people"], own["call"]) == ("小李", 1, "昌盛食品")
    assert (own["missing"], own["told_by"]) == (["email"], ["mail"])
    assert (own["sent"], own["listed"]) == (True, 2)
    assert (own["out"], own["after"], own["mine"]) == (True, ["closed", 401], 3)
