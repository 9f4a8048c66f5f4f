"""Small plots as geometry for templates/macros/bars.html: drawn on the server, readable without sight or script."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 150
#: At most so many columns are drawn; longer periods are drawn by the week.
COLUMNS_MOST = 62
GAP = 0.25


@dataclass(frozen=True)
class Bar:
    """One rectangle: `kind` is its class, `title` what it says when pointed at."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Label:
    """A word on an axis."""

    x: float
    y: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Plot:
    """Bars, words, and the sentence that says the same."""

    bars: list[Bar]
    labels: list[Label]
    lines: list[float]
    words: str
    width: int = WIDTH
    height: int = HEIGHT + 24


@dataclass(frozen=True)
class Column:
    """What is stacked over one place of the axis, from the ground up: (kind, amount)."""

    words: str
    parts: Sequence[tuple[str, int]]
    title: str


def stacked(columns: Sequence[Column], words: str) -> Plot:
    """Draw stacked columns on one scale, with the top of the scale and about six places named."""
    top = max((sum(amount for _, amount in one.parts) for one in columns), default=0) or 1
    step = (WIDTH - 40) / max(len(columns), 1)
    bars: list[Bar] = []
    for place, column in enumerate(columns):
        ground = float(HEIGHT)
        for kind, amount in column.parts:
            height = round(amount / top * (HEIGHT - 12), 1)
            ground -= height
            if height:
                x = round(40 + (place + GAP / 2) * step, 1)
                bars.append(Bar(kind, x, round(ground, 1), round(step * (1 - GAP), 1), height, column.title))
    every = -(-len(columns) // 6) or 1
    labels = [
        Label(round(40 + (place + 0.5) * step, 1), HEIGHT + 18, column.words)
        for place, column in enumerate(columns)
        if place % every == 0
    ]
    labels += [Label(34, 16, str(top), "end"), Label(34, HEIGHT, "0", "end")]
    return Plot(bars, labels, [12.0, float(HEIGHT)], words)


def line(values: Sequence[tuple[str, float | None]], words: str) -> Plot:
    """Draw shares (0 … 1) as columns up to 100 per cent, each with its per cent above it."""
    step = (WIDTH - 40) / max(len(values), 1)
    bars, labels = [], []
    for place, (name, share) in enumerate(values):
        middle = round(40 + (place + 0.5) * step, 1)
        labels.append(Label(middle, HEIGHT + 18, name))
        if share is None:
            continue
        height = round(share * (HEIGHT - 30), 1)
        x, width = round(40 + (place + GAP) * step, 1), round(step * (1 - 2 * GAP), 1)
        bars.append(Bar("ok", x, round(HEIGHT - height, 1), width, height, f"{name}: {share:.1%}"))
        labels.append(Label(middle, round(HEIGHT - height - 5, 1), f"{share:.1%}"))
    return Plot(bars, labels, [30.0, float(HEIGHT)], words)
