"""The life of a ticket as a table: sources, action, target, who may, effects on the clocks, the word.

One function (`services.moves.move`) moves a ticket, and it reads this table; pages draw their
buttons from it; the diagram in docs/ is printed from it. Source: domain.md section 3, which
follows the rules of the provincial 12345 platforms.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from ticketing.domain.errors import WrongState
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import OPEN_STATES, ClockKind, State
from ticketing.domain.words import N_


class Action(StrEnum):
    """Every verb of the ticket; the same word on the button, in the toast and in the history."""

    OPEN = auto()
    ANSWER_ON_CALL = auto()
    REJECT = auto()
    DISPATCH = auto()
    ACCEPT = auto()
    CONTACT = auto()
    RETURN = auto()
    ADJUDICATE = auto()
    ASSIGN = auto()
    RECLASSIFY = auto()
    ASK_REQUESTER = auto()
    RESUME_UNSUPPLIED = auto()
    SUPPLY = auto()
    ATTACH = auto()
    SUSPEND = auto()
    RESUME = auto()
    EXTEND = auto()
    OPEN_CASE = auto()
    DISSOLVE = auto()
    ANSWER = auto()
    SUBMIT = auto()
    APPROVE = auto()
    REFUSE = auto()
    CONFIRM = auto()
    CONTEST = auto()
    FOLLOW_UP = auto()
    SILENCE = auto()
    WITHDRAW = auto()
    MERGE = auto()
    UNMERGE = auto()
    REMIND = auto()
    SUPERVISE = auto()
    REPLY_ORDER = auto()
    LIST = auto()
    SPARE = auto()
    NOTE = auto()
    MESSAGE = auto()


class Target(StrEnum):
    """Targets that depend on the ticket rather than on the action."""

    STAY = auto()  #: the state does not change
    BACK = auto()  #: where the ticket came from before it began to wait
    RESTORE = auto()  #: after a dissolved case: in progress at its bureau, or new without one
    REOPEN = auto()  #: after a contest: rework at the bureau, or new when it had been rejected


class Effect(StrEnum):
    """What a step does to a clock."""

    START = auto()
    STOP = auto()
    PAUSE = auto()
    RESUME = auto()
    RESTART = auto()  #: the running one of this kind stops, a new cycle starts


#: Clocks that wait while the enterprise or the law makes the bureau wait.
ANSWER_CLOCKS = (ClockKind.ANSWER, ClockKind.SHARE, ClockKind.REWORK)
ALL_CLOCKS = tuple(ClockKind)


def _each(effect: Effect, kinds: tuple[ClockKind, ...]) -> tuple[tuple[Effect, ClockKind], ...]:
    return tuple((effect, kind) for kind in kinds)


@dataclass(frozen=True)
class Step:
    """One row of the table."""

    action: Action
    sources: frozenset[State]
    target: State | Target
    permission: Permission
    word: str
    effects: tuple[tuple[Effect, ClockKind], ...] = ()
    public: bool = True  #: whether the enterprise's timeline shows it


S, A, P, C, E = State, Action, Permission, ClockKind, Effect
_WORKING = frozenset({S.IN_PROGRESS, S.COORDINATING})
_PRESSABLE = frozenset({S.DISPATCHED, S.IN_PROGRESS, S.COORDINATING})
_AT_BUREAU = frozenset({S.DISPATCHED, S.IN_PROGRESS})
_ANY = frozenset(S)

_ON_ANSWER = (*_each(E.STOP, (C.CONTACT, *ANSWER_CLOCKS, C.PLAN)), (E.START, C.FOLLOW_UP))

STEPS: tuple[Step, ...] = (
    Step(
        A.OPEN, frozenset(), S.NEW, P.REGISTER, N_("登记"), _each(E.START, (C.DISPATCH, C.CONTACT, C.ANSWER))
    ),
    Step(
        A.ANSWER_ON_CALL,
        frozenset({S.NEW}),
        S.CLOSED,
        P.ANSWER_ON_CALL,
        N_("即时答复"),
        _each(E.STOP, ALL_CLOCKS),
    ),
    Step(
        A.REJECT,
        frozenset({S.NEW, S.DISPATCHED}),
        S.CLOSED,
        P.REJECT,
        N_("不予受理"),
        _each(E.STOP, ALL_CLOCKS),
    ),
    Step(
        A.DISPATCH,
        frozenset({S.NEW, *_AT_BUREAU}),
        S.DISPATCHED,
        P.DISPATCH,
        N_("派单"),
        ((E.STOP, C.DISPATCH), (E.RESTART, C.ACCEPTANCE), (E.RESTART, C.SHARE)),
    ),
    Step(A.ACCEPT, frozenset({S.DISPATCHED}), S.IN_PROGRESS, P.HANDLE, N_("签收"), ((E.STOP, C.ACCEPTANCE),)),
    Step(
        A.CONTACT, frozenset({S.IN_PROGRESS}), Target.STAY, P.HANDLE, N_("首次联系"), ((E.STOP, C.CONTACT),)
    ),
    # Neither a return nor its refusal touches a clock: a bureau that is refused bears the time.
    Step(A.RETURN, _AT_BUREAU, S.NEW, P.HANDLE, N_("退单"), public=False),
    Step(
        A.ADJUDICATE,
        frozenset({S.NEW}),
        S.DISPATCHED,
        P.ADJUDICATE,
        N_("裁定"),
        public=False,
    ),
    Step(A.ASSIGN, _AT_BUREAU, Target.STAY, P.ASSIGN, N_("指派"), public=False),
    Step(
        A.RECLASSIFY, frozenset({S.NEW, *_AT_BUREAU}), Target.STAY, P.RECLASSIFY, N_("更正分类"), public=False
    ),
    Step(
        A.ASK_REQUESTER,
        _WORKING,
        S.AWAITING_REQUESTER,
        P.HANDLE,
        N_("请企业补充"),
        _each(E.PAUSE, ANSWER_CLOCKS),
    ),
    Step(
        A.RESUME_UNSUPPLIED,
        frozenset({S.AWAITING_REQUESTER}),
        Target.BACK,
        P.RUN_CLOCKWORK,
        N_("逾期恢复"),
        _each(E.RESUME, ANSWER_CLOCKS),
    ),
    Step(
        A.SUPPLY,
        frozenset({S.AWAITING_REQUESTER}),
        Target.BACK,
        P.SUPPLY,
        N_("补充"),
        _each(E.RESUME, ANSWER_CLOCKS),
    ),
    Step(A.ATTACH, OPEN_STATES, Target.STAY, P.SUPPLY, N_("补充附件")),
    Step(
        A.SUSPEND,
        frozenset({S.IN_PROGRESS}),
        S.SUSPENDED,
        P.HANDLE,
        N_("挂起"),
        _each(E.PAUSE, ANSWER_CLOCKS),
    ),
    Step(
        A.RESUME,
        frozenset({S.SUSPENDED}),
        S.IN_PROGRESS,
        P.HANDLE,
        N_("恢复"),
        _each(E.RESUME, ANSWER_CLOCKS),
    ),
    Step(A.EXTEND, _WORKING, Target.STAY, P.HANDLE, N_("延期")),
    Step(
        A.OPEN_CASE,
        frozenset({S.NEW, *_AT_BUREAU}),
        S.COORDINATING,
        P.OPEN_CASE,
        N_("启动协调"),
        ((E.STOP, C.DISPATCH), (E.STOP, C.ACCEPTANCE), (E.START, C.PLAN)),
    ),
    Step(
        A.DISSOLVE,
        frozenset({S.COORDINATING}),
        Target.RESTORE,
        P.DISSOLVE_CASE,
        N_("撤销协调"),
        ((E.STOP, C.PLAN),),
    ),
    Step(A.ANSWER, _WORKING, S.ANSWERED, P.HANDLE, N_("答复"), _ON_ANSWER),
    Step(A.SUBMIT, OPEN_STATES, Target.STAY, P.SUBMIT, N_("提请审核"), public=False),
    Step(A.APPROVE, OPEN_STATES, Target.STAY, P.APPROVE_AT_BUREAU, N_("审核通过"), public=False),
    Step(A.REFUSE, OPEN_STATES, Target.STAY, P.APPROVE_AT_BUREAU, N_("审核退回"), public=False),
    Step(A.CONFIRM, frozenset({S.ANSWERED}), S.CLOSED, P.JUDGE_ANSWER, N_("认可"), ((E.STOP, C.FOLLOW_UP),)),
    Step(
        A.CONTEST,
        frozenset({S.ANSWERED, S.CLOSED}),
        Target.REOPEN,
        P.JUDGE_ANSWER,
        N_("不认可"),
        ((E.STOP, C.FOLLOW_UP),),
    ),
    Step(A.FOLLOW_UP, frozenset({S.ANSWERED}), Target.STAY, P.FOLLOW_UP, N_("回访"), public=False),
    Step(
        A.SILENCE,
        frozenset({S.ANSWERED}),
        S.CLOSED,
        P.RUN_CLOCKWORK,
        N_("到期未评价"),
        ((E.STOP, C.FOLLOW_UP),),
    ),
    Step(A.WITHDRAW, OPEN_STATES, S.CLOSED, P.WITHDRAW, N_("撤回"), _each(E.STOP, ALL_CLOCKS)),
    Step(A.MERGE, OPEN_STATES, Target.STAY, P.LINK, N_("并单"), public=False),
    Step(A.UNMERGE, _ANY, Target.STAY, P.LINK, N_("拆单"), public=False),
    Step(A.REMIND, _PRESSABLE, Target.STAY, P.REMIND, N_("催办")),
    Step(A.SUPERVISE, OPEN_STATES, Target.STAY, P.SUPERVISE, N_("督办"), public=False),
    Step(A.REPLY_ORDER, OPEN_STATES, Target.STAY, P.REPLY_ORDER, N_("回复督办"), public=False),
    Step(A.LIST, _ANY, Target.STAY, P.SUPERVISE, N_("列入通报"), public=False),
    Step(A.SPARE, _ANY, Target.STAY, P.SUPERVISE, N_("不列通报"), public=False),
    Step(A.NOTE, _ANY, Target.STAY, P.NOTE, N_("备注"), public=False),
    Step(A.MESSAGE, OPEN_STATES, Target.STAY, P.WRITE_TO_REQUESTER, N_("告知企业")),
)

TABLE: dict[Action, Step] = {step.action: step for step in STEPS}


def step_from(state: State, action: Action) -> Step:
    """Return the row for `action` from `state`.

    Raises:
        WrongState: when the table has no such step.
    """
    step = TABLE[action]
    if state not in step.sources:
        raise WrongState
    return step


def actions_from(state: State) -> tuple[Step, ...]:
    """Return the rows whose action can begin in `state`, in the table's order."""
    return tuple(step for step in STEPS if state in step.sources)
