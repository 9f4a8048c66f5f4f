"""The invented world of a seeded year: who asks, about what, when, in sentences that people wrote by hand.

Everything is drawn from the pack (`routing/examples/*.csv`, `demo/names.yaml`) with a given source of chance, so
that the same seed tells the same year.
"""

import csv
import datetime as dt
import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from routing.directory import Directory, Topic
from ticketing.domain.clock import LOCAL
from ticketing.domain.messages import Inbound
from ticketing.domain.register_code import check_character
from ticketing.domain.vocabulary import Door, TicketType
from ticketing.services.province import Province

ENTERPRISES = 60_000
DAYS = 365
SENTENCES = (2, 3, 3, 4, 4, 5)
SUBJECT = 24
DOORS = {Door.TELEPHONE: 62, Door.MINIPROGRAM: 17, Door.WEB: 14, Door.ASSISTED: 5, Door.IMPORT: 2}
#: How many of a hundred requests of a working day come in each hour from midnight on; the mornings are busy.
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 10, 14, 13, 8, 4, 7, 11, 10, 8, 5, 3, 3, 2, 2, 1, 1)
#: Hand-written examples are rich in emergencies; a year is not.
URGENCY = {"normal": 1.0, "pressing": 0.6, "critical": 0.2}
TYPES = {"consultation": 1.0, "help": 1.1, "complaint": 0.9, "report": 0.25, "suggestion": 0.8}
DAY_OFF = 0.3


@dataclass(frozen=True)
class Enterprise:
    """One enterprise that asks now and then."""

    name: str
    register_code: str
    region_code: str
    requester: str
    phone: str


class Drawn:
    """Things with weights, to be drawn from."""

    def __init__(self, things: Sequence[Any], weights: Sequence[float]) -> None:
        self.things, self.sums = things, list(accumulate(weights))

    def one(self, chance: random.Random) -> Any:
        """Return one of them."""
        return self.things[min(bisect(self.sums, chance.random() * self.sums[-1]), len(self.things) - 1)]

    def at(self, share: float) -> Any:
        """Return the one that lies at a share (0 to 1) of the whole."""
        return self.things[min(bisect(self.sums, share * self.sums[-1]), len(self.things) - 1)]


class World:
    """What a seeded year is made of."""

    def __init__(self, pack: Path, province: Province, until: dt.datetime) -> None:
        self.province, self.until = province, until
        self.names: dict[str, list[str]] = yaml.safe_load((pack / "demo" / "names.yaml").read_text())
        self.texts = list(_texts(pack, province.directory))
        self.by_line: dict[str, list[str]] = {}
        for row in self.texts:
            self.by_line.setdefault(row["line"], []).append(row["text"])
        self.topics: dict[str, list[Topic]] = {}
        for topic in province.directory.topics.values():
            self.topics.setdefault(topic.line, []).append(topic)

    @cached_property
    def drawn_texts(self) -> Drawn:
        """The examples, as often as their kind comes in a year."""
        return Drawn(self.texts, [URGENCY[row["urgency"]] * TYPES[row["type"]] for row in self.texts])

    @cached_property
    def doors(self) -> Drawn:
        """The doors, the telephone first."""
        return Drawn(list(DOORS), list(DOORS.values()))

    @cached_property
    def hours(self) -> Drawn:
        """The hours of a day."""
        return Drawn(range(24), HOURS)

    @cached_property
    def days(self) -> Drawn:
        """The days of the year, oldest first."""
        last = self.until.astimezone(LOCAL).date()
        days = [last - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]
        works = self.province.calendar.is_working_day
        return Drawn(days, [1.0 if works(day) else DAY_OFF for day in days])

    @cached_property
    def enterprises(self) -> Drawn:
        """The enterprises; a few ask often, most once or twice."""
        chance = random.Random("enterprises")  # noqa: S311  the same invented names each time
        counties = [one for one in self.province.directory.regions.values() if one.level != "province"]
        places = Drawn(counties, [1 / (rank + 3) ** 0.6 for rank in range(len(counties))])
        found = [self._enterprise(chance, places.one(chance)) for _ in range(ENTERPRISES)]
        return Drawn(found, [1 / (rank + 20) ** 0.55 for rank in range(ENTERPRISES)])

    def _enterprise(self, chance: random.Random, place: Any) -> Enterprise:
        names = self.names
        name = f"{place.short_name_zh}{chance.choice(names['brands'])}{chance.choice(names['trades'])}"
        stem = f"91{place.code}MA{chance.randrange(10**7):07d}"
        return Enterprise(
            name=name + chance.choice(names["forms"]),
            register_code=stem + check_character(stem),
            region_code=place.code,
            requester=self.person(chance),
            phone=f"+861{chance.choice('35789')}{chance.randrange(10**9):09d}",
        )

    def person(self, chance: random.Random) -> str:
        """Return an invented name."""
        return chance.choice(self.names["families"]) + chance.choice(self.names["given"])

    def request(self, chance: random.Random, share: float) -> tuple[Inbound, str, str]:
        """Return a request that comes in at a share of the year; with its line and its person."""
        row, asker = self.drawn_texts.one(chance), self.enterprises.one(chance)
        own = self.by_line[row["line"]]
        body = [row["text"], *chance.sample(own, min(chance.choice(SENTENCES) - 1, len(own)))]
        topics = self.topics.get(row["line"])
        topic = chance.choice(topics) if topics else None
        first = row["text"].split("，")[0].split("。")[0][:SUBJECT]
        inbound = Inbound(
            door=self.doors.one(chance),
            subject=topic.name_zh if topic and chance.random() < 0.5 else first,
            body="".join(text if text[-1] in "。！？" else f"{text}。" for text in dict.fromkeys(body)),
            received_at=self.moment(chance, share),
            type=row["type"],
            urgency=row["urgency"],
            topic_code=topic.code if topic else None,
            region_code=row["region"] or asker.region_code,
            enterprise=asker.name,
            register_code=asker.register_code if chance.random() < 0.6 else "",
            requester=asker.requester,
            phone=asker.phone,
        )
        return inbound, row["line"], self.person(chance)

    def moment(self, chance: random.Random, share: float) -> dt.datetime:
        """Return the instant at which somebody spoke."""
        hour = dt.time(self.hours.one(chance), chance.randrange(60), chance.randrange(60))
        return dt.datetime.combine(self.days.at(share), hour, LOCAL).astimezone(dt.UTC)


def _texts(pack: Path, directory: Directory) -> Iterator[dict[str, str]]:
    """Return the hand-written examples whose labels the pack knows."""
    kinds = frozenset(TicketType)
    for path in sorted((pack / "routing" / "examples").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                known = row["region"] in directory.regions or not row["region"]
                if known and row["type"] in kinds and row["urgency"] in URGENCY and row["text"].strip():
                    yield row
