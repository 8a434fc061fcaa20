"""Presses keys and reads screens as a person at a counter does: scans, names, PINs, answers; knows no service."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from crosssell_desktop.app.demo import Cable, Demo, StageClock
from crosssell_desktop.app.program import CounterProgram
from crosssell_desktop.domain.text import Language
from crosssell_desktop.presenters.ports import Completed
from crosssell_desktop.presenters.state import Answer, Place, SuggestionsPhase
from crosssell_desktop.ui.dialogs.forms import PassForm, ReturnForm

if TYPE_CHECKING:
    from crosssell_desktop.ui.keys import KeyWatch
    from crosssell_desktop.ui.theme import Look

MOST_LOOKS = 50
"""How often one looks whether suggestions were said anew; names alike in both languages need not change."""
WAIT_MS = 20_000
SEED = 7
TYPING_REST_MS = 170
"""A pause after typing: longer than the idle time after which keys are no scan any more."""


class PlayStopped(AssertionError):  # noqa: N818  # it tells what happened to the play
    """The screens did not show what the play waited for; says what and where."""


@dataclass(slots=True)
class Stage:
    """One counter as the play uses it."""

    code: str
    program: CounterProgram
    cable: Cable
    cores: list[str]
    """Codes of core products a customer may come for here."""


class Player:
    """Presses keys and waits for what they bring."""

    def __init__(self, demo: Demo, out: Path, clock: StageClock, look: Look, keys: KeyWatch) -> None:
        self.demo = demo
        self.out = out
        self.clock = clock
        self.look = look
        self.keys = keys
        self.random = random.Random(SEED)  # noqa: S311  # a play, not a secret
        self.bugs: list[BaseException] = []
        self.pictures: list[str] = []
        self.completed: list[Completed] = []
        self.unsent_at_most = 0

    # ------------------------------------------------------------------ waiting and looking

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Let the program work until something is so.

        Raises:
            PlayStopped: when it does not become so in time, or the program reported a bug of ours.
        """
        self._check_bugs()
        if is_so():
            return
        loop = QEventLoop()
        ended = [False]

        def look() -> None:
            if self.bugs or is_so():
                ended[0] = True
                loop.quit()

        watch = QTimer()
        watch.timeout.connect(look)
        watch.start(4)
        limit = QTimer()
        limit.setSingleShot(True)
        limit.timeout.connect(loop.quit)
        limit.start(WAIT_MS)
        loop.exec()
        watch.stop()
        limit.stop()
        self._check_bugs()
        if not ended[0]:
            raise PlayStopped(f"waited in vain for: {what}")

    def _check_bugs(self) -> None:
        if self.bugs:
            raise PlayStopped("the program reported a fault") from self.bugs[0]

    def picture(self, widget: QWidget, name: str) -> None:
        """Keep what a person would see."""
        self.settle()
        target = self.out / f"{name}.png"
        if not widget.grab().save(str(target)):
            raise PlayStopped(f"the picture {target.name} could not be written")
        self.pictures.append(target.name)

    def settle(self) -> None:
        """Let everything that is waiting to be painted be painted."""
        self.rest(60)

    def rest(self, ms: int) -> None:
        """Let the program go on by itself for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop, loop.quit)
        loop.exec()

    # ------------------------------------------------------------------ keys

    def front(self, stage: Stage) -> None:
        """Bring a counter's window to the front."""
        stage.program.window.show()
        stage.program.window.raise_()
        stage.program.window.activateWindow()
        self.wait("the window in front", stage.program.window.isActiveWindow)

    def press(self, stage: Stage, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key where the focus is."""
        target = QApplication.focusWidget() or stage.program.window
        QTest.keyClick(target, key, modifiers)
        self.keys.flush()

    def write(self, text: str) -> None:
        """Type a text where the focus is, as fingers do: slower than a scanner."""
        target = QApplication.focusWidget()
        if target is None:
            raise PlayStopped("nothing has the focus to type into")
        for character in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                # QTest knows ASCII only; a Russian letter arrives as a key with its text.
                event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
                QApplication.sendEvent(target, event)
            self.keys.flush()
        self.rest(TYPING_REST_MS)

    def scan(self, code: str) -> None:
        """Let a scanner send a code: a burst of keys and Enter."""
        target = QApplication.focusWidget()
        if target is None:
            raise PlayStopped("nothing has the focus to scan into")
        QTest.keyClicks(target, code)
        QTest.keyClick(target, Qt.Key.Key_Return)

    # ------------------------------------------------------------------ scenes

    def log_in(self, stage: Stage, name: str) -> None:
        """Choose the person in the list and type the PIN."""
        self.front(stage)
        screen = stage.program.login_screen
        self.wait("people to choose from", lambda: any(p.name == name for p in screen.people))
        screen.focus_field()
        row = next(i for i, p in enumerate(screen.people) if p.name == name)
        self.press(stage, Qt.Key.Key_Home)
        for _ in range(row):
            self.press(stage, Qt.Key.Key_Down)
        self.press(stage, Qt.Key.Key_Return)
        self.wait("the PIN field", screen.secret.hasFocus)
        self.write(self.demo.pins[name])
        self.wait(f"{name} at work", lambda: stage.program.window.is_working)
        self.wait("the header", lambda: stage.program.counter.state.header.person == name)

    def lock(self, stage: Stage) -> None:
        """Lock the counter."""
        self.front(stage)
        self.press(stage, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        self.wait("the log-in", lambda: not stage.program.window.is_working)

    def go(self, stage: Stage, number: int, place: Place) -> None:
        """Go to one of the places by its key."""
        self.front(stage)
        self.press(stage, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        self.wait(f"place {place}", lambda: stage.program.window.place is place)

    def open_shift(self, stage: Stage, supervisor: str) -> None:
        """Let the supervisor open the shift with the first responsible person."""
        self.log_in(stage, supervisor)
        self.go(stage, 4, Place.SHIFT)
        screen = stage.program.shift_screen
        if screen is None:
            raise PlayStopped("there is no shift screen")
        self.wait("people who may be responsible", lambda: bool(stage.program.shift.state.people))
        self.wait("the button to open", screen.open_button.isEnabled)
        screen.open_button.setFocus()
        self.press(stage, Qt.Key.Key_Space)
        self.wait("an open shift", lambda: stage.program.shift.state.header.shift_id is not None)
        self.lock(stage)

    def ready(self, stage: Stage) -> None:
        """Have the counter in front with the cursor in the one field."""
        self.front(stage)
        if stage.program.window.place is not Place.COUNTER:
            self.go(stage, 1, Place.COUNTER)
        self.press(stage, Qt.Key.Key_F6)
        screen = stage.program.screen
        if screen is None:
            raise PlayStopped("there is no counter screen")
        self.wait("the one field", screen.field.hasFocus)
        self.wait("an open shift on the counter", lambda: stage.program.counter.state.header.shift_id is not None)

    def name_customer(self, stage: Stage, text: str) -> bool:
        """Find a customer by what is typed; take the first card found. Return whether one was found."""
        state = stage.program.counter
        self.write(text)
        self.wait("results", lambda: state.state.search.phase == "ready" and state.state.search.query == text.strip())
        hits = state.state.search.hits
        first = next((i for i, hit in enumerate(hits) if hit.kind == "customer"), None)
        if first is None:
            self.press(stage, Qt.Key.Key_Escape)
            return False
        for _ in range(first):
            self.press(stage, Qt.Key.Key_Down)
        self.press(stage, Qt.Key.Key_Return)
        self.wait("the customer on the receipt", lambda: state.state.receipt.customer_id is not None)
        self.wait("the card", lambda: state.state.card is not None)
        return True

    def scan_item(self, stage: Stage, code: str) -> None:
        """Scan a product into the receipt."""
        before = pieces(stage)
        self.scan(code)
        self.wait(f"{code} in the receipt", lambda: pieces(stage) > before)

    def confirm(self, stage: Stage) -> None:
        """Press «Core suits» and wait for what is suggested, or why nothing is."""
        self.press(stage, Qt.Key.Key_F4)
        settled = {SuggestionsPhase.READY, SuggestionsPhase.EMPTY, SuggestionsPhase.HELD_OUT}
        self.wait("suggestions", lambda: stage.program.counter.state.suggestions.phase in settled)

    def answer(self, stage: Stage, number: int, *, yes: bool, reason: int = 3) -> None:
        """Answer a suggestion: Alt+n is yes, Alt+Shift+n and a digit is no with its reason."""
        key = Qt.Key(Qt.Key.Key_0 + number)
        alt = Qt.KeyboardModifier.AltModifier
        if yes:
            self.press(stage, key, alt)
        else:
            self.press(stage, key, alt | Qt.KeyboardModifier.ShiftModifier)
            screen = stage.program.screen
            self.wait("the reasons", lambda: screen is not None and screen.menu.isVisible())
            self.press(stage, Qt.Key(Qt.Key.Key_0 + reason))
        wanted = Answer.YES if yes else Answer.NO
        self.wait(
            f"answer {number}",
            lambda: (row := stage.program.counter.state.suggestions.row(number)) is not None and row.answer is wanted,
        )

    def complete(self, stage: Stage) -> Completed:
        """Complete the sale by its key."""
        before = len(self.completed)
        self.press(stage, Qt.Key.Key_F12)
        self.wait("the stored sale", lambda: len(self.completed) > before)
        return self.completed[-1]

    def pass_on(self, stage: Stage, department: str, category: str) -> None:
        """Pass the customer of the receipt on: F5, where to, what for, Enter."""
        slips: list[object] = []
        stage.program.passed.connect(slips.append)
        self.press(stage, Qt.Key.Key_F5)
        self.wait("the form of a pass", lambda: isinstance(form_of(stage), PassForm))
        form = form_of(stage)
        if not isinstance(form, PassForm):
            raise PlayStopped("the form of a pass went away")
        self.wait("where to", form.ok.isEnabled)
        self._pick(form.department, department)
        self._pick(form.category, category)
        self.picture(form, "pass-form-ru")
        form.ok.setFocus()
        QTest.keyClick(form.ok, Qt.Key.Key_Return)
        self.wait("the slip", lambda: bool(slips))
        stage.program.passed.disconnect(slips.append)

    def _pick(self, picker: QComboBox, title: str) -> None:
        picker.setFocus()
        row = picker.findText(title, Qt.MatchFlag.MatchStartsWith)
        if row < 0:
            raise PlayStopped(f"«{title}» is not among the choices")
        QTest.keyClick(picker, Qt.Key.Key_Home)
        for _ in range(row):
            QTest.keyClick(picker, Qt.Key.Key_Down)

    def take_back(self, stage: Stage, number: str) -> None:
        """Return the last line of a sale by its number."""
        self.ready(stage)
        self.press(stage, Qt.Key.Key_F7)
        self.wait("the form of a return", lambda: isinstance(form_of(stage), ReturnForm))
        form = form_of(stage)
        if not isinstance(form, ReturnForm):
            raise PlayStopped("the form of a return went away")
        form.number.setFocus()
        QTest.keyClicks(form.number, number)
        self.keys.flush()
        QTest.keyClick(form.number, Qt.Key.Key_Return)
        self.wait("the earlier sale", lambda: bool(form.rows))
        form.rows[-1].check.setFocus()
        QTest.keyClick(form.rows[-1].check, Qt.Key.Key_Space)
        self.picture(form, "return-form-ru")
        form.ok.setFocus()
        QTest.keyClick(form.ok, Qt.Key.Key_Space)
        self.wait("the return is stored", lambda: form_of(stage) is None and not stage.program.counter.state.busy)

    def speak(self, stage: Stage, language: Language) -> None:
        """Choose the language by its key."""
        while stage.program.at.speech.language != language:
            before = stage.program.counter.state.suggestions
            self.press(stage, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
            for _ in range(MOST_LOOKS):
                self.settle()
                if not before.rows or stage.program.counter.state.suggestions is not before:
                    break


def form_of(stage: Stage) -> QWidget | None:
    """Return the form that is open over a counter, if one is."""
    return None if stage.program.forms is None else stage.program.forms.dialog


def pieces(stage: Stage) -> int:
    """Return how many thousandths of a piece the receipt on the screen holds."""
    return sum(line.qty_milli for line in stage.program.counter.state.receipt.lines)
