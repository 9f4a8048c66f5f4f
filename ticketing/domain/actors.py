"""Who acts: staff with grants, an enterprise at the status page, an outside party, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.vocabulary import Door, Role


class ActorKind(StrEnum):
    """The sorts of actors that a history line can name; a party is an outside one of a coordination case."""

    STAFF = "staff"
    REQUESTER = "requester"
    PARTY = "party"
    SYSTEM = "system"


@dataclass(frozen=True)
class Grant:
    """A role at a bureau, or everywhere when `bureau_code` is None; deputies hold dated ones."""

    role: Role
    bureau_code: str | None = None


def bureaus_of(grants: Iterable[Grant]) -> frozenset[str]:
    """Return the bureaus at which whoever holds these grants handles or heads."""
    roles = (Role.HANDLER, Role.HEAD)
    return frozenset(one.bureau_code for one in grants if one.bureau_code and one.role in roles)


@dataclass(frozen=True)
class Actor:
    """The person behind an act, as permissions and history need them."""

    kind: ActorKind
    name: str
    door: Door
    account_id: int | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    ticket_ids: frozenset[int] = field(default_factory=frozenset)
    party_ids: frozenset[int] = field(default_factory=frozenset)
    enterprise_role: EnterpriseRole | None = None

    def has(self, role: Role) -> bool:
        """Tell whether the actor holds `role` anywhere."""
        return any(grant.role == role for grant in self.grants)

    def has_at(self, role: Role, bureau_codes: Iterable[str | None]) -> bool:
        """Tell whether the actor holds `role` at one of the bureaus, or everywhere."""
        wanted = {None, *bureau_codes}
        return any(grant.role == role and grant.bureau_code in wanted for grant in self.grants)

    @property
    def bureau_codes(self) -> frozenset[str]:
        """The bureaus at which the actor handles or heads."""
        return bureaus_of(self.grants)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="", door=Door.SYSTEM)
