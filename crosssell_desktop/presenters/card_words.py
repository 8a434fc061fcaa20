"""Says a customer's card in the reader's language for the left panel."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.basket import REFUSAL_WORDS
from crosssell_desktop.domain.context import EVENTS
from crosssell_desktop.domain.field_access import Group, Sight, sight
from crosssell_desktop.domain.format import day, percent, whole
from crosssell_desktop.domain.text import N_, NP_, Translator
from crosssell_desktop.presenters.desk_words import SITUATIONS
from crosssell_desktop.presenters.state import CardAct, CardItem, CardList, Consents, CustomerCard, Note
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.store.queries.card import Card
from crosssell_desktop.store.queries.card_parts import Event, Owned, Purchase
from crosssell_desktop.store.queries.card_parts import Note as CardNote

SHOWN = 12
EVENT_WORDS: Mapping[str, str] = {str(kind): words for kind, words in EVENTS.items()}
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
LOST = {
    "contact_point": N_("contact"),
    "need": N_("need"),
    "promise": N_("promise"),
    "ownership": N_("thing"),
    "channel_pref": N_("channel"),
    "household_member": N_("household"),
    "org_contact": N_("role in the firm"),
    "context_event": N_("event"),
}
"""What a row beside the card is called where two counters wrote it."""
STALE_MS = 24 * 3_600_000
"""Older than this what is shown may be old (setting ``sync.fresh_warn`` of the domain rules)."""
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
            tuple(thing(o, speaker, now_ms) for o in card.owned[:SHOWN]),
        ),
        promises=CardList(
            len(card.promises),
            tuple(
                CardItem(
                    p.text or speaker.gettext(PROMISES.get(p.kind, p.kind)),
                    joined(
                        speaker.gettext(N_("no consent")) if p.is_barred else "",
                        speaker.gettext(PROMISES.get(p.kind, p.kind)) if p.text else "",
                    ),
                    tone="bad" if p.is_barred or p.due_at < now_ms else "plain",
                    at_ms=p.due_at,
                )
                for p in card.promises[:SHOWN]
            ),
            alert=any(p.is_barred or p.due_at < now_ms for p in card.promises),
        ),
        purchases=CardList(
            len(card.purchases),
            tuple(_purchase(p, speaker) for p in card.purchases[:SHOWN]),
        ),
        perks=CardList(len(card.perks), tuple(CardItem(p.text, at_ms=p.valid_until) for p in card.perks[:SHOWN])),
        alerts=CardList(len(card.alerts), tuple(_alert(e, speaker) for e in card.alerts[:SHOWN])),
        forecast=_forecast(card, speaker),
        events=CardList(len(card.events), tuple(_event(e, speaker) for e in card.events[:SHOWN])),
        household=_household(card, speaker),
        lost=CardList(
            len(card.lost),
            tuple(
                CardItem(
                    said(item.value, speaker),
                    lost_field(item.entity, item.field, speaker),
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
        is_restricted=card.status == "restricted",
        is_organisation=card.kind == "organisation",
        fresh_at_ms=card.heard_at,
        is_stale=card.heard_at is not None and now_ms - card.heard_at > STALE_MS,
    )


def acts_on(card: Card, session: Session) -> frozenset[CardAct]:
    """Return what the person may do with a card as it stands."""
    acts = {CardAct.CONSENTS}
    is_kept_only = card.status == "restricted"
    if may(session, Act.SAVE_CUSTOMER) and (not is_kept_only or may(session, Act.RESTRICT_PROCESSING)):
        acts.add(CardAct.EDIT)
    if not is_kept_only and may(session, Act.REVEAL_CONTACT) and masked_groups(session):
        acts.add(CardAct.REVEAL)
    return frozenset(acts)


def masked_groups(session: Session) -> tuple[Group, ...]:
    """Return the groups of contacts the person sees masked and may open."""
    return tuple(group for group in (Group.CONTACT, Group.ADDRESS) if sight(session, group) is Sight.REVEAL)


def lost_field(entity: str, field: str, speaker: Translator) -> str:
    """Return what a field that two counters wrote is called."""
    beside = LOST.get(entity)
    return speaker.gettext(FIELDS.get(field, field) if beside is None else beside)


def thing(owned: Owned, speaker: Translator, now_ms: int) -> CardItem:
    """Return a thing with its serial number and the end of its warranty, else since when."""
    name = owned.text or (owned.name_ru if speaker.language == "ru" else owned.name_en)
    parts = []
    if owned.serial:
        parts.append(f"№ {owned.serial}")
    if owned.warranty_until is not None:
        ended = owned.warranty_until <= now_ms
        words = N_("warranty ended {day}") if ended else N_("warranty to {day}")
        parts.append(speaker.gettext(words).format(day=day(owned.warranty_until, speaker.language)))
    return CardItem(name, " · ".join(parts), at_ms=None if parts else owned.since or None)


def _alert(event: Event, speaker: Translator) -> CardItem:
    name = event.product_ru if speaker.language == "ru" else event.product_en
    words = speaker.gettext(EVENT_WORDS.get(event.type, event.type))
    return CardItem(f"{words}: {name}", event.impact, tone="bad" if event.type == "recall" else "warn")


def _event(event: Event, speaker: Translator) -> CardItem:
    return CardItem(event.impact, speaker.gettext(EVENT_WORDS.get(event.type, event.type)), at_ms=event.at)


def _forecast(card: Card, speaker: Translator) -> CardList:
    """Return what is likely next, each with its share and the number of visits; under twenty, that it is too little."""
    if not card.forecast_visits:
        return CardList()
    one, many = NP_("{n} visit", "{n} visits")
    basis = speaker.ngettext(one, many, card.forecast_visits).format(n=whole(card.forecast_visits, speaker.language))
    if not card.forecast:
        return CardList(0, (CardItem(speaker.gettext(N_("too little data")), basis),))
    ru = speaker.language == "ru"
    items = tuple(
        CardItem(
            f.name_ru if ru else f.name_en,
            speaker.gettext(N_("{share}, by {visits}")).format(
                share=percent(f.p_bps, speaker.language, places=0), visits=basis
            ),
            is_guess=True,
        )
        for f in card.forecast
    )
    return CardList(len(items), items)


def _household(card: Card, speaker: Translator) -> CardList:
    people = (*card.household, *card.people, *card.firms)
    items = [CardItem(one.name, one.role) for one in people]
    items += [_purchase(bought, speaker) for bought in card.shared]
    return CardList(len(people), tuple(items[:SHOWN]))


def said(value: object, speaker: Translator) -> str:
    """Return a value of a field in words."""
    if isinstance(value, bool):
        return speaker.gettext(N_("yes")) if value else speaker.gettext(N_("no"))
    return str(value) or "—"


def _purchase(bought: Purchase, speaker: Translator) -> CardItem:
    ru = speaker.language == "ru"
    situation = next((words for key, words in SITUATIONS if key == bought.situation), "")
    place = bought.place_ru if ru else bought.place_en
    return CardItem(
        bought.name_ru if ru else bought.name_en,
        " · ".join(x for x in (place, speaker.gettext(situation) if situation else "") if x),
        at_ms=bought.at,
        tone="plain" if bought.here else "accent" if bought.place_ru else "plain",
    )


def _note(notes: tuple[CardNote, ...], kind: str, names: Mapping[UUID, str]) -> Note | None:
    mine = next((n for n in notes if n.kind == kind), None)
    return None if mine is None else Note(mine.text, names.get(mine.author_id, ""), mine.made_at)
