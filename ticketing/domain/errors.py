"""Errors as words of the domain; what they mean in HTTP is decided once, in the web layer."""

from typing import Any

from ticketing.domain.words import N_


class DomainError(Exception):
    """A refusal that a person can read: `code` for programs, `message` for people.

    `message` is a catalog word; `values` fill its named places after translation.
    `field` names the form field at which the message belongs, where there is one.
    """

    code = "refused"
    message = N_("这项操作现在不能进行。")

    def __init__(self, message: str | None = None, *, field: str | None = None, **values: Any) -> None:
        self.message = message or type(self).message
        self.field = field
        self.values = values
        super().__init__(self.message % values if values else self.message)


class NotAllowed(DomainError):
    """The person lacks the permission, or the thing is not theirs."""

    code = "not_allowed"
    message = N_("您没有权限进行这项操作。")


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""

    code = "not_found"
    message = N_("没有找到。")


class WrongState(DomainError):
    """The State × Action table has no such step from here."""

    code = "wrong_state"
    message = N_("工单现在的状态不能进行这一步，请刷新后再看。")


class Conflict(DomainError):
    """Somebody else changed the row since it was read; the typed text is kept."""

    code = "conflict"
    message = N_("在您填写期间，工单有了新的变化。您写的内容仍在，请看过变化后再提交。")


class Invalid(DomainError):
    """A value breaks a rule of the domain; `field` says which."""

    code = "invalid"
    message = N_("填写的内容不符合要求。")


class TooMany(DomainError):
    """A limit on attempts was reached; `retry_after` is in seconds."""

    code = "too_many"
    message = N_("尝试次数过多，请 %(minutes)s 分钟后再试。")

    def __init__(self, retry_after: int, message: str | None = None) -> None:
        super().__init__(message, minutes=max(1, -(-retry_after // 60)))
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something that safety depends on does not answer; the door stays closed."""

    code = "unavailable"
    message = N_("查询暂时不能使用，请过几分钟再试，或者拨打电话。")


class InvalidFields(DomainError):
    """Several fields are wrong at once; the form shows each at its place and all of them on top."""

    code = "invalid"
    message = N_("有几处需要修改。")

    def __init__(self, problems: list[Invalid]) -> None:
        super().__init__()
        self.problems = problems
