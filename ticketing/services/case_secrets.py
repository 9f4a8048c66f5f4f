"""What is secret by law in a case: sealed at rest under a key of the case, never in the log, a notice or a search.

The key comes from the server's secret and the case's salt, so neither the database nor the server alone opens
anything, and a case whose salt is gone is gone for good.
"""

import hmac
import json
import secrets
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ticketing.domain import committee
from ticketing.domain.committee import Record
from ticketing.domain.errors import Unavailable
from ticketing.domain.words import N_
from ticketing.extensions import vault
from ticketing.models import CoordinationCase

NONCE = 12
UNREADABLE = N_("保密内容打不开：服务器密钥与保存时不同。请联系管理员。")


def new_salt() -> bytes:
    """Return the salt of a new case."""
    return secrets.token_bytes(32)


def seal(case: CoordinationCase, value: Any, place: str) -> bytes:
    """Return a JSON value sealed for one place of one case; moved elsewhere it does not open."""
    return seal_bytes(case, json.dumps(value, ensure_ascii=False).encode(), place)


def seal_bytes(case: CoordinationCase, content: bytes, place: str) -> bytes:
    """Return bytes sealed for one place of one case."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(vault.key("case-seal", case.salt)).encrypt(nonce, content, _bound(case, place))


def opened(case: CoordinationCase, sealed: bytes, place: str) -> Any:
    """Return what was sealed; who may ask is the caller's to check.

    Raises:
        Unavailable: another server secret, or bytes that were changed or moved.
    """
    return json.loads(opened_bytes(case, sealed, place))


def opened_bytes(case: CoordinationCase, sealed: bytes, place: str) -> bytes:
    """Return the bytes that were sealed.

    Raises:
        Unavailable: as `opened`.
    """
    box = AESGCM(vault.key("case-seal", case.salt))
    try:
        return box.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(case, place))
    except InvalidTag as error:
        raise Unavailable(UNREADABLE) from error


def _bound(case: CoordinationCase, place: str) -> bytes:
    return f"case:{case.id}:{place}".encode()


def digest(case: CoordinationCase, records: Iterable[Record]) -> str:
    """Return the keyed digest of a list: names from a known pool cannot be looked up by trying them."""
    key = vault.key("case-digest", case.salt)
    return hmac.new(key, committee.canonical(records), "sha256").hexdigest()


def list_place(step_number: int) -> str:
    """Return the place to which the lists of a step are bound."""
    return f"list:{step_number}"
