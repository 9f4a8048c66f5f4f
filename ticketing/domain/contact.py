"""Telephone numbers as people write them, and what of a person may be shown unasked."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
#: The last group after a dash may be an extension: 0451-87001234-8001.
_LAST_GROUP = re.compile(r"(.*\d)-(\d{1,6})")


@dataclass(frozen=True)
class Phone:
    """A telephone number in E.164 and the extension behind it, if any."""

    e164: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164


def parse_phone(typed: str, *, country: str = "CN", field: str = "phone") -> Phone:
    """Return the number in `typed`: +86, 0451-, blanks, full width and extensions are understood.

    Raises:
        Invalid: with `field`, when nobody could dial it.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    extension = ""
    if found := _EXTENSION.search(text):
        extension, text = found.group(1), text[: found.start()]
    number = _dialled(text, country)
    if number is None and (found := _LAST_GROUP.fullmatch(text)):
        number, extension = _dialled(found.group(1), country), extension or found.group(2)
    if number is None:
        raise Invalid(
            N_("电话号码拨不通，请填写手机号或带区号的座机，例如 13812345678 或 0451-87001234。"),
            field=field,
        )
    extension = extension or number.extension or ""
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension)


def _dialled(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the number that the text is as a whole, if anybody could dial it."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) or _is_service_number(number) else None


def _is_service_number(number: phonenumbers.PhoneNumber) -> bool:
    """Enterprise numbers 400-xxx-xxxx: in use everywhere, only partly known to the number plan data."""
    national = str(number.national_number)
    return number.country_code == 86 and len(national) == 10 and national.startswith("400")


def mask_phone(e164: str) -> str:
    """138****1234 for mobiles, 0451****5501 style for others: three or four digits at both ends."""
    digits = e164.removeprefix("+86").split(";")[0]
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"


def mask_name(name: str) -> str:
    """张** : the family name stays, the rest does not tell its length."""
    return f"{name[0]}**" if name else ""


def mask_email(address: str) -> str:
    """a***@example.com: the first character and the domain."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if domain else ""


_IN_TEXT = (
    # mobile numbers, as people and as providers write them: +8613904510021, 139 0451 0021
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)"), r"\1********\2"),  # identity numbers
    (re.compile(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)"), r"\1********\2"),  # bank accounts
)


def mask_text(text: str) -> str:
    """Hide mobile, identity and account numbers that stand inside running text."""
    for pattern, shape in _IN_TEXT:
        text = pattern.sub(shape, text)
    return text
