"""The Office's page of product events: what stands on the cards of owners, and what is to be said of a product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.context import EVENTS, OF_A_PRODUCT
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Choice, Message, Tone
from crosssell_desktop.services import card_edit, product_events

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort

KINDS: dict[str, str] = {kind: words for kind, words in EVENTS.items() if kind in OF_A_PRODUCT}
WORDS: dict[str, str] = {str(kind): words for kind, words in EVENTS.items()}
RECORDED = Text(
    N_("Recorded. Whoever owns the product has the warning on the card, at all counters after an exchange.")
)
ENDED = Text(N_("Taken off the cards."))


@dataclass(frozen=True, slots=True)
class ProductEventLine:
    """One event of a product; ``at_ms`` is UTC ms."""

    event_id: UUID
    at_ms: int
    product: str
    kind: Text
    impact: str
    told_by: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ProductEventsState:
    """The whole page; ``found`` are the products that answer to ``typed``, each by its id."""

    lines: tuple[ProductEventLine, ...] = ()
    typed: str = ""
    found: tuple[Choice, ...] = ()
    now_ms: int = 0
    is_loading: bool = True
    is_busy: bool = False
    recorded: int = 0
    """How often something was recorded: the form begins anew when it grows."""
    trouble: Text | None = None


class ProductEventsPort(Protocol):
    """What the page asks of the counter."""

    def look(self) -> ProductEventsState:
        """Return what stands on the cards."""

    def find(self, text: str) -> tuple[Choice, ...]:
        """Return the products a text may mean."""

    def record(self, product: str, event: str, impact: str) -> ProductEventsState:
        """Say something of a product; return what stands on the cards then."""

    def end(self, event_id: UUID) -> ProductEventsState:
        """Take an event off the cards; return what stands there then."""


class OfficeProductEventsPort:
    """Calls the services with the session of the counter's port."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce

    def look(self) -> ProductEventsState:
        """Return what stands on the cards."""
        desk = self._port.desk
        ru = self._port.speaker.language == "ru"
        return ProductEventsState(
            lines=tuple(
                ProductEventLine(
                    one.id,
                    one.at,
                    _named(one.sku, one.name_ru if ru else one.name_en),
                    Text(WORDS.get(one.type, one.type)),
                    one.impact,
                    one.told_by,
                    "bad" if one.type == "recall" else "warn",
                )
                for one in product_events.standing(desk, self._port.session)
            ),
            now_ms=desk.clock.now_ms(),
            is_loading=False,
        )

    def find(self, text: str) -> tuple[Choice, ...]:
        """Return the products a text may mean."""
        ru = self._port.speaker.language == "ru"
        found = product_events.products(self._port.desk, self._port.session, text)
        return tuple(Choice(str(one.id), _named(one.sku, one.name_ru if ru else one.name_en)) for one in found)

    def record(self, product: str, event: str, impact: str) -> ProductEventsState:
        """Say something of a product; return what stands on the cards then."""
        said = card_edit.record_event(
            self._port.desk,
            self._port.session,
            event=event,
            impact=impact,
            product_id=ProductId(UUID(product)),
        )
        self._announce(said.changes)
        return self.look()

    def end(self, event_id: UUID) -> ProductEventsState:
        """Take an event off the cards; return what stands there then."""
        self._announce(card_edit.end_event(self._port.desk, self._port.session, event_id).changes)
        return self.look()


def _named(sku: str, name: str) -> str:
    return " · ".join(part for part in (name, sku) if part)


class ProductEventsPresenter(QObject):
    """What is said of products.

    *Signals:* ``state_changed(ProductEventsState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: ProductEventsPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = ProductEventsState()

    @Slot()
    def refresh(self) -> None:
        """Ask what stands on the cards."""
        self._lanes.read("product_events", self._port.look, self._looked, self._wrong)

    @Slot(str)
    def search(self, text: str) -> None:
        """Look for the product that is meant; the answer to an earlier text is dropped."""
        typed = text.strip()
        if typed == self.state.typed:
            return
        self._have(replace(self.state, typed=typed, found=()))
        if typed:
            self._lanes.read("product_events.find", lambda: (typed, self._port.find(typed)), self._found, self._wrong)

    def record(self, product: str, event: str, impact: str) -> None:
        """Say something of a product; a second key before the answer does nothing."""
        if not self.state.is_busy:
            self._have(replace(self.state, is_busy=True, trouble=None))
            self._lanes.write(lambda: self._port.record(product, event, impact), self._recorded, self._wrong)

    def end(self, event_id: UUID) -> None:
        """Take an event off the cards."""
        if not self.state.is_busy:
            self._have(replace(self.state, is_busy=True, trouble=None))
            self._lanes.write(lambda: self._port.end(event_id), self._ended, self._wrong)

    def _have(self, state: ProductEventsState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _looked(self, state: ProductEventsState) -> None:
        # What is being looked for, and what was refused, is not of this answer.
        self._have(replace(self.state, lines=state.lines, now_ms=state.now_ms, is_loading=False))

    def _found(self, answer: tuple[str, tuple[Choice, ...]]) -> None:
        typed, found = answer
        if typed == self.state.typed:
            self._have(replace(self.state, found=found))

    def _recorded(self, state: ProductEventsState) -> None:
        self._have(replace(state, recorded=self.state.recorded + 1))
        self.told.emit(Message(RECORDED, "ok"))

    def _ended(self, state: ProductEventsState) -> None:
        self._have(replace(self.state, lines=state.lines, now_ms=state.now_ms, is_busy=False))
        self.told.emit(Message(ENDED, "ok"))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, is_loading=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
