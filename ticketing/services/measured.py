"""The figures themselves, each a share of one condition in another, with the words that explain it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, true

from ticketing.domain.vocabulary import CloseReason, Result
from ticketing.domain.words import N_
from ticketing.models import TicketFact

F = TicketFact
Condition = ColumnElement[bool]
#: Withdrawn by the enterprise before an answer: no promise is left to keep.
GONE = and_(F.answered_at.is_(None), F.close_reason == CloseReason.WITHDRAWN.value)
PROMISED = func.coalesce(not_(GONE), true())
ANSWERED = F.answered_at.is_not(None)


@dataclass(frozen=True)
class Figure:
    """A share: tickets that meet `hit` among those that meet `base`. `good`: more is better; None: neither."""

    words: str
    explained: str
    hit: Condition
    base: Condition
    good: bool | None


FIGURES: dict[str, Figure] = {
    "kept_first": Figure(
        N_("按最初承诺按时"),
        N_("第一次答复不晚于登记时的承诺；延期、暂停都不算理由。"),
        F.answered_at <= F.first_due_at,
        PROMISED,
        good=True,
    ),
    "kept": Figure(
        N_("按现行承诺按时"),
        N_("第一次答复不晚于延期、暂停之后的承诺。"),
        F.answered_at <= F.due_at,
        PROMISED,
        good=True,
    ),
    "unanswered": Figure(
        N_("还没有答复"),
        N_("承诺的日子已到或将到，还没有答复。"),
        F.answered_at.is_(None),
        PROMISED,
        good=False,
    ),
    "right_first": Figure(
        N_("首次派单准确"),
        N_("第一次派到的单位就是承办单位：没有改派，没有成立的退单。"),
        and_(F.hops == 0, F.returns_upheld == 0),
        F.dispatched,
        good=True,
    ),
    "moved": Figure(N_("转过手"), N_("第一次派单之后又换过承办单位。"), F.hops > 0, F.dispatched, good=False),
    "upheld": Figure(
        N_("退单成立"), N_("有退单被裁定成立。"), F.returns_upheld > 0, F.dispatched, good=False
    ),
    "refused": Figure(
        N_("退单不成立"), N_("有退单被裁定不成立。"), F.returns_refused > 0, F.dispatched, good=False
    ),
    "confirmed": Figure(
        N_("企业认可"),
        N_("企业自己说已解决、认可答复；单位自报不算。"),
        F.close_reason == CloseReason.CONFIRMED.value,
        ANSWERED,
        good=True,
    ),
    "claimed": Figure(
        N_("单位自报已解决"),
        N_("承办单位选的办理结果；与“企业认可”对照看。"),
        F.result == Result.SOLVED.value,
        ANSWERED,
        good=None,
    ),
    "contested": Figure(N_("企业不认可"), N_("企业提出过不认可。"), F.contests > 0, ANSWERED, good=False),
    "silent": Figure(
        N_("到期未评价"),
        N_("没有得到企业评价就办结，与认可分开计。"),
        F.close_reason == CloseReason.NO_OBJECTION.value,
        ANSWERED,
        good=False,
    ),
    "last_hour": Figure(N_("踩点答复"), N_("在到期前最后一小时内答复。"), F.last_hour, ANSWERED, good=False),
    "late_pause": Figure(
        N_("临期暂停"),
        N_("承诺时间用掉八成之后才请企业补充或挂起。"),
        F.late_pauses > 0,
        PROMISED,
        good=False,
    ),
}


def base_of(name: str) -> str:
    """Return the name of the count that a figure is a share of."""
    base = FIGURES[name].base
    return "promised" if base is PROMISED else "answered" if base is ANSWERED else "dispatched"
