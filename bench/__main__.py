"""Pages and intake as ratios to the floor, measured in the same run: `make bench`.

Prints a table and writes bench/out/results.json. BENCH_TICKETS chooses the size, 100,000 by default.
"""

import http.client
import itertools
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from sqlalchemy import select, text

import config
from bench import data
from bench import pages as table
from bench.load import Ask, fetch, measure
from bench.serving import APP_CONF, FORM, cookie, login, serving, token
from routing.decision import Request, decide
from ticketing import engines
from ticketing.extensions import db, transaction, vault
from ticketing.models import Ticket
from ticketing.services import province, seed

ROOT = Path(__file__).resolve().parent.parent
TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
SAMPLE = 200
#: Clients at once -> requests in all.
ROUNDS = {1: 100, 8: 320, 32: 960}
#: Floor and page take turns, so that a machine that slows down slows both.
TURNS = 4
PASSWORD = "135790"
APP, FLOOR = 8391, 8392


def main() -> None:
    """Prepare, serve both, measure in turn, tell."""
    settings = config.load(demo="1")
    with engines.acquire(data.folder(settings)) as lease:
        ready = settings.model_copy(update={"database_url": lease.database_url, "redis_url": lease.redis_url})
        app = data.application(ready)
        app.config["WTF_CSRF_ENABLED"] = False  # for asking each page once in this process
        data.prepare(app, TICKETS)
        pages = table.pages(app)
        table.note_statements(app, pages)
        with app.app_context():
            numbers = _sample()
            routing = _routing()
            db.session.remove()
            db.engine.dispose()
        environment = os.environ | ready.environment() | {
            "LOG_LEVEL": "ERROR", "SUBMISSIONS_PER_HOUR": "1000000", "PYTHONPATH": str(ROOT),
            "WEB_WORKERS": str(ready.web_workers), "WEB_THREADS": str(ready.web_threads),
        }  # fmt: skip
        with (
            serving(APP_CONF, APP, environment),
            serving("bench/floor_conf.py", FLOOR, environment, known=f"/list/{data.BUREAU}"),
        ):
            cookies = {role: login(APP, f"bench-{role}") for role in {page.role for page in pages}}
            asked = {name: (FLOORS[name](numbers), OURS[name](numbers)) for name in OURS}
            for page in pages:
                asked[page.name] = (_get(f"/replay/{quote(page.name)}"), _get(page.path, cookies[page.role]))
            asked["intake"] = asked.pop("intake")  # last: what it writes is on everybody's lists
            results = [row for name, pair in asked.items() for row in _compare(name, *pair)]
    _tell(results, routing)


def _sample() -> list[str]:
    """Return tickets of the bench's bureau, each with a known query password."""
    chance = random.Random(1)
    own = (Ticket.bureau_code == data.BUREAU, Ticket.source == seed.SOURCE)  # not what an earlier run wrote
    wanted = select(Ticket).where(*own).order_by(Ticket.id.desc()).limit(20 * SAMPLE)
    with transaction():
        db.session.execute(text("set local statement_timeout = 0"))  # no page asks this; no index serves it
        tickets = list(db.session.scalars(wanted))
        tickets = chance.sample(tickets, min(SAMPLE, len(tickets)))
        for ticket in tickets:
            ticket.password_hash = vault.seal(PASSWORD)
        return [ticket.number for ticket in tickets]


def _routing() -> float:
    """Return the median milliseconds of one decision, in this process."""
    current = province.current()
    took = []
    for topic in itertools.islice(itertools.cycle(current.directory.topics.values()), 300):
        began = time.perf_counter()
        decide(Request(subject=topic.name_zh, body=topic.example_zh * 3), current.directory, current.rules)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _compare(name: str, base_ask: Ask, our_ask: Ask) -> Iterator[dict[str, object]]:
    for clients, requests in ROUNDS.items():
        floor: list[float] = []
        ours: list[float] = []
        for _ in range(TURNS):
            floor += measure(FLOOR, base_ask, clients=clients, requests=requests // TURNS)
            ours += measure(APP, our_ask, clients=clients, requests=requests // TURNS)
        ours.sort()
        p50, p95 = statistics.median(ours), ours[int(len(ours) * 0.95)]
        base = statistics.median(floor)
        yield {
            "name": name, "tickets": TICKETS, "concurrency": clients, "p50_ms": round(p50, 2),
            "p95_ms": round(p95, 2), "floor_p50_ms": round(base, 2), "ratio": round(p50 / base, 2),
        }  # fmt: skip


def _get(path: str, cookie: str = "") -> Ask:
    def ask(line: http.client.HTTPConnection, _place: int) -> None:
        status, _headers, _body = fetch(line, "GET", path, Cookie=cookie)
        assert status == 200, (path, status)

    return ask


def _each(paths: list[str], cookie: str = "") -> Ask:
    def ask(line: http.client.HTTPConnection, place: int) -> None:
        _get(paths[place % len(paths)], cookie)(line, place)

    return ask


def _status_ours(numbers: list[str]) -> Ask:
    """Look up as a person does: the form sent, the page that it leads to read."""
    line = http.client.HTTPConnection("127.0.0.1", APP)
    _status, headers, body = fetch(line, "GET", "/status")
    csrf_token, visitor = token(body), cookie(headers)
    line.close()

    def ask(line: http.client.HTTPConnection, place: int) -> None:
        form = {"csrf_token": csrf_token, "number": numbers[place % len(numbers)], "password": PASSWORD}
        status, answer, _body = fetch(
            line, "POST", "/status", urlencode(form), Cookie=visitor, Content_Type=FORM
        )
        assert status == 302, status
        _get("/status/request", cookie(answer))(line, place)

    return ask


def _status_floor(numbers: list[str]) -> Ask:
    def ask(line: http.client.HTTPConnection, place: int) -> None:
        form = urlencode({"number": numbers[place % len(numbers)], "password": PASSWORD})
        status, _headers, body = fetch(line, "POST", "/status", form)
        assert (status, body != b"no") == (200, True)

    return ask


REQUEST = {
    "type": "help", "topic_code": "T1503", "region_code": "230103", "subject": "餐饮复工备案缺材料",
    "body": "我们在南岗区开了一家火锅店，餐饮复工备案提示材料不全，没有写明缺哪一项，请告诉我们还要补什么。" * 3,
    "enterprise": "南岗区老灶火锅店", "requester": "张建国", "phone": "13904510021",
}  # fmt: skip


def _intake(path: str) -> Ask:
    body = json.dumps(REQUEST)

    def ask(line: http.client.HTTPConnection, _place: int) -> None:
        status, _headers, answer = fetch(line, "POST", path, body, Content_Type="application/json")
        assert status in (200, 201), (status, answer[:200])

    return ask


FLOORS = {
    "list": lambda _n: _get(f"/list/{data.BUREAU}"),
    "ticket": lambda numbers: _each([f"/ticket/{number}" for number in numbers]),
    "status": _status_floor,
    "intake": lambda _n: _intake("/intake"),
}
OURS = {
    "list": lambda _n: _get("/bureau", login(APP, "bench")),
    "ticket": lambda numbers: _each([f"/tickets/{number}" for number in numbers], login(APP, "bench")),
    "status": _status_ours,
    "intake": lambda _n: _intake("/api/v1/requests"),
}


def _tell(results: list[dict[str, object]], routing: float) -> None:
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1))
    print(f"\n{TICKETS} tickets; routing one request takes {routing:.2f} ms of an intake.")
    print(f"{'page':<34} {'clients':>7} {'p50 ms':>8} {'p95 ms':>8} {'floor p50':>10} {'ratio':>6}")
    for row in results:
        print(f"{row['name']:<34} {row['concurrency']:>7} {row['p50_ms']:>8} {row['p95_ms']:>8} "
              f"{row['floor_p50_ms']:>10} {row['ratio']:>6}")  # fmt: skip


if __name__ == "__main__":
    main()
