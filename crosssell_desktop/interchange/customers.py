"""Customers from a table: each row typed, told apart by the file's key, or by card, phone or e-mail without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.rows import RowView
from crosssell_desktop.store import lookups, sources
from crosssell_desktop.store.puts import ContactPut, CustomerPut, IdentifierPut, Put, contact_id, identifier_id
from crosssell_desktop.store.registers import Connected

ORGANISATION = frozenset({"organisation", "organization", "company", "юрлицо", "юр лицо", "организация"})


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a row says of a customer; empty is «says nothing»."""

    key: str
    name: str
    family_name: str
    given_name: str
    patronymic: str
    phone: str
    email: str
    birthday: str
    card: str
    language: str
    kind: str
    do_not_contact: bool
    has_key: bool
    source: str
    store_id: UUID

    @property
    def external_id(self) -> str:
        """The key in the file."""
        return self.key

    @property
    def id(self) -> UUID:
        """The id every counter gives this key of this source."""
        return named_id("customer", f"{self.source}/{self.key}")

    @property
    def digest(self) -> str:
        """The digest of all the row says."""
        return sources.digest_of([1, *[getattr(self, name) for name in self.__slots__ if name != "store_id"]])

    def puts(self, connection: Connected, known: UUID | None) -> Sequence[Put]:
        """Return the card with its contact points and identifiers.

        What only people say at the counter (care mode, do not contact) is never taken back by a file.
        """
        was = lookups.customer_of(connection, known) if known else None
        key = known or self.id
        made: list[Put] = [
            CustomerPut(
                id=key,
                display_name=self.name,
                kind=self.kind,
                family_name=self.family_name,
                given_name=self.given_name,
                patronymic=self.patronymic,
                birthday=self.birthday or (was.birthday if was else ""),
                language=self.language or (was.language if was else ""),
                status=was.status if was else "active",
                care_until=was.care_until if was else 0,
                do_not_contact=self.do_not_contact or bool(was and was.do_not_contact),
                created_store_id=was.created_store_id if was else self.store_id,
                household_id=was.household_id if was else None,
                invented=bool(was and was.invented),
                name_source=was.name_source if was and was.display_name == self.name else None,
                birthday_source=was.birthday_source if was and self.birthday in {"", was.birthday} else None,
            )
        ]
        for kind, value in (("phone", self.phone), ("email", self.email)):
            if value:
                made.append(ContactPut(id=contact_id(key, kind, value), customer_id=key, type=kind, value=value))
        for kind, value in (("card", self.card), ("external", self.key if self.has_key else "")):
            if value:
                made.append(IdentifierPut(id=identifier_id(key, kind, value), customer_id=key, type=kind, value=value))
        return made


def read_customer(row: RowView, *, source: str, store_id: UUID) -> CustomerRow:
    """Return the typed row.

    Raises:
        BadRow: with line, column and reason.
    """
    full = row.read("name", cells.plain_text) or ""
    family, given, patronymic = (
        row.read(name, cells.plain_text) or "" for name in ("family_name", "given_name", "patronymic")
    )
    kind = "organisation" if fold(row.read("kind", cells.plain_text) or "") in ORGANISATION else "person"
    if not (family or given) and kind == "person":
        family, given, patronymic = _parts(full)
    name = full or " ".join(part for part in (family, given, patronymic) if part)
    if not name:
        raise row.bad("name", Text(N_("the customer has no name")))
    phone = row.read("phone", cells.phone) or ""
    email = row.read("email", cells.email) or ""
    card = row.read("card", cells.key_text) or ""
    told = row.read("external_id", cells.key_text)
    key = told or next((f"{mark}:{v}" for mark, v in (("card", card), ("phone", phone), ("email", email)) if v), None)
    if key is None:
        raise row.bad("name", Text(N_("there is no number, card, phone or e-mail to know the customer by")))
    return CustomerRow(
        key=key,
        name=name,
        family_name=family,
        given_name=given,
        patronymic=patronymic,
        phone=phone,
        email=email,
        birthday=row.read("birthday", cells.birthday) or "",
        card=card,
        language=_language(row),
        kind=kind,
        do_not_contact=row.read("do_not_contact", cells.flag) or False,
        has_key=told is not None,
        source=source,
        store_id=store_id,
    )


def _parts(full: str) -> tuple[str, str, str]:
    """Family name, given name and patronymic of «Иванов Иван Иванович»; nothing where the order is not plain."""
    parts = full.split()
    if not 2 <= len(parts) <= 3 or not all(fold(part).replace(" ", "").isalpha() for part in parts):
        return "", "", ""
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def _language(row: RowView) -> str:
    told = fold(row.read("language", cells.plain_text) or "")[:2]
    return {"ру": "ru", "ru": "ru", "en": "en", "ан": "en"}.get(told, "")
