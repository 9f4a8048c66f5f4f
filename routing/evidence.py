"""Weigh what speaks for each business line, each point of it with its reason.

The score is a sum of hand-set weights: the topic that a person chose, the keywords of topics in the text, the
department's line that was called, a department named in the text. Without a model, probabilities are a softmax
over the lines and over `nobody`, so that thin evidence stays thin; they are ordered honestly, not calibrated.
With one, the points of words are weighed by its calibration, and what a person said is added to them.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from routing.directory import Bureau, Directory, Hotline, Topic
from routing.lexicon import Lexicon
from routing.request import Ground, Reason, Request
from routing.rules import RuleBook
from routing.text import normalise

TOLD = frozenset({Ground.TOPIC, Ground.HOTLINE})
"""What somebody chose or dialled, beside what they wrote."""
_USUAL_LENGTH, _LONGEST = 3, 5
_CALL = 120
"""Characters of a long call or form."""


@dataclass
class Evidence:
    """Points by line and by topic, with reasons by line; `told` is what a person chose, `words` what they said."""

    told: dict[str, float] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)
    topics: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, list[Reason]] = field(default_factory=dict)

    def add(self, line: str, points: float, reason: Reason) -> None:
        """Count `points` for the line and keep the reason."""
        kept = self.told if reason.kind in TOLD else self.words
        kept[line] = kept.get(line, 0.0) + points
        self.reasons.setdefault(line, []).append(reason)

    def best_topic(self, line: str, directory: Directory) -> Topic | None:
        """Return the line's topic with the most points; nothing when two have the same."""
        ranked = sorted(
            ((points, code) for code, points in self.topics.items() if directory.topics[code].line == line),
            reverse=True,
        )
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return directory.topics[ranked[0][1]]

    def probabilities(self, nobody: float) -> list[tuple[str, float]]:
        """Return (line, probability), best first; what is missing to one is `nobody`'s."""
        lines = {
            line: self.told.get(line, 0.0) + self.words.get(line, 0.0) for line in {**self.told, **self.words}
        }
        top = max([nobody, *lines.values()])
        shares = {line: math.exp(points - top) for line, points in lines.items()}
        total = sum(shares.values()) + math.exp(nobody - top)
        rows = [(line, share / total) for line, share in shares.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    keywords: Lexicon
    topic_of: dict[str, str]
    weak: frozenset[str]
    organs: Lexicon
    line_of: dict[str, str]


def weigh(request: Request, subject: str, body: str, directory: Directory, rules: RuleBook) -> Evidence:
    """Collect the evidence for each line; `subject` and `body` are the normalised texts."""
    evidence = Evidence()
    _chosen_topic(evidence, request, directory, rules)
    _keywords(evidence, subject, body, directory, rules)
    _called_line(evidence, directory.hotlines.get(request.hotline_number or ""), directory, rules)
    for line, organ in organs_named(f"{subject}\n{body}", directory, rules):
        evidence.add(line, rules.weights.organ_named, Reason(Ground.ORGAN, words=(organ,)))
    return evidence


def dampened(words: Mapping[str, float], text: str) -> dict[str, float]:
    """Return the points of words, fewer in a long letter: words meet there by accident and would add up.

    A call or a form keeps them whole; a letter of four times that length has half.
    """
    share = min(1.0, math.sqrt(_CALL / max(1, len(text))))
    return {line: points * share for line, points in words.items()}


def organs_named(text: str, directory: Directory, rules: RuleBook) -> Iterator[tuple[str, str]]:
    """Yield (line, name) once for each line whose department the text names, whatever the city."""
    vocabulary = _vocabulary(directory, rules)
    seen = set()
    for match in vocabulary.organs.outermost(text):
        line = vocabulary.line_of[match.word]
        if line not in seen:
            seen.add(line)
            yield line, match.word


def _chosen_topic(evidence: Evidence, request: Request, directory: Directory, rules: RuleBook) -> None:
    topic = directory.topics.get(request.topic_code or "")
    if topic is not None:
        evidence.topics[topic.code] = rules.weights.topic_chosen
        evidence.add(topic.line, rules.weights.topic_chosen, Reason(Ground.TOPIC, topic=topic.code))


def _keywords(evidence: Evidence, subject: str, body: str, directory: Directory, rules: RuleBook) -> None:
    vocabulary = _vocabulary(directory, rules)
    words: dict[str, dict[str, None]] = {}
    for match in vocabulary.keywords.outermost(f"{subject}\n{body}"):
        words.setdefault(vocabulary.topic_of[match.word], {})[match.word] = None
    for topic_code, found in words.items():
        topic = directory.topics[topic_code]
        points = _points(list(found), subject, vocabulary.weak, rules)
        evidence.topics[topic_code] = evidence.topics.get(topic_code, 0.0) + points
        evidence.add(topic.line, points, Reason(Ground.KEYWORD, words=tuple(found), topic=topic_code))


def _points(words: list[str], subject: str, weak: frozenset[str], rules: RuleBook) -> float:
    """Count the longest word in full, each further one for less: long words are rarely accidents."""
    weights = rules.weights
    points, weight = 0.0, weights.keyword
    for word in sorted(words, key=lambda found: (found in weak, -len(found))):
        share = min(len(word), _LONGEST) / _USUAL_LENGTH * (weights.weak_word if word in weak else 1.0)
        points += weight * share + (weights.in_subject if word in subject else 0.0)
        weight = weights.keyword_more
    return points


def _called_line(evidence: Evidence, hotline: Hotline | None, directory: Directory, rules: RuleBook) -> None:
    """Take a department's own line as a hint; the coordinating line takes everybody's calls."""
    if hotline is None or not rules.hotlines[hotline.kind].line:
        return
    line = directory.bureaus[hotline.bureau_code].line
    if line != rules.coordinating_line and line not in rules.operator_lines:
        evidence.add(line, rules.weights.hotline, Reason(Ground.HOTLINE, hotline=hotline.number))


@lru_cache(maxsize=4)
def _vocabulary(directory: Directory, rules: RuleBook) -> _Vocabulary:
    topic_of = {
        normalise(word): topic.code for topic in directory.topics.values() for word in topic.keywords_zh
    }
    line_of = {
        normalise(name): bureau.line
        for bureau in directory.bureaus.values()
        if bureau.line not in rules.operator_lines
        for full in (bureau.name_zh, bureau.short_name_zh)
        for name in (full, _without_place(full, bureau, directory))
        if len(name) > 1
    }
    return _Vocabulary(
        keywords=Lexicon(topic_of),
        topic_of=topic_of,
        weak=frozenset(map(normalise, rules.weak_words)),
        organs=Lexicon(line_of),
        line_of=line_of,
    )


def _without_place(name: str, bureau: Bureau, directory: Directory) -> str:
    """Return a bureau's name as people say it, without city or province: 市场监管局."""
    region = directory.regions[bureau.region_code]
    generic = region.name_zh[len(region.short_name_zh) :]
    for prefix in (region.name_zh, region.short_name_zh, generic):
        if prefix and name.startswith(prefix):
            return name[len(prefix) :]
    return name
