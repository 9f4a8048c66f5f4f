"""Decide who answers: line by evidence, place by reading, bureau by line × region, and whether to trust it.

What is known to be uncertain is never dispatched alone: two lines that tie, a place that is needed and not
known, a name that means two places. A complaint about a bureau is never left to that bureau alone.
"""

from dataclasses import dataclass

from routing import matters
from routing import place as places
from routing.basis import duty_clause
from routing.directory import PROVINCE, Bureau, Directory, Topic
from routing.evidence import Evidence, dampened, organs_named, weigh
from routing.model import NOBODY, Model
from routing.place import Place
from routing.request import Candidate, Decision, Ground, Kind, Reason, Request
from routing.rules import RuleBook
from routing.text import normalise

__all__ = ["Candidate", "Decision", "Ground", "Kind", "Reason", "Request", "decide"]

SUBJECT_LIMIT = 500
CANDIDATES = 3
SHOWN_LINES = 5


@dataclass(frozen=True, slots=True)
class _Case:
    text: str
    request: Request
    evidence: Evidence
    place: Place
    directory: Directory
    rules: RuleBook
    model: Model | None
    lines: list[tuple[str, float]]

    @property
    def limits(self) -> tuple[float, float]:
        """From which probability a line is dispatched, and from which it is proposed."""
        if self.model is not None:
            return self.model.calibration.auto, self.model.calibration.propose
        return self.rules.thresholds.auto, self.rules.thresholds.propose


@dataclass(frozen=True, slots=True)
class _Option:
    line: str
    topic: Topic | None
    bureau: Bureau
    probability: float
    line_probability: float
    reasons: tuple[Reason, ...]


def decide(request: Request, directory: Directory, rules: RuleBook, model: Model | None = None) -> Decision:
    """Return who answers `request`, with candidates, reasons and the versions used.

    Without a model the rules decide alone. Pure: the same arguments give the same decision at any time.
    """
    subject, body = normalise(request.subject, limit=SUBJECT_LIMIT), normalise(request.body)
    text = f"{subject}\n{body}"
    evidence = weigh(request, subject, body, directory, rules)
    place = places.locate(request, text, directory, rules)
    lines = _ranked(text, evidence, rules, model)
    case = _Case(text, request, evidence, place, directory, rules, model, lines)
    options = _options(case)
    if not options:
        return _abstain(case, options, Reason(Ground.NO_EVIDENCE))
    return _judge(case, options)


def _ranked(text: str, evidence: Evidence, rules: RuleBook, model: Model | None) -> list[tuple[str, float]]:
    """Return the lines, likeliest first; with a model nobody is one of them."""
    if model is None:
        return evidence.probabilities(rules.weights.nobody)
    shares = model.probabilities(text, dampened(evidence.words, text), evidence.told)
    return sorted(shares.items(), key=lambda share: (-share[1], share[0]))


def _options(case: _Case) -> list[_Option]:
    options = []
    for line, probability in case.lines:
        option = _option(case, line, probability) if line != NOBODY else None
        if option is not None:
            options.append(option)
        if len(options) == CANDIDATES:
            break
    return options


def _option(case: _Case, line: str, line_probability: float) -> _Option | None:
    topic = case.evidence.best_topic(line, case.directory)
    bureau = places.bureau_at(line, topic, case.place, case.directory)
    if bureau is None:
        return None
    at_province = places.answers_at_province(line, topic, case.directory)
    known = case.place.region_code is not None or bool(case.place.cities)
    source = "not_needed" if at_province else case.place.source if known else "unknown"
    reasons = list(case.evidence.reasons.get(line, ()))
    learnt = case.model.because(case.text, line) if case.model is not None else ()
    if learnt:
        reasons.append(Reason(Ground.LEARNT, words=learnt))
    if not at_province:
        reasons.append(places.reason(case.place))
    department = case.directory.provincial_bureau(line)
    clause = duty_clause(department, topic) if department and topic else None
    if department is not None and clause is not None:
        reasons.append(Reason(Ground.DUTY, words=(clause,), bureaus=(department.code,)))
    probability = line_probability * case.rules.regions.certainty[source]
    return _Option(line, topic, bureau, round(probability, 4), line_probability, tuple(reasons))


def _judge(case: _Case, options: list[_Option]) -> Decision:
    best, (auto, propose) = options[0], case.limits
    doubt = _doubt(case, options)
    if doubt is not None:
        return _abstain(case, options, *doubt)
    # A model's threshold was found for lines; without one the place's certainty is part of the estimate.
    trust = best.probability if case.model is None else best.line_probability
    if trust < propose:
        return _abstain(case, options, Reason(Ground.WEAK))
    complaint = _complaint_about(best, case)
    if complaint is not None:
        return _decided(Kind.PROPOSE, case, options, complaint)
    mixed = _several(case)
    if mixed is not None:
        return _decided(Kind.PROPOSE, case, options, mixed)
    sure = trust >= auto and not (_is_local(best, case) and case.place.cities)
    return _decided(Kind.AUTO if sure else Kind.PROPOSE, case, options)


def _doubt(case: _Case, options: list[_Option]) -> tuple[Reason, ...] | None:
    """Tell why nobody may be named, whatever the probability; an empty answer lies in the reasons already."""
    best = options[0]
    if case.lines[0][0] == NOBODY:
        return (Reason(Ground.NOBODY),)
    if (
        len(options) > 1
        and best.line_probability - options[1].line_probability < case.rules.thresholds.margin
    ):
        return (Reason(Ground.TIE, bureaus=tuple(option.bureau.code for option in options[:2])),)
    if _is_local(best, case) and case.place.region_code is None and not case.place.cities:
        asks = case.model is None or case.place.ambiguous or case.rules.regions.unknown == "ask"
        return () if asks else None
    return None


def _is_local(option: _Option, case: _Case) -> bool:
    return not places.answers_at_province(option.line, option.topic, case.directory)


def _several(case: _Case) -> Reason | None:
    """Tell that the text holds matters of different lines: to be split, or carried as one case."""
    if case.model is None or case.request.topic_code is not None:
        return None
    likely = [line for line, _ in case.lines[:CANDIDATES]]
    lines = matters.several(case.text, likely, case.rules, case.model)
    if not lines:
        return None
    bureaus = [places.bureau_at(line, None, case.place, case.directory) for line in lines]
    return Reason(Ground.SEVERAL, bureaus=tuple(bureau.code for bureau in bureaus if bureau is not None))


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
    region = _place(case)
    candidates = [_candidate(option) for option in options]
    if any(reason.kind is Ground.CONFLICT for reason in extra):
        candidates += _overseer(case, candidates)
    return Decision(
        kind=kind,
        bureau_code=best.bureau.code,
        region_code=region or (case.directory.province.code if best.bureau.level == PROVINCE else None),
        topic_code=best.topic.code if best.topic else None,
        line=best.line,
        candidates=tuple(candidates),
        reasons=(*best.reasons, *extra),
        versions=_versions(case),
        lines=tuple(case.lines[:SHOWN_LINES]),
        place=_place(case),
    )


def _abstain(case: _Case, options: list[_Option], *extra: Reason) -> Decision:
    nobodys = bool(case.lines) and case.lines[0][0] == NOBODY
    best = options[0] if options and not nobodys else None
    return Decision(
        kind=Kind.ABSTAIN,
        bureau_code=None,
        region_code=_place(case),
        topic_code=best.topic.code if best and best.topic else None,
        line=best.line if best else None,
        candidates=tuple(sorted(_to_ask(case, options), key=lambda candidate: -candidate.probability)),
        reasons=(*(best.reasons if best else ()), *extra),
        versions=_versions(case),
        lines=tuple(case.lines[:SHOWN_LINES]),
        place=_place(case),
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


def _place(case: _Case) -> str | None:
    """Return where the matter lies; the matter of several cities lies in the province."""
    return case.directory.province.code if case.place.cities else case.place.region_code


def _versions(case: _Case) -> dict[str, str]:
    versions = {"rules": str(case.rules.version)}
    return versions if case.model is None else {**versions, "model": case.model.version}
