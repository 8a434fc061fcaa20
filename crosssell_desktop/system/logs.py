"""Writes the log of one profile, with personal data blotted out before a line reaches the disk.

Law: no phone, e-mail, card number, password or bound SQL value is ever in a log or a crash report. Names cannot be
told from words, so code never logs a name; it logs the random id.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from pathlib import Path

from crosssell_desktop.system.paths import Profile

_BYTES_MAX = 1_000_000
_FILES_KEPT = 5

_HARMLESS = re.compile(
    r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"  # our ids
    r"|(?<![\d-])(?<!\d[\s-])20\d\d-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])(?![\d-])"  # dates
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # SQLAlchemy and PostgreSQL repeat the values of a failed statement.
    (re.compile(r"\[parameters: .*?\](?=\s*(?:\(Background|$))", re.DOTALL), "[parameters: ‹hidden›]"),
    (re.compile(r"\[parameters: [^\n]*"), "[parameters: ‹hidden›]"),
    (re.compile(r"(Key \([^)\n]*\)=)\([^\n]*?\)(?= |$)", re.MULTILINE), r"\1(‹hidden›)"),
    (re.compile(r"(Failing row contains )\([^\n]*"), r"\1(‹hidden›)"),
    (re.compile(r"(://[^\s:/@]*):[^\s@]*@"), r"\1:‹hidden›@"),
    (
        re.compile(r"(?i)\b(password|passwd|secret|token|pin)(\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;]+)"),
        r"\1\2‹hidden›",
    ),
    (re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+"), "‹e-mail›"),
    # Nine digits or more, written together or in groups: a phone, a card, a passport. Also hides barcodes: let it.
    (re.compile(r"(?<![\w.])[+(]{0,2}\d(?:[\s\u00a0().\u2010-\u2015-]{0,3}\d){8,}(?!\w)"), "‹number›"),
    (re.compile(r"\d{9,}"), "‹number›"),
)


def redact(text: str) -> str:
    """Return the text without phones, e-mails, card numbers, passwords and bound SQL values; ids stay."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    text = _HARMLESS.sub(keep, text.replace("\x00", ""))
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return re.sub("\x00([0-9]+)\x00", lambda match: kept[int(match.group(1))], text)


class RedactingFormatter(logging.Formatter):
    """Formats a whole record, traceback included, and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line; the time stamp in front is ours and stays."""
        stamp = self.formatTime(record)
        return f"{stamp} {redact(super().format(record))}"


class PrivateRotatingFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating log file that only this user may read."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # the type is that of the base class
        stream = super()._open()
        if sys.platform != "win32":
            Path(self.baseFilename).chmod(0o600)
        return stream


def start_logging(profile: Profile, *, verbose: bool = False) -> Path:
    """Send the program's log to the profile, redacted and rotated (5 files of 1 MB); return the file in use.

    Calling it again moves the log to the new profile.
    """
    stop_logging()
    path = profile.logs / "crosssell.log"
    handler = PrivateRotatingFileHandler(path, maxBytes=_BYTES_MAX, backupCount=_FILES_KEPT - 1, encoding="utf-8")
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s [%(threadName)s] %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    # A full disk must not turn every log line into a traceback on stderr, nor stop a sale.
    logging.raiseExceptions = False
    return path


def stop_logging() -> None:
    """Close the log of the profile; what is logged afterwards goes nowhere."""
    root = logging.getLogger()
    for handler in [item for item in root.handlers if isinstance(item, PrivateRotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()
