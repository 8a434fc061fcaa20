"""Catches a scanner's burst of keys before any control sees it; typing passes through untouched.

Law: whatever has the focus, a scan reaches the counter whole and types nothing; a person's keys arrive in their
order. Printable keys are held for :data:`FIRST_HOLD_MS` (one key) or up to the scanner's longest gap (a run), then
given to the control they were meant for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from crosssell_desktop.domain.scan import GS, ScannerSettings, ScanRecogniser

FIRST_HOLD_MS = 45
"""How long a single key is held: longer than a scanner's mean gap, shorter than anyone notices."""
_TERMINATORS = {"enter": {Qt.Key.Key_Return, Qt.Key.Key_Enter}, "tab": {Qt.Key.Key_Tab}, "none": set()}


def monotonic_ms() -> int:
    """Return a clock that never jumps, in milliseconds."""
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class _Held:
    event: QKeyEvent
    target: QWidget
    is_char: bool


class KeyWatch(QObject):
    """An event filter for the whole application.

    *Signals:* ``scanned(code)`` once per burst, after its terminator.
    """

    scanned = Signal(str)

    def __init__(
        self,
        settings: ScannerSettings | None = None,
        now_ms: Callable[[], int] = monotonic_ms,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings or ScannerSettings()
        self._now_ms = now_ms
        self._run = ScanRecogniser(self.settings)
        self._held: list[_Held] = []
        self._leaked = 0
        self._leaked_into: QWidget | None = None
        self._replaying = False
        self._swallow_release = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._waited)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold, swallow or pass one event."""
        kind = event.type()
        if self._replaying or kind not in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
            return False
        if not isinstance(watched, QWidget) or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.KeyRelease:
            return self._release(watched, event)
        return self._press(watched, event)

    def flush(self) -> None:
        """Give every held key to its control now (before the window closes, for instance)."""
        self._timer.stop()
        held, self._held = self._held, []
        self._replaying = True
        try:
            for item in held:
                if item.is_char:
                    self._leaked += 1
                    self._leaked_into = item.target
                QCoreApplication.sendEvent(item.target, item.event)
        finally:
            self._replaying = False

    def _press(self, watched: QWidget, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return False
        at = self._now_ms()
        text = event.text()
        if (
            event.key() in _TERMINATORS[self.settings.suffix]
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            return self._terminator(at)
        plain = len(text) == 1 and (text.isprintable() or text == GS)
        command = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier)
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier and text != GS
        if not plain or command or control:
            if event.key() not in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr}:
                self.flush()
                self._forget()
            return False
        if not self._run.press(text, at):
            self.flush()
            self._leaked, self._leaked_into = 0, None
        self._held.append(_Held(event.clone(), watched, is_char=True))
        self._timer.start(FIRST_HOLD_MS if self._run.length == 1 else self.settings.max_gap_ms + 5)
        return True

    def _terminator(self, at: int) -> bool:
        code = self._run.finish(at)
        if code is None:
            self.flush()
            self._forget()
            return False
        self._emit(code)
        self._swallow_release = True
        return True

    def _release(self, watched: QWidget, event: QKeyEvent) -> bool:
        if self._swallow_release and event.key() in _TERMINATORS[self.settings.suffix]:
            self._swallow_release = False
            return True
        if any(item.event.key() == event.key() for item in self._held):
            self._held.append(_Held(event.clone(), watched, is_char=False))
            return True
        return False

    def _waited(self) -> None:
        at = self._now_ms()
        if self.settings.suffix == "none" and self._run.length >= self.settings.min_length:
            code = self._run.idle(at)
            if code is not None:
                self._emit(code)
                return
            if self._held and self._run.length:
                self._timer.start(self.settings.idle_ms - self.settings.max_gap_ms)
                return
        self.flush()

    def _emit(self, code: str) -> None:
        self._timer.stop()
        self._held.clear()
        self._take_back()
        self._forget()
        self.scanned.emit(code)

    def _take_back(self) -> None:
        """Remove the first keys of a slow burst that had already reached a line edit."""
        if self._leaked and isinstance(self._leaked_into, QLineEdit):
            for _ in range(self._leaked):
                self._leaked_into.backspace()

    def _forget(self) -> None:
        self._run.reset()
        self._leaked, self._leaked_into = 0, None
