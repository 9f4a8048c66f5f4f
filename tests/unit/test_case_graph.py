"""The drawing of steps: columns by what lies before, bands below each other, lines that meet their boxes."""

from ticketing.web.case_graph import COLUMNS, HIGH, WIDE, Node, draw


def node(number: int, *before: int, name: str = "环节") -> Node:
    return Node(number, name, "某局", "6月8日", "none", f"#step-{number}", before)


def test_a_chain_goes_on_in_the_next_band() -> None:
    graph = draw([node(n, *([n - 1] if n > 1 else [])) for n in range(1, 8)])
    boxes = {box.number: box for box in graph.boxes}
    assert boxes[1].x == boxes[1 + COLUMNS].x
    assert boxes[1].y < boxes[1 + COLUMNS].y < boxes[1 + 2 * COLUMNS].y
    assert len(graph.paths) == 6


def test_nothing_lies_on_anything_or_outside() -> None:
    graph = draw([node(1), node(2, 1), node(3, 1), node(4, 1), node(5, 2, 3, 4), node(6, 5), node(7)])
    boxes = list(graph.boxes)
    for place, one in enumerate(boxes):
        assert 0 <= one.x <= graph.width - WIDE
        assert 0 <= one.y <= graph.height - HIGH
        for other in boxes[place + 1 :]:
            assert abs(one.x - other.x) >= WIDE or abs(one.y - other.y) >= HIGH


def test_a_long_name_is_cut_and_a_case_without_steps_is_drawn() -> None:
    [box] = draw([node(1, name="很长的名字" * 9)]).boxes
    assert len(box.lines) == 2
    assert box.lines[-1].endswith("…")
    assert draw([]).boxes == ()
