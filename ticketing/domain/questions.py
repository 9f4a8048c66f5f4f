"""What an enterprise asked, sentence by sentence, and which of it an answer leaves open.

A question is found by its mark or by the words with which Chinese asks and pleads. An answer meets it where some two
sentences of it share the question's own words and, of a question about time, money, place or a number, also hold such
a thing. This is a hint for the person who answers, never a judgement: what is named can be sent all the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

#: Longer texts are forms and contracts: their questions stand at the beginning.
LOOKED_AT = 6_000
MOST = 20
SHOWN = 80
_END = re.compile(r"(?<=[。！？!?；;\n])")
_MARK = re.compile(r"[?？]\s*[”」』）)]*\s*$")
_ASKS = re.compile(
    r"[吗么呢]\s*[。！!”」]*\s*$|是否|能否|可否|会否|有否|能不能|可不可以|可以不可以|有没有|是不是|会不会|要不要|该不该"
    r"|怎么|怎样|如何|什么|哪里|哪儿|哪个|哪些|哪一|哪家|哪种|多少|多久|多长|几天|几个|几时|何时|何地|为什么|为何|凭什么|想问|请问|想了解|想知道|咨询"
)
#: A sentence that only tells may hold such words: 不管什么, 无论如何.
_TELLS = re.compile(r"无论如何|不管怎样|不管怎么|没有什么|没什么|怎么也|什么都|多少有些|如何如何")
_PLEADS = re.compile(
    r"希望|恳请|请求|诉求是|盼望|盼|望(?:贵|有关|相关|尽快|予以)|请(?:贵|有关|相关|帮|协调|尽快|予以|给予|督促|核实|解决|处理)|要求"
)
#: Words with which one asks or is polite: they say nothing of what is asked about.
_EMPTY = re.compile(
    r"请问|想问一下|想问|想了解一下|想了解|想知道|咨询一下|咨询|您好|你好|谢谢|麻烦|帮忙|一下|我们公司|我公司|我们|我司|我店|本公司|本店|公司|企业"
    r"|是否|能否|可否|能不能|可不可以|有没有|是不是|会不会|要不要|怎么办理|怎么办|怎么|怎样|如何|什么时候|什么|哪里|哪儿|哪个|哪些|哪一|哪家|哪种"
    r"|多少|多久|多长时间|多长|几天|几个|几时|何时|为什么|为何|凭什么|需要|可以|应该|能够|还是|或者|以及|现在|目前|因为|所以|但是|如果|有关|相关|部门|单位"
    r"|给个答复|给予答复|答复|回复|回电|关注|支持|重视|早日|尽早|希望|恳请|请求|要求|尽快|及时|予以|给予|帮助|协调|解决|处理|办理|问题|情况|事情|时候|时间|[的了吗呢么吧啊呀是在有和与及或也都还就才要能会可这那此其我你您他它们请等对把被为到从向给让已又再个第]"
)
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[0-9a-z]+")
_NUMBER = r"(?:\d+|[一二两三四五六七八九十百千半]+)"
#: What a question asks for, and what an answer to it must hold.
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"什么时候|何时|几时|多久|多长时间|几天|哪天|哪一天|几个工作日|几月|期限"),
        re.compile(
            _NUMBER + r"\s*个?(?:工作日|自然日|小时|分钟|天|日|周|星期|月|年|号|点|时)"
            r"|[今明当][天日]|[本下][周月]|即日|立即|随时|[春夏秋冬]季|年底|月底|截至|截止"
        ),
    ),
    (
        re.compile(r"多少钱|费用|收费|补贴多少|补多少|多少元|价格|金额|标准是多少"),
        re.compile(r"\d[\d,.]*\s*(?:万|亿)?元|[一二两三四五六七八九十百千万]+元|免费|不收费|不收取|无需缴|百分之|\d\s*%"),
    ),
    (
        re.compile(r"哪里|哪儿|何地|在哪|去哪|地址|什么地方"),
        re.compile(r"[路街道区号楼层室厅窗网]|大厅|网站|平台|中心|小程序|官网|线上|现场"),
    ),
    (re.compile(r"电话|联系方式|找谁|联系谁|哪位"), re.compile(r"\d{3,}")),
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A sentence that wants an answer; `at` says after which history line it was asked."""

    text: str
    at: int = 0
    plea: bool = False

    @property
    def shown(self) -> str:
        """The sentence as a list shows it."""
        return self.text if len(self.text) <= SHOWN else self.text[:SHOWN] + "…"


@dataclass(frozen=True)
class Told:
    """What was said to the enterprise; `at` is the number of the history line, the answer in hand comes last."""

    text: str
    at: int


def asked(text: str, *, at: int = 0) -> list[Question]:
    """Return what a text asks and pleads for, in its order, each once."""
    found: dict[str, Question] = {}
    for sentence in sentences(text):
        plain = sentence.strip(" \t。；;，,、")
        if len(_core(plain)) == 0 and not _MARK.search(sentence):
            continue
        if _MARK.search(sentence) or (_ASKS.search(plain) and not _TELLS.search(plain)):
            found.setdefault(plain.rstrip("？?！!"), Question(plain, at))
        elif _PLEADS.search(plain):
            found.setdefault(plain.rstrip("！!"), Question(plain, at, plea=True))
    return list(found.values())[:MOST]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [one for one in (part.strip() for part in _END.split(text[:LOOKED_AT])) if one]


def unanswered(questions: Iterable[Question], told: Sequence[Told]) -> list[Question]:
    """Return the questions to which nothing that was said after them is an answer."""
    spoken = [(one.at, _windows(one.text)) for one in told]
    return [
        question
        for question in questions
        if not any(
            _meets(question.text, window) for at, windows in spoken if at > question.at for window in windows
        )
    ]


def _windows(text: str) -> list[str]:
    """Return each sentence together with the next: who answers in two sentences answers."""
    parts = sentences(text)
    return [f"{one}{next_one}" for one, next_one in zip_longest(parts, parts[1:], fillvalue="")]


def _meets(question: str, window: str) -> bool:
    wanted = [thing for asks, thing in _KINDS if asks.search(question)]
    if any(not thing.search(window) for thing in wanted):
        return False
    core = _core(question)
    shared = len(core & _pairs(fold(window)))
    if not core:
        return bool(wanted) or len(window) > 1
    return shared >= (1 if wanted else min(3, -(-len(core) // 4)))


def _core(question: str) -> set[str]:
    """Return the pairs of characters that say what a question is about."""
    return _pairs(_EMPTY.sub(" ", fold(question)))


def _pairs(text: str) -> set[str]:
    found: set[str] = set()
    for run in _RUN.findall(text):
        if run[0] < "\u3400":
            found.add(run)
        else:
            found.update(run[place : place + 2] for place in range(len(run) - 1))
    return found


def fold(text: str) -> str:
    """Fold width and case, so that ＡＢＣ is abc."""
    return unicodedata.normalize("NFKC", text).casefold()
