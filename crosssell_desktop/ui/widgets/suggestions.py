"""The suggestions at the right: what, for how much, what the customer gains, the proof, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedLayout, QWidget

from crosssell_desktop.domain.format import money
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import (
    REFUSAL_TITLES,
    Answer,
    SuggestionRow,
    SuggestionsPhase,
    SuggestionsState,
    WhyPoint,
)
from crosssell_desktop.presenters.suggestion_words import MOST_DETAIL
from crosssell_desktop.presenters.wording import joined
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
    mark,
)
from crosssell_desktop.ui.widgets.flow import Flow

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings

MOST_CARDS = 3


class NumberChip(Part):
    """The key of a suggestion as a filled square."""

    def __init__(self, at: Surroundings, number: int, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.number = number
        self.ink = "core"
        self.restyle()

    def restyle(self) -> None:
        """Follow the text scale."""
        self.setFixedSize(self.at.look.px(24), self.at.look.px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the square and its number."""
        look = self.at.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self.ink))
        painter.drawRoundedRect(self.rect(), look.px(4), look.px(4))
        painter.setPen(look.colour("surface"))
        painter.setFont(look.font(bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self.number))


class WhyPoints(Part):
    """The opened proof: a point under a point, each with its source in small letters."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._box = Column(at.look, (0, 4, 0, 4), 5)
        self._rows: list[tuple[QWidget, PlainLabel, PlainLabel]] = []
        self.setLayout(self._box)

    @property
    def texts(self) -> list[str]:
        """What is shown now, point by point."""
        return [text.full_text for row, text, _ in self._rows if not row.isHidden()]

    def show_points(self, points: tuple[WhyPoint, ...]) -> None:
        """Show these points."""
        while len(self._rows) < len(points):
            self._rows.append(self._row())
        for place, (row, text, source) in enumerate(self._rows):
            row.setVisible(place < len(points))
            if place < len(points):
                point = points[place]
                text.set_text(point.text)
                text.set_ink("" if point.tone == "plain" else ink_of(point.tone))
                source.set_text(point.source)
                source.setVisible(bool(point.source))

    def _row(self) -> tuple[QWidget, PlainLabel, PlainLabel]:
        at = self.at
        row = Part(at, self)
        line = Row(at.look, (0, 0, 0, 0), 6)
        words = Column(at.look, (0, 0, 0, 0), 0)
        text = PlainLabel(at, lines=8)
        source = PlainLabel(at, kind="caption", ink="muted", lines=3)
        words.addWidget(text)
        words.addWidget(source)
        line.addWidget(PlainLabel(at, "•", ink="muted", is_whole=True), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        row.setLayout(line)
        self._box.addWidget(row)
        return row, text, source


class SuggestionCard(Part):
    """One suggestion; answered, it folds to a line with the answer and undo.

    *Signals:* ``yes``, ``no`` (a reason is wanted), ``why`` and ``undo``, each with the suggestion's number.
    """

    yes = Signal(int)
    no = Signal(int)
    why = Signal(int)
    undo = Signal(int)

    def __init__(self, at: Surroundings, number: int, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="offer")
        self.number = number
        self.row: SuggestionRow | None = None
        self.is_open = False
        self.is_brief = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        whole = Column(at.look, (10, 5, 10, 4), 0)
        head = Row(at.look, (0, 0, 0, 0), 8)
        self.chip = NumberChip(at, number)
        self.name = PlainLabel(at, kind="strong", lines=2)
        self.price = PlainLabel(at, kind="strong", is_whole=True)
        self.price.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.name, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.price, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(head)
        self.body = QWidget(self)
        whole.addWidget(self.body)
        self._build_body()
        self.answered = QWidget(self)
        self._build_answered()
        whole.addWidget(self.answered)
        self.setLayout(whole)

    def _build_body(self) -> None:
        at = self.at
        box = Column(at.look, (32, 0, 0, 0), 0)
        self.benefit = PlainLabel(at, kind="strong", ink="ok", lines=2)
        self.proof = PlainLabel(at, ink="muted", lines=2)
        self.points = WhyPoints(at)
        self.fit = Chip(at, is_whole=True)
        self.relation = Chip(at, is_whole=True)
        self.stock = PlainLabel(at, kind="caption", ink="muted", is_whole=True)
        self.chips = Part(at)
        chips = Flow(at.look, gap=6)
        for chip in (self.fit, self.relation, self.stock):
            chips.addWidget(chip)
        self.chips.setLayout(chips)
        keys = Row(at.look, (0, 3, 0, 0), 6)
        self.yes_button = KeyButton(at)
        self.no_button = KeyButton(at)
        self.why_button = KeyButton(at, kind="quiet")
        self.yes_button.clicked.connect(self._say_yes)
        self.no_button.clicked.connect(self._say_no)
        self.why_button.clicked.connect(self._ask_why)
        keys.addWidget(self.yes_button)
        keys.addWidget(self.no_button)
        keys.addStretch(1)
        keys.addWidget(self.why_button)
        for part in (self.benefit, self.proof, self.points, self.chips):
            box.addWidget(part)
        whole = Column(at.look, (0, 0, 0, 0), 0)
        whole.addLayout(box)
        whole.addLayout(keys)
        self.body.setLayout(whole)

    def _build_answered(self) -> None:
        line = Row(self.at.look, (32, 0, 0, 0), 6)
        self.answer_icon = IconLabel(self.at, "check", "ok")
        self.answer = PlainLabel(self.at, lines=1)
        self.undo_button = KeyButton(self.at, kind="quiet", icon="undo", compact=True)
        self.undo_button.clicked.connect(self._ask_undo)
        line.addWidget(self.answer_icon)
        line.addWidget(self.answer, 1)
        line.addWidget(self.undo_button)
        self.answered.setLayout(line)

    def show_row(self, row: SuggestionRow, *, opened: bool, brief: bool = False) -> None:
        """Show a suggestion, with its proof opened or not; brief, only what it is and the keys."""
        self.row = row
        self.is_open = opened
        self.is_brief = brief
        self.relabel()

    def relabel(self) -> None:
        """Show the present suggestion in the present language."""
        row = self.row
        if row is None:
            return
        speech = self.at.speech
        self.name.set_text(row.name)
        self.price.set_text(money(row.price_minor, speech.language))
        asked = row.answer in {Answer.OPEN, Answer.UNDONE}
        mark(self, answer="" if asked else row.answer.value)
        self.chip.ink = "core" if asked else "muted"
        self.chip.update()
        self.body.setVisible(asked)
        self.answered.setVisible(not asked)
        self.setAccessibleName(f"{self.number}. {self.name.full_text}, {self.price.full_text}")
        if not asked:
            self._show_answer(row)
            return
        is_short = not self.is_open and not self.is_brief
        self.benefit.set_text(row.benefit)
        self.benefit.setVisible(bool(row.benefit) and is_short)
        self.proof.set_text(row.proof)
        self.proof.setVisible(bool(row.proof) and is_short)
        self.points.show_points(row.why if self.is_open else ())
        self.points.setVisible(self.is_open and bool(row.why))
        self.chips.setVisible(not self.is_brief)
        fit = speech.say(row.fit)
        detail = joined(fit, row.fit_detail) if 0 < len(row.fit_detail) <= MOST_DETAIL else fit
        self.fit.show_text(detail, row.fit_tone)
        self.fit.setVisible(bool(fit))
        relation = speech.say(row.relation) if row.relation.message else ""
        self.relation.show_text(relation, "core", "core")
        self.relation.setVisible(bool(relation))
        self.stock.set_text("" if row.stock is None else speech.say(row.stock))
        self.stock.setVisible(row.stock is not None)
        self.yes_button.show_words(self.say(N_("Yes")), f"Alt+{self.number}")
        self.no_button.show_words(self.say(N_("No…")), f"Alt+⇧+{self.number}".replace("⇧", "Shift"))
        self.why_button.show_words(self.say(N_("Why")), "Alt+0")

    def _show_answer(self, row: SuggestionRow) -> None:
        yes = row.answer is Answer.YES
        self.answer_icon.set_icon("check" if yes else "refusal", "ok" if yes else "muted")
        if yes:
            text = self.say(N_("Yes: added to the receipt"))
        elif row.reason is not None:
            text = self.say(N_("No: {reason}"), reason=self.say(REFUSAL_TITLES[row.reason]).lower())
        else:
            text = self.say(N_("No"))
        self.answer.set_text(text)
        self.answer.set_ink("ok" if yes else "muted")
        self.undo_button.show_words(self.say(N_("Undo")))

    def _say_yes(self) -> None:
        self.yes.emit(self.number)

    def _say_no(self) -> None:
        self.no.emit(self.number)

    def _ask_why(self) -> None:
        self.why.emit(self.number)

    def _ask_undo(self) -> None:
        self.undo.emit(self.number)


class Skeleton(Part):
    """A still drawing of three cards while the ranking runs; the same height as what will come."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw quiet bars."""
        look = self.at.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("sunken"))
        if look.scheme == "contrast":
            painter.setPen(look.colour("line"))
        card = look.px(160)
        for place in range(MOST_CARDS):
            top = place * (card + look.px(8)) + look.px(10)
            width = self.width() - look.px(24)
            for row, share in enumerate((0.7, 0.85, 0.6, 0.4)):
                left = look.px(12) if row == 0 else look.px(44)
                bar = QRect(left, top + row * look.px(28), round((width - left) * share), look.px(14))
                painter.drawRoundedRect(bar, look.px(4), look.px(4))


class SuggestionPanel(Part):
    """Everything about the periphery of the core.

    *Signals:* ``yes``, ``no``, ``why``, ``undo`` with the suggestion's number; ``confirm`` when «the core suits» is
    pressed in the locked panel.
    """

    yes = Signal(int)
    no = Signal(int)
    why = Signal(int)
    undo = Signal(int)
    confirm = Signal()

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="panel")
        self.state = SuggestionsState()
        self.opened = 0
        whole = Column(at.look, (12, 6, 12, 6), 4)
        head = Row(at.look, (0, 0, 0, 0), 8)
        self.title_icon = IconLabel(at, "core", "core")
        self.title = PlainLabel(at, kind="title")
        self.sum = PlainLabel(at, kind="caption", ink="muted")
        self.stale = Chip(at)
        head.addWidget(self.title_icon)
        head.addWidget(self.title, 1)
        head.addWidget(self.stale)
        head.addWidget(self.sum)
        whole.addLayout(head)
        self._stack = QStackedLayout()
        self.note = StateNote(at)
        self.confirm_button = KeyButton(at, kind="primary", key="F4")
        self.confirm_button.clicked.connect(self.confirm)
        page = QWidget(self)
        box = Column(at.look, (0, 0, 0, 8), 8)
        box.addWidget(self.note, 1)
        box.addWidget(self.confirm_button)
        page.setLayout(box)
        self._stack.addWidget(page)
        self.skeleton = Skeleton(at)
        self._stack.addWidget(self.skeleton)
        self._stack.addWidget(self._build_cards())
        whole.addLayout(self._stack, 1)
        self.setLayout(whole)
        self.relabel()

    def _build_cards(self) -> QWidget:
        at = self.at
        self.cards = [SuggestionCard(at, number) for number in range(1, MOST_CARDS + 1)]
        box = Column(at.look, (0, 0, 0, 0), 6)
        for button in (
            b for card in self.cards for b in (card.yes_button, card.no_button, card.why_button, card.undo_button)
        ):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for card in self.cards:
            card.yes.connect(self.yes)
            card.no.connect(self.no)
            card.why.connect(self.why)
            card.undo.connect(self.undo)
            box.addWidget(card)
        box.addStretch(1)
        inner = QWidget()
        inner.setLayout(box)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        self.without_rule = Rule()
        self.without = PlainLabel(at, lines=2)
        page = QWidget(self)
        outer = Column(at.look, (0, 0, 0, 0), 5)
        outer.addWidget(self.area, 1)
        outer.addWidget(self.without_rule)
        outer.addWidget(self.without)
        page.setLayout(outer)
        return page

    def show_state(self, state: SuggestionsState) -> None:
        """Show suggestions, or why there are none."""
        if state.rows != self.state.rows and [row.offer_id for row in state.rows] != [
            r.offer_id for r in self.state.rows
        ]:
            self.opened = 0
        self.state = state
        self.relabel()

    def open_why(self, number: int = 0) -> int:
        """Open or close the proof of a suggestion; without a number the next one; return which is open now."""
        numbers = [row.number for row in self.state.rows if row.answer in {Answer.OPEN, Answer.UNDONE}]
        if number:
            self.opened = 0 if self.opened == number else number
        elif numbers:
            later = [other for other in numbers if other > self.opened]
            self.opened = later[0] if later else 0
        self.relabel()
        return self.opened

    def card(self, number: int) -> SuggestionCard:
        """Return the card of a suggestion's number."""
        return self.cards[number - 1]

    def relabel(self) -> None:
        """Show the present state in the present language."""
        state = self.state
        self.title.set_text(self.say(N_("To the core")))
        self.setAccessibleName(self.say(N_("Suggestions")))
        self.stale.setVisible(state.stale)
        if state.stale:
            self.stale.show_text(self.say(N_("figures are old")), "warn", "clock")
        self.sum.set_text(money(state.total_minor, self.at.speech.language) if state.total_minor else "")
        self.confirm_button.setVisible(state.phase is SuggestionsPhase.LOCKED)
        self.confirm_button.show_words(self.say(N_("The core suits")), "F4")
        if state.phase is SuggestionsPhase.READY:
            self._show_rows()
            self._stack.setCurrentIndex(2)
        elif state.phase is SuggestionsPhase.LOADING:
            self._stack.setCurrentIndex(1)
        else:
            self._show_note()
            self._stack.setCurrentIndex(0)

    def _show_rows(self) -> None:
        state = self.state
        for card in self.cards:
            row = state.row(card.number)
            card.setVisible(row is not None)
            if row is not None:
                card.show_row(row, opened=self.opened == card.number, brief=self.opened not in {0, card.number})
        text = self.say(N_("Can do without: {text}"), text=state.without) if state.without else ""
        self.without.set_text(text)
        self.without.setVisible(bool(text))
        self.without_rule.setVisible(bool(text))

    def _show_note(self) -> None:
        state = self.state
        speech = self.at.speech
        told = " ".join(speech.say(reason) for reason in state.reasons)
        if state.phase is SuggestionsPhase.NO_CORE:
            self.note.show_note(
                "core",
                self.say(N_("First the core")),
                self.say(N_("What did the customer come for? Scan it, or make a line the core with F3.")),
                "core",
            )
        elif state.phase is SuggestionsPhase.LOCKED:
            self.note.show_note(
                "lock",
                self.say(N_("Opens after «The core suits»")),
                self.say(N_("First the customer agrees that the core suits. Only then what helps it.")),
                "core",
            )
        elif state.phase is SuggestionsPhase.HELD_OUT:
            self.note.show_note(
                "info",
                self.say(N_("No suggestions in this receipt")),
                self.say(N_("It is in the control share, so that the gain can be measured.")),
            )
        elif state.phase is SuggestionsPhase.TROUBLE:
            self.note.show_note(
                "warning",
                self.say(N_("Suggestions are not ready")),
                told or self.say(N_("The sale goes on without them.")),
                "warn",
            )
        else:
            self.note.show_note(
                "info",
                self.say(N_("Nothing to offer, honestly")),
                told or self.say(N_("Nothing here is proved to help this core.")),
            )
