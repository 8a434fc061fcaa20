"""Carries out what the dialog of consents asks, for the person who is logged in at the counter's port."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crosssell_desktop.domain.access import Act, may
from crosssell_desktop.domain.consents import CONTACT, FORM_WORDS, Said
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.consents import ConsentsState
from crosssell_desktop.presenters.state import Choice
from crosssell_desktop.presenters.wording import joined, when
from crosssell_desktop.services import consents, customers, erasure, staff

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.domain.outcome import Change, Outcome
    from crosssell_desktop.presenters.desk_port import DeskPort

STATES = {"given": N_("given"), "withdrawn": N_("withdrawn")}


class DeskConsentsPort:
    """Calls the services with the session of the counter's port, and says what is there in the screen's language."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce

    def state(self, customer_id: CustomerId) -> ConsentsState:
        """Return what the customer allows, as far as the level may see the card."""
        desk, session = self._port.desk, self._port.session
        card = customers.card(desk, session, customer_id)
        now = consents.standing(desk, session, customer_id)
        speaker = self._port.speaker
        names = staff.names_by_uuid(desk)
        asked = now.erasure_asked_at
        return ConsentsState(
            customer_id,
            card.display_name,
            is_known=True,
            allowed=now.allowed,
            no_contact=now.no_contact,
            is_restricted=now.restricted,
            care_mode=card.care_until > desk.clock.now_ms(),
            erasure=None if asked is None else Text(N_("wishes to be erased, {when}"), {"when": self._when(asked)}),
            # What the customer agrees to is Russian by law; the translation stands below it.
            wordings={
                one.purpose: one.ru if speaker.language == "ru" else f"{one.ru} / {one.en}" for one in now.wordings
            },
            last={
                word.purpose: joined(
                    speaker.gettext(STATES.get(word.state, word.state)),
                    speaker.gettext(FORM_WORDS.get(word.form, word.form)),
                    names.get(word.person_id, ""),
                    self._when(word.at),
                )
                for word in now.last_words
                if word.purpose != CONTACT
            },
            grounds=tuple(Choice(key, speaker.gettext(words)) for key, words in erasure.GROUNDS.items()),
            erase_days=erasure.term_days(desk),
            may_record=may(session, Act.RECORD_CONSENT),
            may_allow=may(session, Act.RECORD_CONSENT)
            and asked is None
            and (not now.restricted or may(session, Act.RESTRICT_PROCESSING)),
            may_restrict=may(session, Act.RESTRICT_PROCESSING),
            may_ask_erasure=may(session, Act.ASK_ERASURE) and asked is None,
        )

    def record(self, customer_id: CustomerId, words: tuple[Said, ...], form: str) -> None:
        """Record several words in one act."""
        self._done(consents.record_all(self._port.desk, self._port.session, customer_id, words, form=form))

    def withdraw_all(self, customer_id: CustomerId) -> None:
        """Withdraw everything."""
        self._done(consents.withdraw_all(self._port.desk, self._port.session, customer_id))

    def set_no_contact(self, customer_id: CustomerId, *, barred: bool) -> None:
        """Bar every contact, or lift the bar."""
        self._done(consents.set_no_contact(self._port.desk, self._port.session, customer_id, barred=barred))

    def set_restricted(self, customer_id: CustomerId, *, restricted: bool) -> None:
        """Use the data for nothing, or use them again."""
        self._done(consents.set_restricted(self._port.desk, self._port.session, customer_id, restricted=restricted))

    def ask_erasure(self, customer_id: CustomerId, ground: str) -> None:
        """Record the wish to be erased."""
        self._done(erasure.ask(self._port.desk, self._port.session, customer_id, ground))

    def _done(self, outcome: Outcome[Any]) -> None:
        self._announce(outcome.changes)

    def _when(self, at_ms: int) -> str:
        now = self._port.desk.clock.now_ms()
        return when(at_ms, now, self._port.speaker.language, self._port.utc_offset_minutes())
