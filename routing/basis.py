"""The clause of a department's duties that speaks of a topic: the ground a clerk can point at."""

import re
from functools import lru_cache

from routing.directory import Bureau, Topic

_CLAUSES = re.compile(r"[；;。]")
_FEWEST_SHARED = 2


@lru_cache(maxsize=4096)
def duty_clause(bureau: Bureau, topic: Topic) -> str | None:
    """Return the clause of `bureau.duties_zh` that shares most with the topic's words.

    Shared means pairs of characters; fewer than two is chance, and no ground is named then.
    """
    wanted = _pairs(topic.name_zh).union(*map(_pairs, topic.keywords_zh))
    clauses = [clause.strip() for clause in _CLAUSES.split(bureau.duties_zh) if clause.strip()]
    shared = [(len(wanted & _pairs(clause)), clause) for clause in clauses]
    most, clause = max(shared, key=lambda row: row[0], default=(0, ""))
    return clause if most >= _FEWEST_SHARED else None


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[index : index + 2] for index in range(len(text) - 1))
