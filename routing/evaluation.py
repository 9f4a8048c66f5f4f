"""How good is the router on texts whose line is known: the figures that a page or a shell shows.

An answer is right where it names the line or one that would also do. A text of nobody is right where nobody is
answered; sending it anywhere by itself is an error.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from routing.request import Decision, Kind

NOBODY = (None, "", "nobody", "none")
"""How a file may write that no bureau answers."""
BINS = 10
TOP = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A text with what is known of it; `line` is empty where nobody answers, `urgent` none where not told."""

    id: str
    text: str
    line: str
    also_ok: tuple[str, ...] = ()
    region: str | None = None
    hotline: str | None = None
    urgent: bool | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Case":
        """Read a case from plain data; lists may be written `a|b`; nobody's line is null."""
        also = row.get("also_ok") or ()
        urgent = row.get("urgent")
        return cls(
            id=str(row.get("id", "")),
            text=str(row["text"]),
            line="" if row.get("line") in NOBODY else str(row["line"]),
            also_ok=tuple(filter(None, also.split("|") if isinstance(also, str) else also)),
            region=row.get("region") or None,
            hotline=row.get("hotline") or None,
            urgent=None if urgent is None else urgent in (True, 1, "critical", "true"),
        )

    def accepts(self, line: str) -> bool:
        """Say whether a careful reader would send the text to `line`."""
        return line == self.line or (line != "" and line in self.also_ok)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to a case, how long that took, and whether it was called critical."""

    case: Case
    decision: Decision
    critical: bool
    seconds: float

    @property
    def ranked(self) -> list[str]:
        """Return the lines, likeliest first; nobody where nothing was found."""
        return [line for line, _ in self.decision.lines] or [""]

    @property
    def right(self) -> bool:
        """Say whether the likeliest line is right."""
        return self.case.accepts(self.ranked[0])

    @property
    def confidence(self) -> float:
        """Return the probability of the likeliest line."""
        return self.decision.lines[0][1] if self.decision.lines else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of all cases unless the name says otherwise; none where there is nothing to divide by."""

    cases: int
    top1: float | None
    top3: float | None
    auto_coverage: float | None
    auto_precision: float | None
    abstained: float | None
    region_accuracy: float | None
    ece: float | None
    urgent_recall: float | None
    urgent_precision: float | None
    p50_ms: float | None
    p95_ms: float | None

    def plain(self) -> dict[str, float | int | None]:
        """Return the figures as plain data."""
        return asdict(self)


def run(
    cases: Iterable[Case], answer: Callable[[Case], tuple[Decision, bool]], clock: Callable[[], float]
) -> list[Outcome]:
    """Answer every case and take the time of each."""
    outcomes = []
    for case in cases:
        before = clock()
        decision, critical = answer(case)
        outcomes.append(Outcome(case, decision, critical, clock() - before))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Reckon the figures."""
    auto = [one for one in outcomes if one.decision.kind is Kind.AUTO]
    told = [one for one in outcomes if one.case.urgent is not None]
    urgent = [one for one in told if one.case.urgent]
    called = [one for one in told if one.critical]
    times = sorted(one.seconds for one in outcomes)
    return Figures(
        cases=len(outcomes),
        top1=_share(one.right for one in outcomes),
        top3=_share(any(map(one.case.accepts, one.ranked[:TOP])) for one in outcomes),
        auto_coverage=_share(one.decision.kind is Kind.AUTO for one in outcomes),
        auto_precision=_share(one.case.accepts(one.decision.line or "") for one in auto),
        abstained=_share(one.decision.kind is Kind.ABSTAIN for one in outcomes),
        region_accuracy=_share(one.decision.place == one.case.region for one in outcomes),
        ece=calibration_error([(one.confidence, one.right) for one in outcomes]),
        urgent_recall=_share(one.critical for one in urgent),
        urgent_precision=_share(bool(one.case.urgent) for one in called),
        p50_ms=_quantile(times, 0.50),
        p95_ms=_quantile(times, 0.95),
    )


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Return how far probabilities lie from what came true: mean over ten bins of equal size, sorted by probability."""
    if not pairs:
        return None
    ranked = sorted(pairs, key=lambda pair: pair[0])
    edges = [round(len(ranked) * number / BINS) for number in range(BINS + 1)]
    bins = [ranked[low:high] for low, high in pairwise(edges) if high > low]
    gaps = [abs(sum(p for p, _ in part) - sum(right for _, right in part)) for part in bins]
    return round(sum(gaps) / len(ranked), 4)


def _share(flags: Iterable[bool]) -> float | None:
    found = list(flags)
    return round(sum(found) / len(found), 4) if found else None


def _quantile(times: Sequence[float], share: float) -> float | None:
    if not times:
        return None
    return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 3)
