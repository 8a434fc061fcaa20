"""What of a customer leaves the services, by level: the one place where fields are masked (A40)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.field_access import WRITES, Group, Sight, sight
from crosssell_desktop.domain.fold import phone_digits
from crosssell_desktop.store.queries.card import Card

FIELDS: dict[str, Group | None] = {
    "id": None,
    "ids": None,
    "kind": None,
    "status": None,
    "language": None,
    "visits": None,
    "last_visit_at": None,
    "channel": None,
    "channel_hours": None,
    "do_not_contact": None,
    "display_name": Group.NAME,
    "phones": Group.CONTACT,
    "emails": Group.CONTACT,
    "cards": Group.CONTACT,
    "birthday": Group.BIRTHDAY,
    "care_until": Group.CARE,
    "consents": Group.CONSENTS,
    "notes": Group.NOTES,
    "needs": Group.NOTES,
    "reactions": Group.NOTES,
    "promises": Group.NOTES,
    "purchases": Group.PURCHASES,
    "owned": Group.PURCHASES,
    "alerts": Group.PURCHASES,
    "shared": Group.PURCHASES,
    "inn": Group.NAME,
    "perks": Group.NAME,
    "events": Group.NOTES,
    "household": Group.NOTES,
    "people": Group.NOTES,
    "firms": Group.NOTES,
    "forecast": Group.FORECAST,
    "forecast_visits": Group.FORECAST,
    "heard_at": None,
}
"""Fields of the card by group; None is seen by all who may open a card. A field that is not here is a note."""
RESTRICTED = ("notes", "needs", "reactions", "promises", "purchases", "owned", "phones", "emails", "channel")
"""What is kept and used for nothing while the processing of a person's data is restricted."""
CARE_ON = 1 << 53
"""Instead of the end of the care mode, where only whether it is on may be seen."""


def masked(found: Card, session: Session, *, now_ms: int) -> Card:
    """Return the card without what the level may not see."""
    if found.care_until <= now_ms:
        found = replace(found, care_until=0)
    # A firm is no person to be profiled: what an event at it calls for is no personal data.
    may_guess = found.kind == "organisation" or "profiling" in found.consents
    if not may_guess or found.status == "restricted":
        found = replace(found, needs=tuple(one for one in found.needs if one.source != "inferred"))
    if found.status == "restricted":
        found = replace(found, **{name: _nothing(getattr(found, name)) for name in RESTRICTED})
    changed: dict[str, Any] = {}
    for field in fields(found):
        group = FIELDS.get(field.name, Group.NOTES)
        if group is None or field.name == "lost":
            continue
        value = getattr(found, field.name)
        changed[field.name] = seen(field.name, value, sight(session, group))
    if "lost" in {field.name for field in fields(found)}:
        changed["lost"] = tuple(
            x
            for x in found.lost
            if _sees_whole(session, x.field if x.entity == "customer" else f"{x.entity}.{x.field}")
        )
    return replace(found, **changed)


def _sees_whole(session: Session, field: str) -> bool:
    return sight(session, WRITES.get(field, Group.NOTES)) is Sight.FULL


def seen(field: str, value: Any, how: Sight) -> Any:  # noqa: ANN401  # whatever a field of the card holds
    """Return a value as it may be seen; what cannot be shown in part is not shown."""
    if how is Sight.FULL:
        return value
    if how is Sight.NONE:
        return _nothing(value)
    part = _PARTS.get((field, how))
    return _nothing(value) if part is None else part(value)


def mask_phone(value: str) -> str:
    """Return a phone with only its first and last four digits readable: ``+7 9•• •••-12-34``.

    >>> mask_phone("+79161234567")
    '+7 9•• •••-45-67'
    """
    digits = phone_digits(value)
    if len(digits) < 7:
        return "•" * len(digits)
    return f"+{digits[0]} {digits[1]}•• •••-{digits[-4:-2]}-{digits[-2:]}"


def mask_email(value: str) -> str:
    """Return an e-mail with its first letter and its domain readable."""
    name, _, domain = value.partition("@")
    return f"{name[:1]}•••@{domain}"


def mask_name(value: str) -> str:
    """Return a name as its initials.

    >>> mask_name("Ветрова Ольга")
    'В•• О••'
    """
    return " ".join(f"{word[:1]}••" for word in value.split())


def mask_card(value: str) -> str:
    """Return a card's number with its last four digits readable."""
    return f"•• {value[-4:]}" if len(value) > 4 else "••"


def _each(mask: Callable[[str], str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    return lambda values: tuple(mask(value) for value in values)


_PARTS: dict[tuple[str, Sight], Callable[[Any], Any]] = {
    **{
        (field, how): _each(mask)
        for field, mask in (("phones", mask_phone), ("emails", mask_email), ("cards", mask_card))
        for how in (Sight.MASKED, Sight.REVEAL)
    },
    ("display_name", Sight.MASKED): mask_name,
    ("birthday", Sight.DAY): lambda value: value[-5:],
    ("birthday", Sight.MASKED): lambda value: "••" if value else "",
    ("purchases", Sight.LAST): lambda value: value[:1],
    ("care_until", Sight.FLAG): lambda value: CARE_ON if value else 0,
    ("forecast", Sight.TOP3): lambda value: value[:3],
    ("forecast_visits", Sight.TOP3): lambda value: value,
}


def _nothing(value: Any) -> Any:  # noqa: ANN401  # the same
    """Return the empty value of a field's own kind."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str | tuple | frozenset | int):
        return type(value)()
    return None
