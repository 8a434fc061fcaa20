"""Carries out what the card's form asks, for the person who is logged in at the counter's port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, may
from crosssell_desktop.domain.basket import REFUSAL_WORDS
from crosssell_desktop.domain.context import EVENTS, OF_A_PRODUCT
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.format import day, money
from crosssell_desktop.domain.ids import CustomerId, ProductId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters import card_words
from crosssell_desktop.presenters.card_edit import CardEditState, EditField, EditPage, EditRow
from crosssell_desktop.presenters.desk_words import SITUATIONS
from crosssell_desktop.presenters.state import Choice
from crosssell_desktop.presenters.wording import joined, typed_birthday, typed_moment, when
from crosssell_desktop.services import card_edit, customers, finding, merging, receipts, staff, timeline

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.store.queries.card import Card
    from crosssell_desktop.store.queries.timeline import Moment

NOTE_KINDS = (("who", N_("Who")), ("traits", N_("Traits")), ("how_to_work", N_("How to work")))
MOMENTS = {
    "sale": N_("Purchase"),
    "return": N_("Return"),
    "answer": N_("Offer"),
    "note": N_("Note"),
    "pass": N_("Pass"),
    "help": N_("Help without a sale"),
    "consent": N_("Consent"),
}
CONSENTS = {"given": N_("given"), "withdrawn": N_("withdrawn")}
_BIRTHDAY_PARTS = 3


class DeskCardEditPort:
    """Calls the services with the session of the counter's port, and says what is there in the screen's language."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce

    def state(self, customer_id: CustomerId) -> CardEditState:
        """Return the card as pages."""
        card = customers.card(self._port.desk, self._port.session, customer_id)
        pages = (
            self._lost(card),
            self._person(card),
            self._contacts(card),
            self._notes(card),
            self._needs(card),
            self._things(card),
            self._promises(card),
            self._events(card),
            self._firm(card) if card.kind == "organisation" else self._household(card),
            self._same(card),
            self._history(card),
        )
        return CardEditState(customer_id, card.display_name, tuple(page for page in pages if page is not None))

    def submit(self, customer_id: CustomerId, page: str, values: Mapping[str, str]) -> CardEditState:
        """Write a page's form."""
        getattr(self, f"_write_{page}")(customer_id, values)
        return self.state(customer_id)

    def act(self, customer_id: CustomerId, page: str, key: str, act: str) -> CardEditState:
        """Do something with one row."""
        desk, session = self._port.desk, self._port.session
        id_ = UUID(key) if page != "things" else UUID(key.partition(":")[2])
        acts: dict[tuple[str, str], Callable[[], Outcome[Any]]] = {
            ("lost", "take"): lambda: card_edit.settle(desk, session, customer_id, id_, take_lost=True),
            ("lost", "keep"): lambda: card_edit.settle(desk, session, customer_id, id_, take_lost=False),
            ("contacts", "verify"): lambda: card_edit.verify_contact(desk, session, customer_id, id_),
            ("contacts", "drop"): lambda: card_edit.drop_contact(desk, session, customer_id, id_),
            ("needs", "drop"): lambda: card_edit.drop_need(desk, session, customer_id, id_),
            ("things", "drop"): lambda: self._drop_thing(customer_id, key, id_),
            ("promises", "kept"): lambda: card_edit.end_promise(desk, session, customer_id, id_, kept=True),
            ("promises", "withdraw"): lambda: card_edit.end_promise(desk, session, customer_id, id_, kept=False),
            ("events", "end"): lambda: card_edit.end_event(desk, session, id_),
            ("household", "leave"): lambda: card_edit.leave_household(desk, session, CustomerId(id_)),
            ("same", "apart"): lambda: merging.unmerge(desk, session, CustomerId(id_)),
            ("firm", "unlink"): lambda: card_edit.link_person(
                desk, session, customer_id, CustomerId(id_), "", active=False
            ),
        }
        self._done(acts[page, act]())
        return self.state(customer_id)

    # ------------------------------------------------------------------------------------------------ pages

    def _lost(self, card: Card) -> EditPage | None:
        acts = (Choice("take", self._say(N_("Take this"))), Choice("keep", self._say(N_("Keep what stands"))))
        rows = tuple(
            EditRow(
                str(x.id),
                card_words.said(x.value, self._port.speaker),
                joined(card_words.lost_field(x.entity, x.field, self._port.speaker), self._when(x.at)),
                acts,
            )
            for x in card.lost
            if x.id is not None
        )
        return EditPage("lost", rows) if rows else None

    def _person(self, card: Card) -> EditPage:
        parts = card.birthday.split("-")
        shown = ".".join(reversed(parts)) if card.birthday and "•" not in card.birthday else ""
        return EditPage(
            "person",
            fields=(
                EditField("name", self._say(N_("Name")), card.display_name),
                EditField("birthday", self._say(N_("Birthday, like 17.05 or 17.05.1990")), shown),
                EditField(
                    "language",
                    self._say(N_("Language")),
                    card.language,
                    (Choice("", "—"), Choice("ru", "русский"), Choice("en", "English")),
                ),
            ),
            submit=self._say(N_("Save")),
        )

    def _contacts(self, card: Card) -> EditPage:
        drop, verify = Choice("drop", self._say(N_("Remove"))), Choice("verify", self._say(N_("Answered just now")))
        found = card_edit.contacts(self._port.desk, self._port.session, card.id)
        rows = tuple(
            EditRow(
                str(c.id),
                c.shown,
                self._say(N_("not verified"))
                if c.verified_at is None
                else self._say(N_("verified {day}")).format(day=self._day(c.verified_at)),
                (verify, drop),
            )
            for c in found
        )
        channels = (Choice("", "—"), *(Choice(k, self._say(words)) for k, words in card_words.CHANNELS.items()))
        return EditPage(
            "contacts",
            rows,
            (
                EditField("phone", self._say(N_("One more phone"))),
                EditField("email", self._say(N_("One more e-mail"))),
                EditField("channel", self._say(N_("Likes to be reached by")), card.channel, channels),
                EditField("hours", self._say(N_("Hours, like 18–21")), card.channel_hours),
            ),
            self._say(N_("Save")),
            self._say(N_("No contact yet")),
        )

    def _notes(self, card: Card) -> EditPage:
        names = staff.names_by_uuid(self._port.desk)
        kinds = dict(NOTE_KINDS)
        rows = tuple(
            EditRow(
                f"{n.made_at}",
                n.text,
                joined(self._say(kinds[n.kind]), names.get(n.author_id, ""), self._when(n.made_at)),
            )
            for n in card.notes
        )
        return EditPage(
            "notes",
            rows,
            (
                EditField("kind", self._say(N_("Block")), "who", tuple(Choice(k, self._say(w)) for k, w in NOTE_KINDS)),
                EditField("text", self._say(N_("What helps to serve: no health, religion or insults"))),
            ),
            self._say(N_("Add")),
            self._say(N_("not noted yet")),
        )

    def _needs(self, card: Card) -> EditPage:
        drop = (Choice("drop", self._say(N_("Delete"))),)
        rows = tuple(
            EditRow(
                str(n.id), n.text,
                joined(self._say(N_("supposed")) if n.source == "inferred" else "", self._when(n.told_at)), drop,
            )
            for n in card.needs
        )  # fmt: skip
        return EditPage(
            "needs",
            rows,
            (
                EditField("text", self._say(N_("What the customer said is needed"))),
                EditField("code", self._say(N_("Closed by such a product: article or barcode, if any"))),
            ),
            self._say(N_("Add")),
            self._say(N_("No open needs")),
        )

    def _things(self, card: Card) -> EditPage:
        drop = (Choice("drop", self._say(N_("No longer has it"))),)
        rows = []
        for thing in card.owned:
            item = card_words.thing(thing, self._port.speaker, self._port.desk.clock.now_ms())
            key = f"product:{thing.product_id}" if thing.id is None else f"thing:{thing.id}"
            rows.append(
                EditRow(key, item.title, joined(item.remark, self._when(thing.since) if thing.since else ""), drop)
            )
        return EditPage(
            "things",
            tuple(rows),
            (
                EditField("what", self._say(N_("Article, barcode, or in words"))),
                EditField("serial", self._say(N_("Serial number"))),
                EditField("warranty", self._say(N_("Warranty to, like 17.05.2027"))),
            ),
            self._say(N_("Add")),
            self._say(N_("Nothing noted")),
        )

    def _promises(self, card: Card) -> EditPage:
        acts = (Choice("kept", self._say(N_("Kept"))), Choice("withdraw", self._say(N_("Taken back"))))
        rows = tuple(
            EditRow(
                str(p.id),
                p.text or self._say(card_words.PROMISES.get(p.kind, p.kind)),
                joined(
                    self._say(N_("due {when}")).format(when=self._when(p.due_at)),
                    self._say(N_("no consent")) if p.is_barred else "",
                ),
                acts,
            )
            for p in card.promises
        )
        kinds = tuple(Choice(k, self._say(words)) for k, words in card_words.PROMISES.items())
        return EditPage(
            "promises",
            rows,
            (
                EditField("kind", self._say(N_("Promise")), "call_back", kinds),
                EditField("text", self._say(N_("About what"))),
                EditField("due", self._say(N_("Due, like 25.03 or 25.03 14:30"))),
            ),
            self._say(N_("Promise")),
            self._say(N_("No open promises")),
        )

    def _events(self, card: Card) -> EditPage:
        end = (Choice("end", self._say(N_("Over"))),)
        rows = tuple(
            EditRow(
                str(e.id),
                e.impact,
                joined(self._say(card_words.EVENT_WORDS.get(e.type, e.type)), self._when(e.at)),
                end,
            )
            for e in card.events
        )
        kinds = tuple(Choice(k, self._say(words)) for k, words in EVENTS.items() if k not in OF_A_PRODUCT)
        return EditPage(
            "events",
            rows,
            (
                EditField("event", self._say(N_("Event")), "move", kinds),
                EditField("impact", self._say(N_("What it means, like: new office, 10 places"))),
                EditField("size", self._say(N_("How many places, if it matters"))),
            ),
            self._say(N_("Add")),
            self._say(N_("No events")),
        )

    def _household(self, card: Card) -> EditPage:
        shared = tuple(
            EditRow(f"p{n}", p.name_ru if self._ru else p.name_en, self._when(p.at)) for n, p in enumerate(card.shared)
        )
        leave = (Choice("leave", self._say(N_("Leaves"))),)
        rows = tuple(EditRow(str(m.customer_id), m.name, m.role, leave) for m in card.household)
        share = card_edit.shares_history(self._port.desk, self._port.session, card.id)
        return EditPage(
            "household",
            rows + shared,
            (
                EditField("who", self._say(N_("Lives with: phone, card or name of the other"))),
                EditField("role", self._say(N_("Role, like: mother"))),
                EditField(
                    "share", self._say(N_("The household may see these purchases (gifts stay hidden for 30 days)")),
                    "1" if share else "", is_tick=True,
                ),
            ),
            self._say(N_("Save")),
            self._say(N_("Nobody else is noted")),
        )  # fmt: skip

    def _firm(self, card: Card) -> EditPage:
        unlink = (Choice("unlink", self._say(N_("No longer"))),)
        return EditPage(
            "firm",
            tuple(EditRow(str(p.customer_id), p.name, p.role, unlink) for p in card.people),
            (
                EditField("inn", self._say(N_("Taxpayer number")), card.inn),
                EditField("who", self._say(N_("Speaks for it: phone, card or name"))),
                EditField("role", self._say(N_("Role, like: purchasing"))),
            ),
            self._say(N_("Save")),
            self._say(N_("Nobody speaks for it yet")),
        )

    def _same(self, card: Card) -> EditPage:
        """Return the cards that are this person, each to be taken out, and the merges the centre has not accepted."""
        desk, session = self._port.desk, self._port.session
        decides = may(session, Act.APPROVE_MERGE)
        rows: dict[str, EditRow] = {}
        names = staff.names_by_uuid(desk)
        if decides:
            for m in merging.merges_of(desk, session, card.id):
                told = joined(
                    m.rule if m.rule != merging.BY_HAND else "", names.get(m.person_id, ""), self._when(m.made_at)
                )
                for id_, name in ((m.one, m.one_name), (m.other, m.other_name)):
                    rows[str(id_)] = EditRow(str(id_), name, told, (Choice("apart", self._say(N_("Another person"))),))
            for m in merging.undecided(desk, session):
                if {m.one, m.other} & set(card.ids):
                    state = N_("waits for the centre") if m.accepted is None else N_("the centre has refused it")
                    rows[f"m{m.id}"] = EditRow(f"m{m.id}", joined(m.one_name, m.other_name), self._say(state))
        return EditPage(
            "same",
            tuple(rows.values()),
            (EditField("who", self._say(N_("Also this customer: phone, card or name"))),),
            self._say(N_("Merge")) if may(session, Act.DECIDE_MERGE) else self._say(N_("Propose to merge")),
            self._say(N_("Merged with no other card")),
        )

    def _history(self, card: Card) -> EditPage:
        found = timeline.timeline(self._port.desk, self._port.session, card.id)
        rows = tuple(
            EditRow(
                f"{n}", joined(self._say(MOMENTS[m.kind]), self._what(m)), joined(m.counter, m.person, self._when(m.at))
            )
            for n, m in enumerate(found)
        )
        return EditPage("history", rows, empty=self._say(N_("Nothing has happened yet")))

    def _what(self, m: Moment) -> str:
        code, _, more = m.code.partition(":")
        words = m.what_ru if self._ru else m.what_en
        if m.kind == "answer":
            reason = self._say(REFUSAL_WORDS[more]) if more in REFUSAL_WORDS else ""
            return joined(words, self._say(card_words.ANSWERS.get(code, code)), reason)
        if m.kind == "consent":
            return joined(more, self._say(CONSENTS.get(code, code)))
        if m.kind in {"sale", "return"}:
            situation = next((self._say(w) for k, w in SITUATIONS if k == code), "")
            amount = "" if m.amount_minor is None else money(m.amount_minor, self._port.speaker.language)
            return joined(words, amount, situation)
        return words

    # ----------------------------------------------------------------------------------------------- writing

    def _write_person(self, card: CustomerId, values: Mapping[str, str]) -> None:
        desk, session = self._port.desk, self._port.session
        known = customers.card(desk, session, card)
        wanted: dict[str, Any] = {"display_name": " ".join(values["name"].split()), "language": values["language"]}
        typed = typed_birthday(values["birthday"])
        # Who sees day and month only does not take the year away by saving the form.
        if typed != (known.birthday if len(typed.split("-")) == _BIRTHDAY_PARTS else known.birthday[-5:]):
            wanted["birthday"] = typed
        changes = {name: value for name, value in wanted.items() if value != getattr(known, name)}
        if changes:
            self._done(customers.edit(desk, session, card, changes))

    def _write_contacts(self, card: CustomerId, values: Mapping[str, str]) -> None:
        desk, session = self._port.desk, self._port.session
        for kind in ("phone", "email"):
            if values[kind].strip():
                self._done(card_edit.add_contact(desk, session, card, kind, values[kind]))
        self._done(card_edit.set_channel(desk, session, card, values["channel"], values["hours"]))

    def _write_notes(self, card: CustomerId, values: Mapping[str, str]) -> None:
        self._done(customers.add_note(self._port.desk, self._port.session, card, values["kind"], values["text"]))

    def _write_needs(self, card: CustomerId, values: Mapping[str, str]) -> None:
        item = self._item(values["code"])
        kind = "" if item is None else item[1]
        self._done(card_edit.tell_need(self._port.desk, self._port.session, card, values["text"], kind))

    def _write_things(self, card: CustomerId, values: Mapping[str, str]) -> None:
        found = receipts.find_item(self._port.desk, values["what"].strip()) if values["what"].strip() else ()
        until = values["warranty"].strip()
        self._done(
            card_edit.note_thing(
                self._port.desk,
                self._port.session,
                card,
                text="" if len(found) == 1 else values["what"],
                product_id=found[0].product_id if len(found) == 1 else None,
                serial=values["serial"],
                warranty_until=self._moment(until) if until else None,
            )
        )

    def _write_promises(self, card: CustomerId, values: Mapping[str, str]) -> None:
        due = self._moment(values["due"])
        self._done(
            card_edit.give_promise(self._port.desk, self._port.session, card, values["kind"], values["text"], due)
        )

    def _write_events(self, card: CustomerId, values: Mapping[str, str]) -> None:
        size = values["size"].strip()
        if size and not (size.isascii() and size.isdecimal() and len(size) < 7):
            raise Refusal("not_a_number", Text(N_("«{typed}» is no number."), {"typed": size[:20]}))
        self._done(
            card_edit.record_event(
                self._port.desk, self._port.session,
                event=values["event"], impact=values["impact"], card=card, size=int(size or 0),
            )
        )  # fmt: skip

    def _write_household(self, card: CustomerId, values: Mapping[str, str]) -> None:
        desk, session = self._port.desk, self._port.session
        if values["who"].strip():
            self._done(card_edit.join_household(desk, session, card, self._person_named(values["who"]), values["role"]))
        shares = bool(values["share"])
        if shares != card_edit.shares_history(desk, session, card):
            self._done(card_edit.share_history(desk, session, card, shares=shares))

    def _write_firm(self, card: CustomerId, values: Mapping[str, str]) -> None:
        desk, session = self._port.desk, self._port.session
        if values["inn"].strip() and values["inn"].strip() != customers.card(desk, session, card).inn:
            self._done(card_edit.set_inn(desk, session, card, values["inn"]))
        if values["who"].strip():
            person = self._person_named(values["who"])
            self._done(card_edit.link_person(desk, session, card, person, values["role"]))

    def _write_same(self, card: CustomerId, values: Mapping[str, str]) -> None:
        """Merge, or propose it where somebody else decides; a supervisor's merge is one that was proposed to him."""
        desk, session = self._port.desk, self._port.session
        other = self._person_named(values["who"])
        if may(session, Act.DECIDE_MERGE) or (
            may(session, Act.APPROVE_MERGE) and merging.is_proposed_by_another(desk, session, card, other)
        ):
            self._done(merging.merge(desk, session, card, other))
        else:
            self._done(merging.propose(desk, session, card, other))

    # ------------------------------------------------------------------------------------------------ inside

    def _drop_thing(self, card: CustomerId, key: str, id_: UUID) -> Outcome[Any]:
        told = key.startswith("thing:")
        return card_edit.drop_thing(
            self._port.desk, self._port.session, card, id_ if told else None, None if told else ProductId(id_)
        )

    def _item(self, code: str) -> tuple[ProductId, str] | None:
        if not code.strip():
            return None
        found = receipts.find_item(self._port.desk, code.strip())
        if len(found) != 1:
            raise Refusal("unknown_code", Text(N_("Nothing is known by «{code}»"), {"code": code.strip()[:40]}))
        return found[0].product_id, found[0].product_type

    def _person_named(self, text: str) -> CustomerId:
        looked = finding.look_up(self._port.desk, self._port.session, text, 2)
        found = looked.customers.customers
        if len(found) != 1:
            are_several = bool(found) or looked.listed_at_most is not None
            words = (
                N_("Several customers answer to «{text}»: write more.")
                if are_several
                else N_("Nobody answers to «{text}».")
            )
            raise Refusal("not_one", Text(words, {"text": text.strip()[:40]}))
        return found[0].id

    def _done(self, outcome: Outcome[Any]) -> None:
        self._announce(outcome.changes)

    def _moment(self, typed: str) -> int:
        return typed_moment(typed, self._port.desk.clock.now_ms(), self._port.utc_offset_minutes())

    def _say(self, message: str) -> str:
        return self._port.speaker.gettext(message)

    @property
    def _ru(self) -> bool:
        return self._port.speaker.language == "ru"

    def _when(self, at_ms: int) -> str:
        now = self._port.desk.clock.now_ms()
        return when(at_ms, now, self._port.speaker.language, self._port.utc_offset_minutes())

    def _day(self, at_ms: int) -> str:
        return day(at_ms, self._port.speaker.language, self._port.utc_offset_minutes())
