from __future__ import annotations

import pytest

from crosssell_desktop.domain.hours import Hours, read_hours, write_hours


@pytest.mark.parametrize(
    ("text", "minutes", "starts_at"),
    [
        ("8", 480, None), ("7,5", 450, None), ("7.25", 435, None), ("0,33", 20, None), ("8 ч", 480, None),
        ("7:30", 450, None), ("24", 1440, None), ("24:00", 1440, None), ("0", 0, None), ("В", 0, None),
        ("отпуск", 0, None), ("—", 0, None), ("09:00-18:00", 540, 540), ("9-18", 540, 540), ("9 – 18:30", 570, 540),
        ("22:00-06:00", 480, 1320), ("00:00-24:00", 1440, 0), ("08:00-08:00", 1440, 480),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, minutes: int, starts_at: int | None) -> None:
    assert read_hours(text) == Hours(minutes, starts_at)


@pytest.mark.parametrize(
    "text", ["", "25", "24,5", "8:60", "24:01", "9-25", "24:00-08:00", "восемь", "1e3", "-8", "8;", "٨", "99:99"]
)
def test_what_is_no_hours_is_none(text: str) -> None:
    assert read_hours(text) is None


def test_minutes_are_written_so_that_they_are_read_again() -> None:
    for minutes in (1, 59, 60, 450, 1440):
        assert read_hours(write_hours(minutes)) == Hours(minutes)
    assert write_hours(0) == "—"
