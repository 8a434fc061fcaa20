"""Says a customer's card in the reader's language for the left panel."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from crosssell_desktop.domain.basket import REFUSAL_WORDS
from crosssell_desktop.domain.text import N_, Translator
from crosssell_desktop.presenters.state import CardItem, CardList, Consents, CustomerCard, Note
from crosssell_desktop.store.queries.card import Card
from crosssell_desktop.store.queries.card_parts import Note as CardNote
from crosssell_desktop.store.queries.card_parts import Purchase

SHOWN = 12
CHANNELS = {
    "phone": N_("phone call"),
    "sms": N_("SMS"),
    "email": N_("e-mail"),
    "messenger": N_("messenger"),
    "post": N_("post"),
}
ANSWERS = {"accepted": N_("took it"), "declined": N_("declined"), "postponed": N_("later")}
FIELDS = {
    "display_name": N_("name"),
    "birthday": N_("birthday"),
    "language": N_("language"),
    "do_not_contact": N_("do not contact"),
    "care_until": N_("care mode"),
    "status": N_("status"),
}
"""Fields of a card a person may change, as the card calls them."""
PROMISES = {"call_back": N_("call back"), "price_held": N_("price held"), "reserve": N_("put aside")}


def card_state(card: Card, speaker: Translator, *, names: Mapping[UUID, str], now_ms: int) -> CustomerCard:
    """Return the card as the screen shows it; what the level may not see is already gone."""
    ru = speaker.language == "ru"
    refusals = [r for r in card.reactions if r.answer == "declined"]
    channel = speaker.gettext(CHANNELS.get(card.channel, card.channel)) if card.channel else ""
    return CustomerCard(
        customer_id=card.id,
        name=card.display_name,
        phone_masked=card.phones[0] if card.phones else "",
        who=_note(card.notes, "who", names),
        traits=_note(card.notes, "traits", names),
        how_to_work=_note(card.notes, "how_to_work", names),
        needs=CardList(
            len(card.needs),
            tuple(
                CardItem(n.text, tone="ok", at_ms=n.told_at, is_guess=n.source == "inferred")
                for n in card.needs[:SHOWN]
            ),
        ),
        refusals=CardList(
            len(refusals),
            tuple(
                CardItem(
                    r.name_ru if ru else r.name_en,
                    " · ".join(
                        x
                        for x in (
                            speaker.gettext(REFUSAL_WORDS[r.reason]) if r.reason in REFUSAL_WORDS else "",
                            r.counter,
                        )
                        if x
                    ),
                    tone="bad",
                    at_ms=r.made_at,
                )
                for r in refusals[:SHOWN]
            ),
        ),
        owns=CardList(
            len(card.owned),
            tuple(CardItem(o.text, at_ms=o.since or None) for o in card.owned[:SHOWN]),
        ),
        promises=CardList(
            len(card.promises),
            tuple(
                CardItem(
                    speaker.gettext(PROMISES.get(p.kind, p.kind)),
                    tone="bad" if p.due_at < now_ms else "plain",
                    at_ms=p.due_at,
                )
                for p in card.promises[:SHOWN]
            ),
            alert=any(p.due_at < now_ms for p in card.promises),
        ),
        purchases=CardList(
            len(card.purchases),
            tuple(_purchase(p, ru=ru) for p in card.purchases[:SHOWN]),
        ),
        lost=CardList(
            len(card.lost),
            tuple(
                CardItem(
                    _said(item.value, speaker),
                    speaker.gettext(FIELDS.get(item.field, item.field)),
                    tone="warn",
                    at_ms=item.at,
                )
                for item in card.lost[:SHOWN]
            ),
        ),
        channel=" ".join(x for x in (channel, card.channel_hours) if x),
        consents=Consents(
            service="service" in card.consents,
            loyalty="loyalty" in card.consents,
            marketing="marketing" in card.consents,
            profiling="profiling" in card.consents,
            do_not_contact=card.do_not_contact,
        ),
        care_mode=card.care_until > now_ms,
        is_organisation=card.kind == "organisation",
        fresh_at_ms=card.last_visit_at,
    )


def _said(value: object, speaker: Translator) -> str:
    if isinstance(value, bool):
        return speaker.gettext(N_("yes")) if value else speaker.gettext(N_("no"))
    return str(value) or "—"


def _purchase(bought: Purchase, *, ru: bool) -> CardItem:
    return CardItem(
        bought.name_ru if ru else bought.name_en,
        bought.place_ru if ru else bought.place_en,
        at_ms=bought.at,
        tone="plain" if bought.here else "accent" if bought.place_ru else "plain",
    )


def _note(notes: tuple[CardNote, ...], kind: str, names: Mapping[UUID, str]) -> Note | None:
    mine = next((n for n in notes if n.kind == kind), None)
    return None if mine is None else Note(mine.text, names.get(mine.author_id, ""), mine.made_at)
