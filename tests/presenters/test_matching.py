"""The page of pairs says figures and days as its reader writes them."""

from __future__ import annotations

import pytest

from crosssell_desktop.domain.text import Language
from crosssell_desktop.matching.compare import Agreement, Field
from crosssell_desktop.matching.explain import Line
from crosssell_desktop.presenters.matching_port import said_line


@pytest.mark.parametrize(
    ("language", "points", "left"),
    [("ru", "\u22124,0", "17.05.1990"), ("en", "\u22124.0", "17\u00a0May\u00a01990")],
)
def test_points_and_birthdays_are_written_as_the_reader_writes_them(language: Language, points: str, left: str) -> None:
    said = said_line(Line(Field.BIRTHDAY, "1990-05-17", "•••", Agreement.DIFFERENT, -3.96), language)
    assert (said.left, said.right, said.points) == (left, "•••", points)
    assert said_line(Line(Field.BIRTHDAY, "05-17", "", Agreement.UNKNOWN, 0.0), language).left == "05-17"
    # What looks like a day in another field is somebody's number.
    assert said_line(Line(Field.EXTERNAL, "1990-05-17", "", Agreement.UNKNOWN, 0.0), language).left == "1990-05-17"
