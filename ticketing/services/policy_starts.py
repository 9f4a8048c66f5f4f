"""What a new calendar draft begins with: what only its author knows is left empty and told as missing."""

import datetime as dt

from ticketing.domain.words import N_
from ticketing.services.province import Province

YEAR, AMEND, OVERLAY = "year", "amend", "overlay"
WORDS = {
    YEAR: N_("新一年的放假通知"),
    AMEND: N_("对已有通知的修改"),
    OVERLAY: N_("某一地方的另行规定"),
}
_TEXTS = {
    YEAR: """\
version: {country}-{year}
publisher: ""            # 发布机关
published_on: {today}
basis: ""                # 文件名称和文号
year: {year}
holidays:                # 放假的日子，逐日写，含周末
  - {{date: {year}-01-01, name: 元旦}}
work: []                 # 调休上班的周末，例如 [{year}-01-02]
""",
    AMEND: """\
version: {amended}-2
publisher: ""            # 发布机关
published_on: {today}
basis: ""                # 文件名称和文号
year: {this_year}
amends: {amended}
holidays: []             # 只写改动的日子，例如 [{{date: {this_year}-02-01, name: 春节}}]
work: []                 # 改为上班的日子
""",
    OVERLAY: """\
version: ""              # 例如 地名-事由-{this_year}
publisher: ""            # 发布机关
published_on: {today}
basis: ""                # 文件名称和文号
year: {this_year}
overlay: true
regions: [""]            # 区划代码；写地市的代码，其下各区县都适用
holidays: []             # 例如 [{{date: {this_year}-08-05, name: 防汛停工}}]
work: []
""",
}


def text(start: str, province: Province, today: dt.date) -> str:
    """Return the text of a new notice of one sort."""
    calendar = province.calendar
    national = [notice for notice in province.calendars.notices if not notice.regions]
    amended = next(notice.version for notice in reversed(national) if notice.announces_year)
    return _TEXTS[start].format(
        country=amended.partition("-")[0],
        year=max(calendar.announced) + 1,
        this_year=today.year,
        today=today,
        amended=amended,
    )
