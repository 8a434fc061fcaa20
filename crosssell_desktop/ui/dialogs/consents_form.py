"""What the customer allows: purposes by channel, the wording, and the acts that end everything by one tap."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QScrollArea, QStackedWidget, QWidget

from crosssell_desktop.domain.consents import (
    CHANNEL_WORDS,
    CHANNELS,
    FORM_WORDS,
    PURPOSE_WORDS,
    PURPOSES,
    REACHES_NOBODY,
)
from crosssell_desktop.domain.text import N_, NP_
from crosssell_desktop.presenters.wording import counted
from crosssell_desktop.ui.dialogs.forms import Form
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import Chip, KeyButton, Part, Picker, PlainLabel, Tick, unkeyed
from crosssell_desktop.ui.widgets.flow import Flow

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.domain.consents import Allowed
    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.presenters.consents import ConsentsState
    from crosssell_desktop.ui.surroundings import Surroundings

WIDTH_PX, HEIGHT_PX = 940, 520
WIDTH_AT_MOST_PX, HEIGHT_AT_MOST_PX = 1_340, 740
"""A counter's screen has 1366 by 768, whatever the text scale."""
STACK_ABOVE = 150
"""Above this text scale the acts stand above the purposes: beside them is no room, and an end must be in sight."""
DAYS = NP_("{n} day", "{n} days")


class ConsentsActions(Protocol):
    """What the dialog asks of its presenter."""

    state: ConsentsState
    state_changed: SignalInstance

    def open(self, customer_id: CustomerId) -> None:
        """Ask what a customer allows."""

    def save(self, allowed: Allowed, form: str) -> None:
        """Record what was ticked and unticked."""

    def withdraw_all(self) -> None:
        """Withdraw everything."""

    def set_no_contact(self, *, barred: bool) -> None:
        """Bar every contact, or lift the bar."""

    def set_restricted(self, *, restricted: bool) -> None:
        """Use the data for nothing, or use them again."""

    def ask_erasure(self, ground: str) -> None:
        """Record the wish to be erased."""


class ConsentsForm(Form):
    """The grid of consents with arrows and Space, Enter records; the acts at Alt+1..4; erasure asks once more.

    It closes when an act is recorded; the counter tells of it and takes it back by Ctrl+Z.
    """

    def __init__(self, at: Surroundings, presenter: ConsentsActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, width=480)
        self.presenter = presenter
        self._known: Allowed | None = None
        self.chips = {name: Chip(at) for name in ("no_contact", "erasure", "restricted", "care")}
        line = Row(at.look, (0, 0, 0, 0), 6)
        for chip in self.chips.values():
            line.addWidget(chip)
        line.addStretch(1)
        self.box.addLayout(line)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._build_grid())
        self.pages.addWidget(self._build_erasure())
        self.box.addWidget(self.pages, 1)
        self.finish()
        # The pages take the room that other forms leave empty above their buttons.
        self.box.setStretch(self.box.count() - 2, 0)
        self.resize(min(at.look.px(WIDTH_PX), WIDTH_AT_MOST_PX), min(at.look.px(HEIGHT_PX), HEIGHT_AT_MOST_PX))
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    # ---------------------------------------------------------------------------------------------- building

    def _build_grid(self) -> QWidget:
        at = self.at
        self.ticks: dict[tuple[str, str], Tick] = {}
        self.channels = {channel: PlainLabel(at, kind="caption", ink="muted", is_whole=True) for channel in CHANNELS}
        self.purposes = {purpose: PlainLabel(at, lines=2) for purpose in PURPOSES}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(at.look.px(10))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for column, label in enumerate(self.channels.values(), start=1):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(label, 0, column)
        for row, purpose in enumerate(PURPOSES, start=1):
            grid.addWidget(self.purposes[purpose], row, 0)
            for column, channel in enumerate(("",) if purpose in REACHES_NOBODY else CHANNELS, start=1):
                tick = Tick(at)
                tick.installEventFilter(self)
                self.ticks[purpose, channel] = tick
                grid.addWidget(tick, row, column, Qt.AlignmentFlag.AlignHCenter)
        self.wording_title = PlainLabel(at, kind="caption", ink="muted", lines=2)
        self.wording = PlainLabel(at, lines=6)
        self.last = PlainLabel(at, kind="caption", ink="muted", lines=2)
        left = Column(at.look, (2, 2, 2, 2), 6)
        left.addLayout(grid)
        left.addSpacing(at.look.px(6))
        for label in (self.wording_title, self.wording, self.last):
            left.addWidget(label)
        left.addStretch(1)
        inner = QWidget()
        is_stacked = at.look.scale > STACK_ABOVE
        both = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight, inner)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(at.look.px(8 if is_stacked else 20))
        form, acts = self._build_form(), self._build_acts()
        if is_stacked:
            ends = Part(at)
            flow = Flow(at.look, gap=8)
            for button in acts:
                flow.addWidget(button)
            ends.setLayout(flow)
            both.addWidget(ends)
            both.addLayout(left, 1)
            both.addLayout(form)
        else:
            form.addSpacing(at.look.px(8))
            for button in acts:
                form.addWidget(button)
            form.addStretch(1)
            both.addLayout(left, 1)
            both.addLayout(form)
        return _scrolled(inner)

    def _build_form(self) -> Column:
        at = self.at
        form = Column(at.look, (2, 2, 2, 2), 8)
        self.form_caption = PlainLabel(at, kind="caption", ink="muted")
        self.form = Picker(at)
        self.form.setFixedHeight(at.look.px(44))
        form.addWidget(self.form_caption)
        form.addWidget(self.form)
        return form

    def _build_acts(self) -> tuple[KeyButton, ...]:
        self.withdraw_button = self._act("Alt+1", self.presenter.withdraw_all)
        self.contact_button = self._act("Alt+2", self._turn_contact)
        self.restrict_button = self._act("Alt+3", self._turn_restriction)
        self.erase_button = self._act("Alt+4", self._ask_erasure)
        self.acts = {
            "Alt+1": self.withdraw_button,
            "Alt+2": self.contact_button,
            "Alt+3": self.restrict_button,
            "Alt+4": self.erase_button,
        }
        return tuple(self.acts.values())

    def _act(self, keys: str, work: Callable[[], None]) -> KeyButton:
        button = KeyButton(self.at, key=keys)
        button.left = True
        button.setAutoDefault(False)
        button.setShortcut(keys)
        button.clicked.connect(work)
        return button

    def _build_erasure(self) -> QWidget:
        at = self.at
        page = QWidget()
        box = Column(at.look, (2, 2, 2, 2), 8)
        self.erase_title = PlainLabel(at, kind="strong", lines=2)
        self.meaning = [PlainLabel(at, lines=3) for _ in range(4)]
        box.addWidget(self.erase_title)
        for label in self.meaning:
            box.addWidget(label)
        self.ground_caption = PlainLabel(at, kind="caption", ink="muted")
        self.ground = Picker(at)
        self.ground.setFixedHeight(at.look.px(44))
        box.addWidget(self.ground_caption)
        box.addWidget(self.ground)
        box.addStretch(1)
        page.setLayout(box)
        return _scrolled(page)

    # ---------------------------------------------------------------------------------------------- showing

    @property
    def is_asking(self) -> bool:
        """The page that tells what an erasure means is in front."""
        return self.pages.currentIndex() == 1

    def relabel(self) -> None:
        """Say the fixed words, then the state."""
        super().relabel()
        for channel, label in self.channels.items():
            label.set_text(self.say(CHANNEL_WORDS[channel]))
        for purpose, label in self.purposes.items():
            label.set_text(self.say(PURPOSE_WORDS[purpose]))
        for (purpose, channel), tick in self.ticks.items():
            parts = [self.say(PURPOSE_WORDS[purpose]), self.say(CHANNEL_WORDS[channel]) if channel else ""]
            tick.setAccessibleName(", ".join(part for part in parts if part))
        self.form_caption.set_text(self.say(N_("How the customer said it")))
        self.form.setAccessibleName(self.form_caption.full_text)
        chosen = self.form.currentData()
        self.form.clear()
        for key, words in FORM_WORDS.items():
            self.form.addItem(unkeyed(self.say(words)), key)
        self.form.setCurrentIndex(max(self.form.findData(chosen), 0))
        self.ground_caption.set_text(self.say(N_("Why")))
        self.ground.setAccessibleName(self.ground_caption.full_text)
        self.show_state(self.presenter.state)

    def show_state(self, state: ConsentsState) -> None:
        """Show what is allowed; what was ticked stays when an act was refused."""
        if state.is_done:
            self.accept()
            return
        self.title.set_text(state.name)
        self.setWindowTitle(state.name)
        if state.is_known and state.allowed != self._known:
            self._known = state.allowed
            for (purpose, channel), tick in self.ticks.items():
                channels = (channel,) if channel else CHANNELS
                tick.setChecked(any((purpose, of) in state.allowed for of in channels))
        self._show_chips(state)
        self._show_acts(state)
        self.show_trouble("" if state.trouble is None else self.at.speech.say(state.trouble))
        if self.ground.count() != len(state.grounds):
            self.ground.clear()
            for choice in state.grounds:
                self.ground.addItem(unkeyed(choice.title), choice.key)
        self._show_wording()

    def _show_chips(self, state: ConsentsState) -> None:
        erasure = "" if state.erasure is None else self.at.speech.say(state.erasure)
        shown = {
            "no_contact": (state.no_contact, self.say(N_("do not contact")), "bad", "refusal"),
            "erasure": (bool(erasure), erasure, "bad", "trash"),
            "restricted": (state.is_restricted, self.say(N_("data kept, not used")), "warn", "lock"),
            "care": (state.care_mode, self.say(N_("care mode")), "warn", "care"),
        }
        for name, (is_so, words, tone, icon) in shown.items():
            self.chips[name].setVisible(is_so)
            self.chips[name].show_text(words, tone, icon)

    def _show_acts(self, state: ConsentsState) -> None:
        writes = state.is_known and not state.is_busy
        for tick in self.ticks.values():
            tick.setEnabled(writes and state.may_allow)
        for control in (self.form, self.form_caption, self.withdraw_button):
            control.setVisible(state.may_record)
        self.contact_button.setVisible(state.may_allow or (state.may_record and not state.no_contact))
        self.restrict_button.setVisible(state.may_restrict)
        self.erase_button.setVisible(state.may_ask_erasure)
        self.withdraw_button.show_words(self.say(N_("Withdraw everything")), "Alt+1")
        self.contact_button.show_words(
            self.say(N_("May be contacted again")) if state.no_contact else self.say(N_("Do not contact at all")),
            "Alt+2",
        )
        self.restrict_button.show_words(
            self.say(N_("Use the data again"))
            if state.is_restricted
            else self.say(N_("Keep the data, use for nothing")),
            "Alt+3",
        )
        self.erase_button.show_words(self.say(N_("Wishes to be erased…")), "Alt+4")
        for button in self.acts.values():
            button.setEnabled(writes)
        self._show_buttons(state)

    def _show_buttons(self, state: ConsentsState) -> None:
        self.ok.setVisible(state.may_ask_erasure if self.is_asking else state.may_record)
        self.ok.setEnabled(state.is_known and not state.is_busy)
        self.ok.show_words(self.say(N_("Record the wish")) if self.is_asking else self.say(N_("Record")), "Enter")
        self.cancel.show_words(self.say(N_("Back")) if self.is_asking else self.say(N_("Close")), "Esc")
        days = counted(self.at.speech, DAYS, state.erase_days)
        self.erase_title.set_text(self.say(N_("The customer wishes to be erased")))
        meaning = (
            N_("At once: every consent ends and nobody contacts the customer, at all counters after their exchange."),
            N_("A manager approves it, then name, contacts, notes and needs are erased everywhere within {days}."),
            N_("Purchases stay in the reports without the person; no list that is imported brings the person back."),
            N_("This key does not take it back: until it is approved, a manager can refuse it."),
        )
        for label, words in zip(self.meaning, meaning, strict=True):
            label.set_text(self.say(words, days=days))

    def _show_wording(self) -> None:
        state = self.presenter.state
        focused = next((purpose for (purpose, _), tick in self.ticks.items() if tick.hasFocus()), self._purpose)
        self._purpose = focused
        self.wording_title.set_text(
            self.say(N_("What the customer agrees to: {purpose}"), purpose=self.say(PURPOSE_WORDS[focused]))
        )
        self.wording.set_text(state.wordings.get(focused, ""))
        last = state.last.get(focused, "")
        self.last.set_text(self.say(N_("last word: {word}"), word=last) if last else self.say(N_("never asked")))

    _purpose = PURPOSES[0]

    # ----------------------------------------------------------------------------------------------- acting

    def allowed(self) -> Allowed:
        """Return what is ticked, by purpose and channel."""
        return frozenset(
            (purpose, of)
            for (purpose, channel), tick in self.ticks.items()
            if tick.isChecked()
            for of in ((channel,) if channel else CHANNELS)
        )

    def submit(self) -> None:
        """Record what stands in front: the ticks, or the wish to be erased."""
        if not self.ok.isEnabled() or self.ok.isHidden():
            return
        if self.is_asking:
            self.presenter.ask_erasure(str(self.ground.currentData() or ""))
        else:
            self.presenter.save(self.allowed(), str(self.form.currentData()))

    def reject(self) -> None:
        """Go back from the page of erasure; else close."""
        if self.is_asking:
            self._turn(0)
            return
        super().reject()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the wording of the purpose in focus; arrows walk the grid."""
        if event.type() == QEvent.Type.FocusIn:
            self._purpose = next(purpose for (purpose, _), tick in self.ticks.items() if tick is watched)
            self._show_wording()
        elif event.type() == QEvent.Type.KeyPress and self._walk(watched, event):  # type: ignore[arg-type]  # a key
            return True
        return super().eventFilter(watched, event)

    def _walk(self, watched: QObject, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return False
        rows = [[key for key in self.ticks if key[0] == purpose] for purpose in PURPOSES]
        row, column = next(
            (r, c) for r, keys in enumerate(rows) for c, key in enumerate(keys) if self.ticks[key] is watched
        )
        keys = rows[(row + step[0]) % len(rows)]
        self.ticks[keys[(min(column, len(keys) - 1) + step[1]) % len(keys)]].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _turn_contact(self) -> None:
        self.presenter.set_no_contact(barred=not self.presenter.state.no_contact)

    def _turn_restriction(self) -> None:
        self.presenter.set_restricted(restricted=not self.presenter.state.is_restricted)

    def _ask_erasure(self) -> None:
        self._turn(1)
        self.ground.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self._show_buttons(self.presenter.state)
        if page == 0:
            next(iter(self.ticks.values())).setFocus(Qt.FocusReason.OtherFocusReason)


def _scrolled(page: QWidget) -> QScrollArea:
    """Return a page that scrolls where the text is larger than the screen of a counter."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
