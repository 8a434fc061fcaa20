"""The narrow strips: sellers above the sum, steps of the talk, the centre at the bottom, the shift at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from crosssell_desktop.domain.format import time_of_day
from crosssell_desktop.domain.text import N_, NP_
from crosssell_desktop.presenters.state import FlowStep, SellersStrip, ShiftHeader, SyncStrip
from crosssell_desktop.presenters.wording import counted, joined, when
from crosssell_desktop.ui.theme import Row
from crosssell_desktop.ui.widgets.basics import Chip, IconLabel, Part, PlainLabel, ink_of, tooltip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.ui.surroundings import Surroundings

STEP_TITLES = {
    FlowStep.CUSTOMER: N_("Customer"),
    FlowStep.CORE: N_("Core"),
    FlowStep.CONFIRMED: N_("Suits"),
    FlowStep.OFFERS: N_("Offers"),
    FlowStep.DONE: N_("Done"),
}
MOST_NAME_PX = 240
"""A long name of a person must not push the field away."""
UNSENT = NP_("{n} not sent", "{n} not sent")
SET_ASIDE = NP_("{n} set aside by the centre", "{n} set aside by the centre")


class SellersLine(Part):
    """Goal and assists of this receipt."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.state = SellersStrip()
        box = Row(at.look, (12, 6, 12, 6), 8)
        self.goal_icon = IconLabel(at, "goal", "text")
        self.goal = PlainLabel(at)
        self.assist_icon = IconLabel(at, "assist", "assist")
        self.assist = PlainLabel(at)
        box.addWidget(self.goal_icon)
        box.addWidget(self.goal)
        box.addSpacing(at.look.px(16))
        box.addWidget(self.assist_icon)
        box.addWidget(self.assist)
        box.addStretch(1)
        self.setLayout(box)
        self.relabel()

    def show_sellers(self, state: SellersStrip) -> None:
        """Show who scores and who assists."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say it in the language of the screen."""
        state = self.state
        self.setAccessibleName(self.say(N_("Sellers")))
        self.goal.set_text(self.say(N_("goal: {name}"), name=state.goal or "—"))
        names = ", ".join(state.assists)
        if names:
            self.assist.set_text(self.say(N_("pass: {names}"), names=names))
        elif state.waiting:
            self.assist.set_text(self.say(N_("pass may count: {names}"), names=", ".join(state.waiting)))
        else:
            self.assist.set_text(self.say(N_("no pass")))
        self.assist.set_ink("assist" if names else "muted")
        self.assist_icon.set_icon("assist", "assist" if names else "muted")


class FlowChips(Part):
    """Where the talk with the customer is: customer, core, suits, offers, done."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.step = FlowStep.CUSTOMER
        box = Row(at.look, (0, 0, 0, 0), 4)
        self.chips = {step: Chip(at) for step in FlowStep}
        for chip in self.chips.values():
            box.addWidget(chip)
        self.setLayout(box)
        self.relabel()

    def show_step(self, step: FlowStep) -> None:
        """Mark a step as the present one; what is before it is done."""
        self.step = step
        self.relabel()

    def relabel(self) -> None:
        """Name the steps."""
        order = list(FlowStep)
        here = order.index(self.step)
        for place, (step, chip) in enumerate(self.chips.items()):
            tone = "ok" if place < here else "accent" if place == here else "plain"
            icon = "check" if place < here else "chevron" if place == here else ""
            chip.show_text(self.say(STEP_TITLES[step]), tone, icon)
            chip.icon.setVisible(place < here)


class SyncLine(Part):
    """The line at the very bottom: what is unsent and since when, how old prices are, what was set aside."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="status")
        self.state = SyncStrip()
        self._now_ms = 0
        box = Row(at.look, (12, 0, 12, 0), 8)
        self.icon = IconLabel(at, "sync_ok", "ok", size=16)
        self.label = PlainLabel(at, kind="caption")
        self.place = PlainLabel(at, kind="caption", ink="muted")
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(self.icon)
        box.addWidget(self.label, 3)
        box.addWidget(self.place, 1)
        self.setLayout(box)
        self.restyle()
        self.relabel()

    def restyle(self) -> None:
        """Follow the text scale."""
        self.setFixedHeight(max(self.at.look.px(24), self.at.look.metrics("caption").height() + 4))

    def show_sync(self, state: SyncStrip, now_ms: int, place: str = "") -> None:
        """Show how the counter stands with the centre."""
        self.state = state
        self._now_ms = now_ms
        self.place.set_text(place)
        self.relabel()

    def relabel(self) -> None:
        """Say it in the language of the screen."""
        state, speech = self.state, self.at.speech
        parts: list[str] = []
        tone, icon = "ok", "sync_ok"
        if state.unsent:
            tone, icon = "warn", "sync_wait"
            parts.append(counted(speech, UNSENT, state.unsent))
            if state.oldest_at_ms is not None:
                parts.append(self.say(N_("since {time}"), time=self._when(state.oldest_at_ms)))
            if state.last_at_ms is not None:
                parts.append(self.say(N_("centre heard {time}"), time=self._when(state.last_at_ms)))
        else:
            parts.append(self.say(N_("all sent")))
            if state.last_at_ms is not None:
                parts.append(self._when(state.last_at_ms))
        if not state.online:
            tone, icon = "warn", "offline"
            parts.insert(0, self.say(N_("no connection, selling goes on")))
        if state.quarantined:
            tone = "bad"
            parts.append(counted(speech, SET_ASIDE, state.quarantined))
        if state.prices_at_ms is not None and (state.prices_stale or not state.online):
            parts.append(self.say(N_("prices of {time}"), time=self._when(state.prices_at_ms)))
        if state.trouble is not None:
            tone, icon = "bad", "warning"
            parts.append(speech.say(state.trouble))
        self.label.set_text(joined(*parts))
        self.label.set_ink(ink_of(tone))
        self.icon.set_icon(icon, ink_of(tone))
        self.setAccessibleName(self.label.full_text)

    def _when(self, at_ms: int) -> str:
        return when(at_ms, self._now_ms, self.at.speech.language, self.at.utc_offset_minutes)


class ShiftLine(Part):
    """Shift, person and clock at the right of the top bar."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.header = ShiftHeader()
        box = Row(at.look, (0, 0, 0, 0), 8)
        self.icon = IconLabel(at, "customer", "muted")
        self.label = PlainLabel(at)
        self.clock = PlainLabel(at, kind="strong")
        self.practice = Chip(at)
        box.addWidget(self.practice)
        box.addWidget(self.icon)
        box.addWidget(self.label, 1)
        box.addWidget(self.clock)
        self.setLayout(box)
        self.relabel()

    def fold(self, narrow: bool) -> None:  # noqa: FBT001
        """Leave only the icon (with its tooltip) and the clock when there is little room."""
        self.label.setVisible(not narrow)

    def show_header(self, header: ShiftHeader) -> None:
        """Show who works in which shift, and the time."""
        self.header = header
        self.relabel()

    def relabel(self) -> None:
        """Say it in the language of the screen."""
        header = self.header
        shift = (
            self.say(N_("shift {n}"), n=header.number)
            if header.shift_id is not None
            else self.say(N_("shift not open"))
        )
        self.label.set_text(joined(shift, header.person))
        self.label.setMaximumWidth(self.at.look.px(MOST_NAME_PX))
        self.icon.setToolTip(tooltip(self.label.full_text))
        self.label.set_ink("" if header.shift_id is not None else "warn")
        self.clock.set_text(time_of_day(header.now_ms, self.at.utc_offset_minutes) if header.now_ms else "")
        self.practice.setVisible(header.practice)
        if header.practice:
            self.practice.show_text(self.say(N_("PRACTICE")), "warn", "warning")
        self.setAccessibleName(self.label.full_text)
