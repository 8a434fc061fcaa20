"""Customers from a table: each row typed, told apart by the file's key, or by card, phone or e-mail without one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from crosssell_desktop.domain.birthday import is_birthday
from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.domain.names import is_no_name, visible_name
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.cells import BadCell
from crosssell_desktop.interchange.rows import RowView
from crosssell_desktop.store import customer_imports, sources
from crosssell_desktop.store.find_index import ADDRESS
from crosssell_desktop.store.puts import CustomerPut

_ORGANISATION = (
    "organisation, organization, company, юрлицо, юр лицо, юридическое лицо, организация, "
    "обособленное подразделение, государственный орган"
)
ORGANISATION = frozenset(_ORGANISATION.split(", "))
PHONES_AT_MOST = 3
VERIFIED_FORM = 3
"""Version of what a digest covers; a new field makes every row be looked at once more, and changes nothing else."""

_BETWEEN = re.compile(r"[,;/|\n]+")
_TWO_NAMES = re.compile(r"\s(?:и|and)\s|[;|&+]|(?<!<)/", re.IGNORECASE)
_DERIVED = re.compile(r"(?:card|inn|phone|email|crosssell):")
"""Keys that we made ourselves, and wrote into an export."""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a row says of a customer; empty is «says nothing».

    ``contacts`` are type, value and whether it is verified; ``identifiers`` type and value.
    """

    key: str
    name: str
    family_name: str
    given_name: str
    patronymic: str
    contacts: tuple[tuple[str, str, bool], ...]
    identifiers: tuple[tuple[str, str], ...]
    birthday: str
    language: str
    kind: str
    do_not_contact: bool
    has_key: bool
    source: str
    store_id: UUID

    @property
    def id(self) -> UUID:
        """The id every counter gives this key of this source; a card that the source has from us keeps its own."""
        if self.key.startswith(customer_imports.OWN_KEY):
            return UUID(self.key.removeprefix(customer_imports.OWN_KEY))
        return named_id("customer", f"{self.source}/{self.key}")

    def as_row(self) -> customer_imports.Row:
        """Return it as the store takes it."""
        told = [getattr(self, name) for name in self.__slots__ if name != "store_id"]
        return customer_imports.Row(
            external_id=self.key,
            id=self.id,
            digest=sources.digest_of([VERIFIED_FORM, *told]),
            card=CustomerPut(
                id=self.id,
                display_name=self.name,
                kind=self.kind,
                family_name=self.family_name,
                given_name=self.given_name,
                patronymic=self.patronymic,
                birthday=self.birthday,
                language=self.language,
                do_not_contact=self.do_not_contact,
                created_store_id=self.store_id,
            ),
            contacts=self.contacts,
            identifiers=self.identifiers,
        )


def read_customer(
    row: RowView, *, source: str, store_id: UUID, now_ms: int, verified: frozenset[str] = frozenset()
) -> CustomerRow:
    """Return the typed row; ``verified`` names the contacts the source has proved itself (``phone``, ``email``).

    Raises:
        BadRow: with line, column and reason.
    """
    inn = row.read("inn", cells.inn) or ""
    kind = _kind(row, inn)
    full, family, given, patronymic = (
        row.read(name, partial(_name, kind=kind, is_patronymic=name == "patronymic")) or ""
        for name in ("name", "family_name", "given_name", "patronymic")
    )
    if not (family or given) and kind == "person":
        family, given, patronymic = _parts(full)
    name = full or " ".join(part for part in (family, given, patronymic) if part)
    if not name:
        raise row.bad("name", Text(N_("the customer has no name")))
    told_key = row.read("external_id", _key)
    has_key = told_key is not None and not _DERIVED.match(told_key)
    contacts = _contacts(row, verified, has_key=has_key)
    phone, email = (next((value for kind_, value, _ in contacts if kind_ == of), "") for of in ("phone", "email"))
    card = row.read("card", cells.key_text) or ""
    marks = (("card", card), ("inn", inn), ("phone", phone), ("email", email))
    key = told_key or next((f"{mark}:{value}" for mark, value in marks if value), None)
    if key is None:
        raise row.bad("name", Text(N_("there is no number, card, phone or e-mail to know the customer by")))
    numbers = (
        ("card", card),
        ("inn", inn),
        ("kpp", row.read("kpp", cells.kpp) or ""),
        ("external_1c", row.read("code_1c", cells.key_text) or ""),
        ("external", told_key if told_key and has_key else ""),
    )
    return CustomerRow(
        key=key,
        name=name,
        family_name=family,
        given_name=given,
        patronymic=patronymic,
        contacts=contacts,
        identifiers=tuple((type_, value) for type_, value in numbers if value),
        birthday=row.read("birthday", partial(_birthday, now_ms=now_ms)) or "",
        language=_language(row),
        kind=kind,
        do_not_contact=row.read("do_not_contact", cells.flag) or False,
        has_key=has_key,
        source=source,
        store_id=store_id,
    )


def _key(cell: str) -> str:
    text = cells.key_text(cell)
    if text.startswith(customer_imports.OWN_KEY):
        try:
            UUID(text.removeprefix(customer_imports.OWN_KEY))
        except ValueError as error:
            raise BadCell(Text(N_("«{text}» is no number of ours"), {"text": text[:60]})) from error
    return text


def _kind(row: RowView, inn: str) -> str:
    told = fold(row.read("kind", cells.plain_text) or "")
    if told in ORGANISATION or row.read("is_company", cells.flag) or (not told and len(inn) == cells.INN_OF_A_FIRM):
        return "organisation"
    return "person"


def _name(cell: str, *, kind: str, is_patronymic: bool) -> str:
    """Return one cell of a name; a dash in place of a patronymic says that there is none.

    Raises:
        BadCell: nothing of it can be seen, no letters, a phone or an address in it, two people.
    """
    told = cells.plain_text(visible_name(cell))
    if not told:
        raise BadCell(Text(N_("nothing that can be seen is written here")))
    if is_patronymic and not any(sign.isalnum() for sign in told):
        return ""
    if is_no_name(told):
        raise BadCell(Text(N_("«{text}» is no name: are the columns shifted?"), {"text": told[:60]}))
    # «Иванов, Иван» is one person, «Иванов Иван, Петрова Мария» are two.
    whole_names = sum(len(part.split()) > 1 for part in told.split(","))
    if kind == "person" and (_TWO_NAMES.search(told) or whole_names > 1):
        raise BadCell(Text(N_("two people stand in one row: «{text}»"), {"text": told[:60]}))
    return told


def _contacts(row: RowView, verified: frozenset[str], *, has_key: bool) -> tuple[tuple[str, str, bool], ...]:
    """Return phones (several in a cell by comma or semicolon), e-mail and address, each once.

    A source has proved nothing of a card that it only has from us.

    Raises:
        BadRow: one of them is none, or there are too many in a cell.
    """
    made: dict[tuple[str, str], bool] = {}
    is_verified = {
        kind: (kind in verified and has_key) or bool(row.read(f"{kind}_verified", cells.flag))
        for kind in ("phone", "email")
    }
    for name in ("phone", "phone2"):
        for phone in row.read(name, _phones) or ():
            made.setdefault(("phone", phone), is_verified["phone"] and name == "phone")
    email = row.read("email", cells.email)
    if email:
        made["email", email] = is_verified["email"]
    parts = [row.read(name, cells.plain_text) or "" for name in ("city", "address", "house", "flat")]
    if parts[1]:
        made[ADDRESS, ", ".join(part for part in parts if part)] = False
    return tuple((kind, value, proved) for (kind, value), proved in made.items())


def _phones(cell: str) -> tuple[str, ...]:
    told = [part for part in _BETWEEN.split(cell) if part.strip()]
    if len(told) > PHONES_AT_MOST:
        raise BadCell(Text(N_("{n} phone numbers in one cell: whose are they?"), {"n": len(told)}))
    # A comma in «9,16123E+09» parts no numbers: the cell itself is spoilt.
    return tuple(dict.fromkeys(cells.phone(part) for part in ([cell] if cells.is_spoilt(cell) else told)))


def _parts(full: str) -> tuple[str, str, str]:
    """Family name, given name and patronymic of «Иванов Иван Иванович»; nothing where the order is not plain."""
    parts = full.replace(",", " ").split()
    if not 2 <= len(parts) <= 3 or not all(fold(part).replace(" ", "").isalpha() for part in parts):
        return "", "", ""
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def _birthday(cell: str, *, now_ms: int) -> str:
    """Return a birthday somebody alive may have; the year 1 is how 1C writes «no date».

    Raises:
        BadCell: it is no day, or before 1900, or still to come.
    """
    day = cells.birthday(cell)
    if day.startswith("0001-"):
        return ""
    if not is_birthday(day, now_ms):
        raise BadCell(Text(N_("«{text}» is no birthday: it lies between 1900 and today"), {"text": cell[:40]}))
    return day


def _language(row: RowView) -> str:
    told = fold(row.read("language", cells.plain_text) or "")[:2]
    return {"ру": "ru", "ru": "ru", "en": "en", "ан": "en"}.get(told, "")
