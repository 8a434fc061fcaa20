"""The customer's card at the left: who he is first, then what he needs, refused, owns and was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.commands import command
from crosssell_desktop.presenters.state import CardAct, CardItem, CardList, CustomerCard, Note
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import (
    Chip,
    IconLabel,
    KeyButton,
    Part,
    PlainLabel,
    Rule,
    StateNote,
    ink_of,
    plain,
    tooltip,
)

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings

SHOWN = {
    "lost": 1, "alerts": 1, "needs": 2, "refusals": 1, "promises": 1, "forecast": 0, "owns": 1, "purchases": 1,
    "events": 0, "household": 0, "perks": 0,
}  # fmt: skip
"""Rows of each list that are shown in any case; the count tells how many there are."""
ROOM_GOES_TO = (
    "alerts", "refusals", "purchases", "needs", "promises", "forecast", "owns", "events", "household", "perks",
)  # fmt: skip
"""Which lists get the room that is left, a row each in turn: what protects the customer first."""
ONLY_WHEN_THERE = ("lost", "alerts", "forecast", "events", "household")
"""Lists that take no room while there is nothing to say: most cards have none of them."""
INDENT_PX = 28
COMMANDS_OF = {CardAct.REVEAL: "reveal", CardAct.EDIT: "edit_card", CardAct.CONSENTS: "consents"}
ACT_WORDS = {CardAct.REVEAL: N_("Contact"), CardAct.EDIT: N_("Edit"), CardAct.CONSENTS: N_("Consents")}
LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("lost", "warning", N_("Changed twice"), "warn"),
    ("alerts", "warning", N_("Warnings"), "bad"),
    ("needs", "need", N_("Needs"), "accent"),
    ("refusals", "refusal", N_("Said no to"), "muted"),
    ("promises", "promise", N_("Promises"), "muted"),
    ("forecast", "search", N_("Next visit"), "muted"),
    ("owns", "owns", N_("Owns"), "muted"),
    ("purchases", "history", N_("Purchases"), "muted"),
    ("events", "clock", N_("Events"), "muted"),
    ("household", "people", N_("Household"), "muted"),
    ("perks", "perk", N_("Perks"), "muted"),
)


class NoteBlock(Part):
    """One of the three blocks of remarks: heading, text, author and date."""

    def __init__(self, at: Surroundings, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._heading = heading
        box = Column(at.look, (0, 0, 0, 0), 0)
        top = Row(at.look, (0, 0, 0, 0), 8)
        self.heading = PlainLabel(at, kind="caption", ink="muted")
        self.source = PlainLabel(at, kind="caption", ink="muted")
        self.source.setAlignment(Qt.AlignmentFlag.AlignRight)
        top.addWidget(self.heading)
        top.addWidget(self.source, 1)
        self.body = PlainLabel(at, lines=2)
        box.addLayout(top)
        box.addWidget(self.body)
        self.setLayout(box)

    def show_note(self, note: Note | None, now_ms: int) -> None:
        """Show a remark, or that nobody wrote one, in one line."""
        self.heading.set_text(self.say(self._heading))
        self.body.setVisible(note is not None)
        if note is None:
            self.source.set_text(self.say(N_("not noted yet")))
            return
        self.body.set_text(note.text)
        told = (
            "" if note.at_ms is None else when(note.at_ms, now_ms, self.at.speech.language, self.at.utc_offset_minutes)
        )
        self.source.set_text(", ".join(part for part in (note.author, told) if part))


class CardRow(Part):
    """One row of a list: title at the left, remark or date at the right; a long remark goes below the title."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        box = Column(at.look, (INDENT_PX, 0, 0, 0), 0)
        first = Row(at.look, (0, 0, 0, 0), 8)
        self.title = PlainLabel(at)
        self.beside = PlainLabel(at, kind="caption", ink="muted")
        self.beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.below = PlainLabel(at, kind="caption", ink="muted")
        first.addWidget(self.title, 1)
        first.addWidget(self.beside)
        box.addLayout(first)
        box.addWidget(self.below)
        self.setLayout(box)

    @property
    def remark(self) -> PlainLabel:
        """The label that holds the remark now."""
        return self.below if self.beside.isHidden() else self.beside

    def show_row(self, row: ReadyRow) -> None:
        """Show one row as it was made ready."""
        self.title.set_text(row.title)
        self.beside.setVisible(not row.is_tall)
        self.below.setVisible(row.is_tall)
        self.remark.set_text(row.remark)
        self.remark.set_ink(row.ink)


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A row in words, measured: tall when its remark has a line of its own."""

    title: str
    remark: str
    ink: str
    is_tall: bool


class CardSection(Part):
    """A list with its icon, name, count and as many rows as it is given."""

    def __init__(self, at: Surroundings, icon: str, title: str, ink: str, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._title = title
        self._ink = ink
        self._box = Column(at.look, (0, 0, 0, 0), 1)
        head = Row(at.look, (0, 0, 0, 0), 8)
        self.icon = IconLabel(at, icon, ink)
        self._icon_name = icon
        self.title = PlainLabel(at, kind="strong", is_whole=True)
        self.count = PlainLabel(at, kind="strong", is_whole=True)
        self.alert = Chip(at, is_whole=True)
        self.alert.hide()
        head.addWidget(self.icon)
        head.addWidget(self.title)
        self.first = PlainLabel(at, kind="caption", ink="muted")
        self.first.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.first, 1)
        head.addWidget(self.alert)
        head.addWidget(self.count)
        self._box.addLayout(head)
        self.ready: tuple[ReadyRow, ...] = ()
        self.rows: list[CardRow] = []
        self.shown = 0
        self.setLayout(self._box)

    def show_list(self, items: CardList, now_ms: int, width: int) -> None:
        """Show the count, and make the rows ready for a width; an empty list is a quiet 0."""
        self.title.set_text(self.say(self._title))
        self.title.set_ink("" if items.count else "muted")
        self.count.set_text(str(items.count))
        self.count.set_ink("" if items.count else "muted")
        self.icon.set_icon(self._icon_name, self._ink if items.count else "muted")
        self.alert.setVisible(items.alert)
        if items.alert:
            self.alert.show_text(self.say(N_("overdue")), "bad", "warning")
        self.ready = tuple(self._made_ready(item, now_ms, width) for item in items.items)

    def _made_ready(self, item: CardItem, now_ms: int, width: int) -> ReadyRow:
        parts = [item.remark]
        if item.is_guess:
            parts.insert(0, self.say(N_("supposed")))
        if item.at_ms is not None:
            parts.append(when(item.at_ms, now_ms, self.at.speech.language, self.at.utc_offset_minutes))
        remark = ", ".join(part for part in parts if part)
        look = self.at.look
        need = look.metrics().horizontalAdvance(plain(item.title)) + look.px(8)
        need += look.metrics("caption").horizontalAdvance(plain(remark))
        is_tall = bool(item.remark) and need > width - look.px(INDENT_PX)
        return ReadyRow(item.title, remark, ink_of(item.tone), is_tall)

    def height_of(self, place: int) -> int:
        """Return the height of a row that is not shown yet, its gap included; 0 when there is no such row."""
        if place >= len(self.ready):
            return 0
        look = self.at.look
        lines = look.metrics().lineSpacing()
        return lines + look.px(1) + (look.metrics("caption").lineSpacing() if self.ready[place].is_tall else 0)

    def show_rows(self, number: int) -> None:
        """Show the first rows, not more than there are."""
        self.shown = min(number, len(self.ready))
        while len(self.rows) < self.shown:
            row = CardRow(self.at, self)
            self.rows.append(row)
            self._box.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < self.shown)
            if place < self.shown:
                row.setFixedHeight(self.height_of(place) - self.at.look.px(1))
                row.show_row(self.ready[place])
        self.first.set_text(self.ready[0].title if self.ready and not self.shown else "")
        self._box.invalidate()
        self.updateGeometry()


class WholeRows(QScrollArea):
    """A scrolled area that ends between two rows: half a line at the edge reads as a fault."""

    def end_between(self, edges: Iterable[tuple[int, int]]) -> None:
        """Give up what would show only a part of something; ``edges`` are tops and bottoms of what is inside."""
        self.setViewportMargins(0, 0, 0, 0)
        room = self.height()
        inner = self.widget()
        if inner is None or inner.height() <= room:
            return
        cut = [top for top, bottom in edges if top < room < bottom]
        self.setViewportMargins(0, 0, 0, room - min(cut, default=room))


class CustomerPanel(Part):
    """The whole card; without a customer it says how to find one.

    *Signals:* ``asked(command id)`` from the buttons on the card.
    """

    asked = Signal(str)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="panel")
        self.card: CustomerCard | None = None
        self._now_ms = 0
        self.setAccessibleName("customer")
        self._stack = QStackedLayout()
        self.empty = StateNote(at, self)
        self.find_button = KeyButton(at, key="F2", icon="customer", compact=True)
        empty_page = QWidget(self)
        page = Column(at.look, (12, 0, 12, 16), 8)
        page.addWidget(self.empty, 1)
        page.addWidget(self.find_button)
        empty_page.setLayout(page)
        self._stack.addWidget(empty_page)
        self._stack.addWidget(self._build_card())
        self.setLayout(self._stack)
        self.relabel()

    def _build_card(self) -> QWidget:
        at = self.at
        self.name = PlainLabel(at, kind="title", lines=2)
        self.phone = PlainLabel(at, ink="muted")
        self.consent = Chip(at)
        self.care = Chip(at)
        self.stale = Chip(at)
        self.who = NoteBlock(at, N_("Who"))
        self.traits = NoteBlock(at, N_("Traits"))
        self.how = NoteBlock(at, N_("How to work"))
        self.sections = {name: CardSection(at, icon, title, ink) for name, icon, title, ink in LISTS}
        self.channel_icon = IconLabel(at, "channel", "muted")
        self.channel = PlainLabel(at, lines=2)
        self.fresh = PlainLabel(at, kind="caption", ink="muted")
        self.restricted = Chip(at)
        self.reveal_button = KeyButton(at, kind="quiet", compact=True)
        self.edit_button = KeyButton(at, compact=True)
        self.consents_button = KeyButton(at, compact=True)
        self._buttons = {
            CardAct.REVEAL: self.reveal_button,
            CardAct.EDIT: self.edit_button,
            CardAct.CONSENTS: self.consents_button,
        }
        for button in self._buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._press)
        head = self._build_head()
        body = self._body = Column(at.look, (12, 4, 12, 0), 5)
        for block in (self.who, self.traits, self.how):
            body.addWidget(block)
        body.addWidget(Rule())
        for section in self.sections.values():
            body.addWidget(section)
        way = Row(at.look, (0, 0, 0, 0), 8)
        way.addWidget(self.channel_icon)
        way.addWidget(self.channel, 1)
        body.addLayout(way)
        body.addStretch(1)
        inner = QWidget()
        inner.setLayout(body)
        self.area = WholeRows()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        whole = Column(at.look, (0, 0, 0, 0), 0)
        whole.addLayout(head)
        whole.addWidget(Rule())
        whole.addWidget(self.area, 1)
        whole.addLayout(self._build_foot())
        page = QWidget(self)
        page.setLayout(whole)
        return page

    def _build_head(self) -> Column:
        at = self.at
        head = Column(at.look, (12, 8, 12, 4), 2)
        head.addWidget(self.name)
        line = Row(at.look, (0, 0, 0, 0), 6)
        line.addWidget(self.phone)
        line.addStretch(1)
        line.addWidget(self.consent)
        head.addLayout(line)
        chips = Row(at.look, (0, 0, 0, 0), 6)
        for chip in (self.care, self.restricted, self.stale):
            chips.addWidget(chip)
        chips.addStretch(1)
        head.addLayout(chips)
        return head

    def _build_foot(self) -> Column:
        foot = Column(self.at.look, (12, 2, 12, 4), 2)
        first = Row(self.at.look, (0, 0, 0, 0), 4)
        first.addWidget(self.fresh, 1)
        first.addWidget(self.reveal_button)
        foot.addLayout(first)
        buttons = Row(self.at.look, (0, 0, 0, 0), 8)
        buttons.addWidget(self.consents_button, 1)
        buttons.addWidget(self.edit_button, 1)
        foot.addLayout(buttons)
        return foot

    def _press(self) -> None:
        act = next(act for act, button in self._buttons.items() if button is self.sender())
        self.asked.emit(COMMANDS_OF[act])

    def show_card(self, card: CustomerCard | None, now_ms: int) -> None:
        """Show a customer, or the way to one."""
        self.card = card
        self._now_ms = now_ms
        self.relabel()

    def relabel(self) -> None:
        """Show the present card in the present language."""
        self.find_button.show_words(self.say(N_("Find or add")), "F2")
        for act, button in self._buttons.items():
            key = command(COMMANDS_OF[act]).keys[0]
            button.show_words(self.say(ACT_WORDS[act]), key)
            button.setToolTip(tooltip(self.at.speech.say(command(COMMANDS_OF[act]).title)))
        card = self.card
        self.setAccessibleName(self.say(N_("Customer")) if card is None else card.name)
        if card is None:
            self.empty.show_note(
                "customer",
                self.say(N_("No customer yet")),
                self.say(N_("Scan a card, or type a phone tail or a name. An anonymous sale is possible too.")),
            )
            self._stack.setCurrentIndex(0)
            return
        if card.is_locked:
            self.empty.show_note(
                "lock",
                self.say(N_("Personal data are locked")),
                self.say(N_("There was no exchange with the centre for too long. The next one unlocks the card.")),
                "warn",
            )
            self._stack.setCurrentIndex(0)
            return
        self._show(card)
        self._stack.setCurrentIndex(1)

    def _show(self, card: CustomerCard) -> None:
        now = self._now_ms
        self.name.set_text(card.name)
        self.phone.set_text(card.phone_masked or self.say(N_("no phone")))
        self._show_consent(card)
        self.care.setVisible(card.care_mode)
        if card.care_mode:
            self.care.show_text(self.say(N_("care mode")), "warn", "care")
        self.restricted.setVisible(card.is_restricted)
        if card.is_restricted:
            self.restricted.show_text(self.say(N_("data kept, not used")), "warn", "lock")
        for act, button in self._buttons.items():
            button.setVisible(act in card.acts)
        self.stale.setVisible(card.is_stale)
        if card.is_stale:
            self.stale.show_text(self.say(N_("may be old")), "warn", "clock")
        self.who.show_note(card.who, now)
        self.traits.show_note(card.traits, now)
        self.how.show_note(card.how_to_work, now)
        width = self._text_width()
        for name, section in self.sections.items():
            section.show_list(getattr(card, name), now, width)
        for name in ONLY_WHEN_THERE:
            self.sections[name].setVisible(bool(getattr(card, name).items))
        self.channel.set_text(card.channel or self.say(N_("No preferred channel")))
        self.channel.set_ink("" if card.channel else "muted")
        if card.fresh_at_ms is None:
            self.fresh.set_text(self.say(N_("Known at this counter only")))
        else:
            told = when(card.fresh_at_ms, now, self.at.speech.language, self.at.utc_offset_minutes)
            self.fresh.set_text(self.say(N_("As the centre knew at {time}"), time=told))
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room among the lists."""
        super().resizeEvent(event)
        if self.card is not None and not self.card.is_locked:
            self._show(self.card)

    def _text_width(self) -> int:
        width = self.width() if self.width() > 0 else self.at.look.px(320)
        return width - self.at.look.px(2 * 12)

    def _share_room(self) -> None:
        """Give every list its first rows, and what room is left to the lists in turn, as long as a row fits."""
        for name, section in self.sections.items():
            section.show_rows(SHOWN[name])
        page = self._stack.widget(1)
        layout = None if page is None else page.layout()
        if layout is None:
            return
        for block in (self.who, self.traits, self.how):
            block.updateGeometry()
        self._body.invalidate()
        layout.invalidate()
        width = max(self.width(), 1)
        head = sum(
            item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            for place in range(layout.count())
            if (item := layout.itemAt(place)) is not None and item.widget() is not self.area
        )
        spare = self.height() - 2 - head - self._body.heightForWidth(width)
        given = True
        while given:
            given = False
            for name in ROOM_GOES_TO:
                section = self.sections[name]
                need = section.height_of(section.shown)
                if 0 < need <= spare:
                    section.show_rows(section.shown + 1)
                    spare -= need
                    given = True
        QTimer.singleShot(0, self, self._end_between_rows)

    def _end_between_rows(self) -> None:
        """Let the scrolled part end between two rows, once they have their places."""
        inner = self.area.widget()
        if self.card is None or inner is None:
            return
        parts: list[QWidget] = [self.who, self.traits, self.how, self.channel]
        for section in self.sections.values():
            parts += [section.title, *section.rows]
        places = [(part, part.mapTo(inner, QPoint(0, 0)).y()) for part in parts if part.isVisible()]
        self.area.end_between((top, top + part.height()) for part, top in places)

    def _show_consent(self, card: CustomerCard) -> None:
        if card.consents.do_not_contact:
            self.consent.show_text(self.say(N_("do not contact")), "bad", "refusal")
        elif card.consents.marketing:
            self.consent.show_text(self.say(N_("may be written to")), "ok", "check")
        elif card.consents.service or card.consents.loyalty:
            self.consent.show_text(self.say(N_("service only")), "plain", "lock")
        else:
            self.consent.show_text(self.say(N_("no consent")), "warn", "lock")
