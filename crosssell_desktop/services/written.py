"""Checks of what a person writes about a customer, before any of it is kept."""

from __future__ import annotations

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fold import phone_digits
from crosssell_desktop.domain.notes import TOPICS, stopped
from crosssell_desktop.domain.text import N_, Text


def checked_phone(text: str) -> str:
    """Return a phone as E.164, empty for nothing.

    Raises:
        Refusal: ``bad_phone``.
    """
    if not text.strip():
        return ""
    digits = phone_digits(text)
    if not 10 <= len(digits) <= 15:
        raise Refusal(
            "bad_phone", Text(N_("«{value}» is not a phone number: 10 to 15 digits."), {"value": text.strip()[:40]})
        )
    return f"+{digits}"


def checked_email(text: str) -> str:
    """Return an e-mail in lower case, empty for nothing.

    Raises:
        Refusal: ``bad_email``.
    """
    clean = text.strip().lower()
    if not clean:
        return ""
    name, at, domain = clean.partition("@")
    if not name or not at or "." not in domain or " " in clean or len(clean) > 254:
        raise Refusal("bad_email", Text(N_("«{value}» is not an e-mail address."), {"value": clean[:60]}))
    return clean


def checked_text(text: str, at_most: int) -> str:
    """Return words about a customer that may be kept, cut to a length, empty for nothing.

    Raises:
        Refusal: ``not_to_be_noted`` for health, religion and insults (A30).
    """
    clean = " ".join(text.split())[:at_most]
    found = stopped(clean)
    if found is not None:
        raise Refusal(
            "not_to_be_noted",
            Text(
                N_("«{word}» is {topic}: this is not written about a customer. Say what helps to serve them."),
                {"word": found.word, "topic": Text(TOPICS[found.topic])},
            ),
        )
    return clean
