"""Decide who answers: line by evidence, place by reading, bureau by line × region, and whether to trust it.

What is known to be uncertain is never dispatched alone: two lines that tie, a place that is needed and not
known, a name that means two places. A complaint about a bureau is never left to that bureau alone.
"""

from dataclasses import dataclass

from routing import place as places
from routing.basis import duty_clause
from routing.directory import PROVINCE, Bureau, Directory, Topic
from routing.evidence import Evidence, organs_named, weigh
from routing.place import Place
from routing.request import Candidate, Decision, Ground, Kind, Reason, Request
from routing.rules import RuleBook
from routing.text import normalise

__all__ = ["Candidate", "Decision", "Ground", "Kind", "Reason", "Request", "decide"]

SUBJECT_LIMIT = 500
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class _Case:
    text: str
    request: Request
    evidence: Evidence
    place: Place
    directory: Directory
    rules: RuleBook


@dataclass(frozen=True, slots=True)
class _Option:
    line: str
    topic: Topic | None
    bureau: Bureau
    probability: float
    line_probability: float
    reasons: tuple[Reason, ...]


def decide(request: Request, directory: Directory, rules: RuleBook) -> Decision:
    """Return who answers `request`, with candidates, reasons and the versions used.

    Pure: the same request, directory and rules give the same decision at any time.
    """
    subject, body = normalise(request.subject, limit=SUBJECT_LIMIT), normalise(request.body)
    text = f"{subject}\n{body}"
    evidence = weigh(request, subject, body, directory, rules)
    case = _Case(text, request, evidence, places.locate(request, text, directory, rules), directory, rules)
    options = _options(case)
    if not options:
        return _abstain(case, options, Reason(Ground.NO_EVIDENCE))
    return _judge(case, options)


def _options(case: _Case) -> list[_Option]:
    ranked = case.evidence.probabilities(case.rules.weights.nobody)
    options = [_option(case, line, probability) for line, probability in ranked]
    return [option for option in options if option is not None][:CANDIDATES]


def _option(case: _Case, line: str, line_probability: float) -> _Option | None:
    topic = case.evidence.best_topic(line, case.directory)
    bureau = places.bureau_at(line, topic, case.place, case.directory)
    if bureau is None:
        return None
    at_province = places.answers_at_province(line, topic, case.directory)
    known = case.place.region_code is not None or bool(case.place.cities)
    source = "not_needed" if at_province else case.place.source if known else "unknown"
    reasons = list(case.evidence.reasons[line])
    if not at_province:
        reasons.append(places.reason(case.place))
    department = case.directory.provincial_bureau(line)
    clause = duty_clause(department, topic) if department and topic else None
    if department is not None and clause is not None:
        reasons.append(Reason(Ground.DUTY, words=(clause,), bureaus=(department.code,)))
    probability = line_probability * case.rules.regions.certainty[source]
    return _Option(line, topic, bureau, round(probability, 4), line_probability, tuple(reasons))


def _judge(case: _Case, options: list[_Option]) -> Decision:
    best, limits = options[0], case.rules.thresholds
    if len(options) > 1 and best.line_probability - options[1].line_probability < limits.margin:
        rivals = tuple(option.bureau.code for option in options[:2])
        return _abstain(case, options, Reason(Ground.TIE, bureaus=rivals))
    local = not places.answers_at_province(best.line, best.topic, case.directory)
    if local and case.place.region_code is None and not case.place.cities:
        return _abstain(case, options)
    if best.probability < limits.propose:
        return _abstain(case, options, Reason(Ground.WEAK))
    complaint = _complaint_about(best, case)
    if complaint is not None:
        return _decided(Kind.PROPOSE, case, options, complaint)
    sure = best.probability >= limits.auto and not (local and case.place.cities)
    return _decided(Kind.AUTO if sure else Kind.PROPOSE, case, options)


def _complaint_about(option: _Option, case: _Case) -> Reason | None:
    """Find the bureau's own name in a complaint: it must not be the only judge of itself."""
    complains = case.request.type in {"complaint", "report"} or any(
        word in case.text for word in case.rules.complaint_words
    )
    if not complains:
        return None
    named = dict(organs_named(case.text, case.directory, case.rules)).get(option.line)
    return Reason(Ground.CONFLICT, words=(named,)) if named is not None else None


def _decided(kind: Kind, case: _Case, options: list[_Option], *extra: Reason) -> Decision:
    best = options[0]
    region = case.directory.province.code if case.place.cities else case.place.region_code
    candidates = [_candidate(option) for option in options]
    if extra:
        candidates += _overseer(case, candidates)
    return Decision(
        kind=kind,
        bureau_code=best.bureau.code,
        region_code=region or (case.directory.province.code if best.bureau.level == PROVINCE else None),
        topic_code=best.topic.code if best.topic else None,
        line=best.line,
        candidates=tuple(candidates),
        reasons=(*best.reasons, *extra),
        versions=_versions(case.rules),
    )


def _abstain(case: _Case, options: list[_Option], *extra: Reason) -> Decision:
    best = options[0] if options else None
    return Decision(
        kind=Kind.ABSTAIN,
        bureau_code=None,
        region_code=case.directory.province.code if case.place.cities else case.place.region_code,
        topic_code=best.topic.code if best and best.topic else None,
        line=best.line if best else None,
        candidates=tuple(sorted(_to_ask(case, options), key=lambda candidate: -candidate.probability)),
        reasons=(*(best.reasons if best else ()), *extra),
        versions=_versions(case.rules),
    )


def _candidate(option: _Option) -> Candidate:
    return Candidate(option.bureau.code, option.probability, option.reasons)


def _to_ask(case: _Case, options: list[_Option]) -> list[Candidate]:
    """List an abstention's candidates; where a name means several places, the best line's bureau in each."""
    candidates = [_candidate(option) for option in options]
    if not options or not case.place.ambiguous:
        return candidates
    best, meanings = options[0], case.place.ambiguous
    share = best.line_probability * case.rules.regions.certainty["text"] / len(meanings)
    bureaus = [case.directory.local_bureau(best.line, code) for code in meanings]
    local = [Candidate(b.code, round(share, 4), best.reasons) for b in bureaus if b is not None]
    return [*local, *candidates[1:]] if local else candidates


def _overseer(case: _Case, candidates: list[Candidate]) -> list[Candidate]:
    """Offer the coordinating bureau of the place beside a bureau that is complained of."""
    bureau = places.bureau_at(case.rules.coordinating_line, None, case.place, case.directory)
    if bureau is None or any(candidate.bureau_code == bureau.code for candidate in candidates):
        return []
    return [Candidate(bureau.code, 0.0, (Reason(Ground.OVERSEER),))]


def _versions(rules: RuleBook) -> dict[str, str]:
    return {"rules": str(rules.version)}
