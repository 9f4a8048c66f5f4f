"""Take people out of a text before anything is learned from it: names, numbers, addresses of people.

What stands in a model's vocabulary can be read by whoever holds the model. Whoever has the ticket gives the names
that it knows of; names that are only said ("我叫…", "…先生") are found by how people say them.
"""

import re
from collections.abc import Iterable

_BLANK = "某"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文佟关单曲冷刁"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?"
_BEFORE = "我叫|我姓|名叫|姓名|联系人|来电人|店主|负责人|法人"
_AFTER = r"[，。,.、；;：:\s]|是|的|反映|称|来电|$"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SAID = (
    (re.compile(r"[0-9A-Za-z_.+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+"), _BLANK),  # e-mail
    (re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE), _BLANK),
    (re.compile(rf"[{_PROVINCES}][A-Z][A-Z0-9]{{5,6}}"), _BLANK),  # plates
    (re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{15,20}(?![0-9A-Za-z])"), _BLANK),  # register codes, identity numbers
    (re.compile(r"(?:微信号?|QQ号?|wx)[:： ]?[0-9A-Za-z_-]{5,}", re.IGNORECASE), _BLANK),
    (re.compile(r"\+?\d[\d \-－—]{5,}\d"), _BLANK),  # telephones, accounts
    (re.compile(rf"({_BEFORE})([:： ]?){_NAME}(?={_AFTER})"), rf"\1\2{_BLANK}"),
    (re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?=先生|女士|小姐|师傅|大姐|大哥|同志)"), _BLANK),
    (re.compile(rf"[{_SURNAMES}](?=经理|老板|主任|科长|局长|处长|所长|队长|总(?!队|局|公|额|量|是|共|部|体))"), _BLANK),
)  # fmt: skip

NAMES_SAID = tuple(pattern for pattern, _ in _SAID[-3:])
"""How people say a name: after `我叫`, before `先生`, before an office."""


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Return the text without its people; `names` are those that its ticket knows, longest first or not."""
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, _BLANK)
    for pattern, instead in _SAID:
        text = pattern.sub(instead, text)
    return text
