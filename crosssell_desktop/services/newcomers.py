"""Before a new card is saved: the people who may already be in the base, so that nobody gets a second card."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.fold import TAIL_DIGITS, phone_digits
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.text import Text
from crosssell_desktop.matching.cards import Card, Contact
from crosssell_desktop.matching.newcomer import MOST_SHOWN, Likely, likely, looked_for
from crosssell_desktop.services import lease
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import clusters
from crosssell_desktop.store.queries import find, matching

LOOKED_AT = 40
"""Cards brought by each way of looking; more of one name are not told apart by a name anyway."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Somebody who may be the newcomer: name, the phone's last digits, and what speaks for it."""

    id: CustomerId
    display_name: str
    phone_tail: str
    reasons: tuple[Text, ...]
    is_exact: bool


def possible_same(desk: Desk, session: Session, *, name: str, phone: str = "", email: str = "") -> tuple[Similar, ...]:
    """Return who may be the customer being written down, the likeliest first, at most three.

    Raises:
        Refusal: ``not_allowed``, ``people_locked``.
    """
    require(session, Act.SAVE_CUSTOMER)
    asked = Card(
        key="",
        name=" ".join(name.split()),
        phones=(Contact(phone),) if phone.strip() else (),
        emails=(Contact(email),) if email.strip() else (),
    )
    texts = [text for text in (phone_digits(phone), email.strip().lower(), *looked_for(asked)) if len(text) > 1]
    with desk.look() as connection:
        lease.require_open(connection, desk)
        found = {c.id for text in texts for c in find.find_customers(connection, text, LOOKED_AT).customers}
        tops = clusters.roots_of(connection, found)
        every = {x for root in set(tops.values()) for x in clusters.cluster_of(connection, root)}
        known = {card.key: card for card in matching.cards(connection, every)}
        top_of = clusters.roots_of(connection, every)
        best: dict[UUID, Likely] = {}
        for one in likely(asked, known.values(), limit=len(known)):
            best.setdefault(top_of[UUID(one.key)], one)
        shown = sorted(best.items(), key=lambda item: -item[1].score)[:MOST_SHOWN]
        names = {card.key: card for card in matching.cards(connection, [root for root, _ in shown])}
        return tuple(_similar(root, one, names.get(str(root)) or known[one.key]) for root, one in shown)


def _similar(root: UUID, one: Likely, card: Card) -> Similar:
    phone = next((contact.value for contact in card.phones), "")
    return Similar(CustomerId(root), card.name, phone[-TAIL_DIGITS:], one.reasons, one.is_exact)
