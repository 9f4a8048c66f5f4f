"""The router beside its rivals: `python -m bench.routing`.

Decisions a second of the router, of bare scikit-learn on the same texts and features, and of a table of keywords;
right answers of each on texts nobody trained on; training time by number of examples. BENCH_EXAMPLES bounds the
largest training set, 100,000 by default, 1,000,000 where there is time; beyond the pack's own examples the bulk is
made of their shuffled clauses, fit for timing alone.
"""

import itertools
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

import config
from routing import examples, training
from routing.decision import Request, decide
from routing.directory import Directory
from routing.evaluation import Case
from routing.examples import Example
from ticketing.services import pack as packs

PACK = config.ROOT / "provinces" / "heilongjiang"
HELD_OUT = config.ROOT / "tests" / "data" / "routing" / "b.jsonl"
LARGEST = int(os.environ.get("BENCH_EXAMPLES", "100000"))
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)


def main() -> None:
    """Print two tables."""
    pack = packs.read(PACK)
    directory, rules, taught = packs.directory_of(pack), packs.rules_of(pack), examples.of_pack(PACK)
    cases = [Case.from_row(json.loads(line)) for line in HELD_OUT.read_text().splitlines()]
    model = training.train(taught, directory, rules)
    bare = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True), RidgeClassifier(alpha=0.6)
    ).fit([one.text for one in taught], [one.line for one in taught])
    rivals: dict[str, Callable[[str], str]] = {
        "router": lambda text: decide(Request("", text), directory, rules, model).lines[0][0],
        "bare scikit-learn": lambda text: str(bare.predict([text])[0]),
        "table of keywords": keyword_table(directory),
    }
    print(f"{'':<20}{'right':>8}{'a second':>10}")
    for name, answer in rivals.items():
        right, rate = measured(answer, cases)
        print(f"{name:<20}{right:>8.1%}{rate:>10.0f}")
    print(f"\n{'examples':>10}{'seconds to train':>18}")
    for size in (size for size in SIZES if size <= LARGEST):
        bulk = list(itertools.islice(shuffled(taught), size))
        before = time.perf_counter()
        training.train(bulk, directory, rules)
        print(f"{size:>10,}{time.perf_counter() - before:>18.1f}", flush=True)


def keyword_table(directory: Directory) -> Callable[[str], str]:
    """Return the usual rival: the line whose topics' keywords stand in the text most often."""
    table = [(word, topic.line) for topic in directory.topics.values() for word in topic.keywords_zh]

    def answer(text: str) -> str:
        counts: dict[str, int] = {}
        for word, line in table:
            if word in text:
                counts[line] = counts.get(line, 0) + 1
        return max(counts, key=counts.__getitem__, default="")

    return answer


def measured(answer: Callable[[str], str], cases: Sequence[Case]) -> tuple[float, float]:
    """Return the share of right answers and answers a second; the first answer, which compiles, is not timed."""
    answer("")
    before = time.perf_counter()
    right = sum(case.accepts(answer(case.text)) for case in cases)
    return right / len(cases), len(cases) / (time.perf_counter() - before)


def shuffled(taught: Sequence[Example]) -> Iterator[Example]:
    """Yield the examples and then, without end, texts of their clauses in another order."""
    yield from taught
    chance = random.Random(7)
    by_line: dict[str, list[str]] = {}
    for one in taught:
        by_line.setdefault(one.line, []).extend(one.text.split("，"))
    while True:
        line = chance.choice(sorted(by_line))
        yield Example("，".join(chance.choices(by_line[line], k=3)), line, source="bulk")


if __name__ == "__main__":
    main()
