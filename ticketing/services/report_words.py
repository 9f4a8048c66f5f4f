"""What the monthly report says of its figures: plain sentences, in Chinese, as a director reads them.

Rules and thresholds are here and nowhere else; each sentence names the number that it rests on.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ticketing.services.measured import FIGURES
from ticketing.services.performance import Counts
from ticketing.services.reports import BEST, RANKED, WORST

Data = dict[str, Any]
Name = Callable[[str, str], str]
#: From here on a sign of gaming is worth a sentence: figure -> (least share, sentence).
SIGNS = {
    "last_hour": (
        0.3,
        "{bureau}{share}的答复在到期前一小时内发出（{n} 件），疑似踩点答复，建议抽查答复质量。",
    ),
    "late_pause": (
        0.1,
        "{bureau}{share}的工单在承诺时间用掉八成后才请企业补充或挂起（{n} 件），建议核对暂停理由。",
    ),
    "silent": (0.5, "{bureau}{share}的工单没有企业评价就办结（{n} 件），建议补做回访。"),
}
#: The bureau says solved and the enterprise does not: so many points apart is worth a sentence.
APART = 0.3
SIGNS_MOST, ADVICE_MOST = 8, 6
GOOD_ENOUGH, BEHIND = 0.9, 0.1
RISING, RISING_LEAST = 0.5, 10
SILENT = 0.4


def percent(share: float | None) -> str:
    """Return a share as it is written."""
    return "—" if share is None else f"{share:.1%}"


def points(now: float | None, before: float | None) -> str:
    """Return how a share changed against the month before."""
    if now is None or before is None:
        return "上月没有可比数据"
    change = round((now - before) * 100, 1)
    if change == 0:
        return "与上月持平"
    return f"比上月{'提高' if change > 0 else '下降'} {abs(change)} 个百分点"


def more(now: int, before: int) -> str:
    """Return how a number changed against the month before."""
    if before == 0:
        return "上月没有可比数据"
    change = (now - before) / before
    if now == before:
        return "与上月持平"
    return f"比上月{'增加' if change > 0 else '减少'} {abs(change):.1%}"


def overview(data: Data) -> list[str]:
    """Return the paragraphs that open the report."""
    now, before = Counts(data["total"]), Counts(data["before"])
    number = now.numbers
    came = f"本月收到企业诉求 {data['came']} 件，{more(data['came'], data['came_before'])}。"
    if not number["promised"]:
        return [f"{came}本月没有到期应答复的诉求，各项比率无从计算。"]
    left = f"仍有 {number['unanswered']} 件没有答复" if number["unanswered"] else "都已答复"
    first = (
        f"{came}到期应答复 {number['promised']} 件，"
        f"按最初承诺按时答复 {number['kept_first']} 件，按时率 {percent(now.share('kept_first'))}，"
        f"{points(now.share('kept_first'), before.share('kept_first'))}；计入延期和暂停后为 {percent(now.share('kept'))}。"
        f"截至编制时{left}。"
    )
    second = (
        f"已答复的 {number['answered']} 件中，企业认可 {percent(now.share('confirmed'))}"
        f"（{points(now.share('confirmed'), before.share('confirmed'))}），提出不认可 {percent(now.share('contested'))}，"
        f"到期未评价 {percent(now.share('silent'))}；承办单位自报已解决 {percent(now.share('claimed'))}。"
    )
    third = (
        f"首次派单准确率 {percent(now.share('right_first'))}，{points(now.share('right_first'), before.share('right_first'))}；"
        f"退单成立 {number['upheld']} 件、不成立 {number['refused']} 件。"
    )
    asked, kept = data["callbacks"]
    if asked:
        third += f"应回拨 {asked} 次，按时回拨 {kept} 次（{percent(kept / asked)}）。"
    if data["listed"]:
        third += f"本月通报 {sum(row[1] for row in data['listed'])} 件。"
    return [first, second, third]


def table(data: Data) -> list[tuple[str, str, str, str]]:
    """Return each figure with this month, the month before, and the change."""
    now, before = Counts(data["total"]), Counts(data["before"])
    return [
        (
            str(figure.words),
            percent(now.share(name)),
            percent(before.share(name)),
            points(now.share(name), before.share(name)) if now.share(name) is not None else "—",
        )
        for name, figure in FIGURES.items()
    ]


def ranked(data: Data) -> tuple[list[Data], list[Data]]:
    """Return the best and the worst bureaus among those with enough tickets; nobody below what is good is best."""
    able = [one for one in data["bureaus"] if one["numbers"]["promised"] >= RANKED]
    worst = [one for one in able if one["share"] < GOOD_ENOUGH][:WORST]
    best = [one for one in reversed(able) if one["share"] >= GOOD_ENOUGH][:BEST]
    return best, worst


def signs(data: Data, name: Name) -> list[str]:
    """Return what looks like serving the figure and not the enterprise."""
    return list(_signs(data, name))[:SIGNS_MOST]


def _signs(data: Data, name: Name) -> Iterator[str]:
    for one in data["bureaus"]:
        counts = Counts(one["numbers"])
        if counts.numbers["answered"] < RANKED:
            continue
        bureau = name("bureau", one["code"])
        for figure, (least, sentence) in SIGNS.items():
            share = counts.share(figure)
            if share is not None and share >= least:
                yield sentence.format(bureau=bureau, share=f" {share:.1%} ", n=counts.numbers[figure])
        claimed, confirmed = counts.share("claimed") or 0.0, counts.share("confirmed") or 0.0
        if claimed - confirmed >= APART:
            yield f"{bureau}自报已解决 {claimed:.1%}，企业认可只有 {confirmed:.1%}，建议抽取工单逐件回访核实。"


def advice(data: Data, name: Name) -> list[str]:
    """Return what to do, the most pressing first."""
    if not data["total"]["promised"]:
        return ["本月没有到期应答复的诉求，没有可以提请处理的事项。"]
    said = list(_advice(data, name))[:ADVICE_MOST]
    return said or ["本月各项指标平稳，没有需要单独提请处理的事项。"]


def _advice(data: Data, name: Name) -> Iterator[str]:
    now = Counts(data["total"])
    if number := now.numbers["unanswered"]:
        yield f"仍有 {number} 件到期没有答复：请督办员本周内逐件督办，说明原因并给出答复日期。"
    whole = now.share("kept_first") or 0.0
    for one in ranked(data)[1][:3]:
        if whole - one["share"] >= BEHIND:
            late = one["numbers"]["promised"] - one["numbers"]["kept_first"]
            yield (
                f"{name('bureau', one['code'])}按时率 {one['share']:.1%}，低于全省 {(whole - one['share']) * 100:.1f} 个百分点，"
                f"{late} 件没有按时：建议约谈负责人，逐件说明原因。"
            )
    right = now.share("right_first")
    if right is not None and right < GOOD_ENOUGH:
        yield f"首次派单准确率 {right:.1%}：建议派单台会同退单较多的单位核对权责清单和派单规则。"
    for code, number, before in data["topics"]:
        if number >= RISING_LEAST and before and number >= before * (1 + RISING):
            yield f"“{name('topic', code)}”本月 {number} 件，{more(number, before)}：建议主管部门集中答复共性问题，并更新知识库。"
    silent = now.share("silent")
    if silent is not None and silent >= SILENT:
        yield f"到期未评价占 {silent:.1%}：建议加派回访，未评价不能当作满意。"
