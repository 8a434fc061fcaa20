"""Opens the real window: application, look, crash reports, one instance per profile, then the event loop."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from crosssell_desktop import __version__
from crosssell_desktop.app.program import CounterProgram, Means
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.runtime.crash import CrashReports
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.i18n import choose_language, translator
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.instance import take_profile
from crosssell_desktop.system.logs import start_logging
from crosssell_desktop.system.secrets import system_keyring
from crosssell_desktop.system.settings import load_settings
from crosssell_desktop.ui.asking import tell_and_quit
from crosssell_desktop.ui.keys import KeyWatch
from crosssell_desktop.ui.theme import Look, load_fonts

if TYPE_CHECKING:
    from crosssell_desktop.domain.text import Language
    from crosssell_desktop.system.paths import Profile
    from crosssell_desktop.system.secrets import Keyring


HEARTBEAT_MS = 200


def no_display() -> Refusal | None:
    """Return the sentence for a machine without a display, None where a window can be opened."""
    if sys.platform.startswith("linux") and os.environ.get("QT_QPA_PLATFORM", "") == "":
        if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
            return Refusal(
                "no_display",
                Text(N_("There is no display here. To see a whole day without one: crosssell demo --offscreen FOLDER")),
            )
    return None


def make_application(*, scheme: str = "light", scale: int = 100) -> tuple[QApplication, Look, KeyWatch]:
    """Make the application with its fonts, its look and the watch over keys."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("CrossSell Desktop")
    application.setApplicationVersion(__version__)
    qInstallMessageHandler(_say_what_matters)
    load_fonts()
    look = Look("dark" if scheme == "dark" else "contrast" if scheme == "contrast" else "light", scale)
    look.apply(application)
    keys = KeyWatch(parent=application)
    application.installEventFilter(keys)
    return application, look, keys


def _say_what_matters(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Log what Qt says, less what the offscreen platform says of every window."""
    del context
    if "This plugin does not support" in message:
        return
    level = logging.DEBUG if kind is QtMsgType.QtDebugMsg else logging.WARNING
    logging.getLogger("qt").log(level, message)


def speak_qt(application: QApplication, language: Language) -> None:
    """Give Qt's own buttons the person's language."""
    words = QTranslator(application)
    if words.load(QLocale(language), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(words)


def quit_on_signals(application: QApplication) -> QTimer:
    """Let Ctrl+C and a polite kill end the program in order: what is being saved is saved, the demo's centre stops."""

    def leave(_number: int, _frame: object) -> None:
        application.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    # Python runs its handlers between its own instructions only; the timer gives it some while Qt waits.
    heartbeat = QTimer(application)
    heartbeat.timeout.connect(_beat)
    heartbeat.start(HEARTBEAT_MS)
    return heartbeat


def _beat() -> None:
    """Give Python a moment to notice a signal."""


def open_window(profile: Profile) -> int:
    """Open the program on a profile and stay until it is closed.

    Raises:
        Refusal: ``no_display``, ``profile_in_use``.
    """
    refused = no_display()
    if refused is not None:
        raise refused
    return show_counter(profile, keyring=system_keyring())


def show_counter(profile: Profile, *, keyring: Keyring | None) -> int:
    """Show one counter until its window is closed.

    Raises:
        Refusal: ``profile_in_use``.
    """
    with take_profile(profile):
        settings = load_settings(profile.settings).settings
        start_logging(profile)
        application, look, keys = make_application(scheme=settings.theme)
        language = choose_language(settings.language)
        speak_qt(application, language)
        clock = SystemClock()
        speaker = translator(language)
        crashes = CrashReports(profile.crashes, __version__, clock, tell=lambda _: None)
        crashes.install()
        program = CounterProgram(
            Means(
                profile,
                clock,
                MonotonicIds(clock),
                keyring,
                language,
                idle_lock_s=settings.idle_lock_s,
                centre_url=os.environ.get("CROSSSELL_CENTRE_URL", ""),
            ),
            look,
            keys,
            crashes.report,
        )
        program.failed.connect(lambda error: tell_and_quit(program.window, speaker, error))
        heartbeat = quit_on_signals(application)
        program.show()
        try:
            return application.exec()
        finally:
            heartbeat.stop()
            program.close()
            crashes.uninstall()
