"""Nothing personal reaches the log."""

from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Iterator

import pytest

from crosssell_desktop.system.logs import redact, start_logging, stop_logging
from crosssell_desktop.system.paths import Profile


@pytest.fixture(autouse=True)
def _logging_back() -> Iterator[None]:
    level, raising = logging.getLogger().level, logging.raiseExceptions
    yield
    stop_logging()
    logging.getLogger().setLevel(level)
    logging.raiseExceptions = raising


@pytest.mark.parametrize(
    "secret",
    [
        "+7 (916) 123-45-67",
        "8-916-123-45-67",
        "89161234567",
        "+79161234567",
        "7 916 123 45 67",
        "anna.k@example.com",
        "4276 3800 1234 5678",
        "4276380012345678",
        "2200-1234-5678-9010",
        "4510 123456",
        "абв89161234567где",
    ],
)
@pytest.mark.parametrize("around", ["{}", "phone={} failed", "('{}',)", "найден: {}, ещё", "<{}>", "k:{};"])
def test_a_number_or_address_of_a_person_is_blotted_out(secret: str, around: str) -> None:
    said = redact(around.format(secret))
    assert secret not in said
    assert sum(c.isdigit() for c in said) < 4


@pytest.mark.parametrize(
    "line",
    [
        "sale 018f3c9a-7b2e-7c11-8a5e-3d2f1a0b9c8d saved in 12 ms",
        "018f3c9a-7b2e-7c11-8a5e-123456789012",
        "receipt K1-000042-7, 3 lines",
        "2026-03-04 09:15 shift opened",
        "pushed 4500 of 4512 in 0.25 s",
    ],
)
def test_what_helps_to_mend_stays(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "[SQL: INSERT INTO customer VALUES (?, ?)]\n[parameters: ('Петров', 'x')]\n(Background on this error at: url)",
        "DETAIL:  Key (name)=(Петров) already exists.",
        "DETAIL:  Failing row contains (1, Петров, null).",
        "postgresql://k1:Петров@centre/crosssell",
        "password='Петров'",
        "PIN: Петров",
    ],
)
def test_values_of_statements_and_passwords_are_hidden(line: str) -> None:
    assert "Петров" not in redact(line)
    assert "‹hidden›" in redact(line)


def test_the_log_of_a_profile_is_redacted_with_its_tracebacks_and_private(profile: Profile) -> None:
    path = start_logging(profile)
    log = logging.getLogger("crosssell.test")
    try:
        raise ValueError("+79161234567")  # noqa: TRY301
    except ValueError:
        log.exception("could not call %s", "anna@example.com")
    stop_logging()
    written = path.read_text(encoding="utf-8")
    assert "could not call ‹e-mail›" in written
    assert "ValueError: ‹number›" in written
    assert "9161234567" not in written
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_starting_again_moves_the_log_and_writes_each_line_once(profile: Profile) -> None:
    first = start_logging(profile)
    profile.practice.logs.mkdir(parents=True)
    second = start_logging(profile.practice)
    logging.getLogger("crosssell.test").warning("once")
    stop_logging()
    assert "once" not in first.read_text(encoding="utf-8")
    assert second.read_text(encoding="utf-8").count("once") == 1
