"""Personal data in what was said, told in a sentence to whoever registers and whoever answers."""

from routing import personal
from ticketing.domain.words import N_
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words

WORDS = {
    personal.ID_CARD: N_("身份证号"),
    personal.BANK_CARD: N_("银行卡号"),
    personal.PHONE: N_("电话号码"),
    personal.NAME: N_("姓名"),
    personal.ILLNESS: N_("病情"),
    personal.CHILD: N_("未成年人的情况"),
}


def told(text: str) -> str:
    """Return where personal data stands, `第 2 行身份证号`; nothing where there is none."""
    lines: dict[int, list[str]] = {}
    for one in personal.find(text):
        lines.setdefault(one.line, []).append(words(WORDS[one.kind]))
    return _("；").join(
        _("第 %(line)s 行%(kinds)s", line=line, kinds=_("、").join(kinds)) for line, kinds in lines.items()
    )
