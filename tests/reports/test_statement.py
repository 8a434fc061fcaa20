from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from crosssell_desktop.domain.canon import short
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import Language
from crosssell_desktop.reports.layout import Fonts
from crosssell_desktop.reports.registry import PAPERS, make_paper
from crosssell_desktop.reports.shift_data import ShiftReportData
from crosssell_desktop.reports.statement import StatementData, statement_pdf

Statement = Callable[..., StatementData]


def words_of(pdf: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u00a0]+", "", text)


def test_every_credit_carries_its_explanation_in_russian(
    statement: Statement, fonts: Fonts, voices: dict[str, Voice]
) -> None:
    text = words_of(statement_pdf(statement(3), fonts, voices["ru"]))
    # Cells of one row are extracted line by line, so the explanation is looked for in its parts.
    for part in ("фонд111,57₽×70%=78,09₽", "+1коп.", "=78,10₽;гол", "фонд111,57₽×30%=33,47₽;пас:АннаК.", "12.03"):
        assert part in text
    for part in ("возврат953,55₽из2860,66₽", "=−26,03₽", "гол,сторно", "−26,03"):
        assert part in text


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("rows", [0, 3, 200])
def test_totals_of_the_statement_equal_its_rows(
    statement: Statement, fonts: Fonts, voices: dict[str, Voice], rows: int, language: Language
) -> None:
    from crosssell_desktop.domain import format as forms

    data = statement(rows)
    text = words_of(statement_pdf(data, fonts, voices[language]))
    assert re.sub(r"\u00a0", "", forms.money(data.total_minor, language)) in text
    assert data.total_minor == sum(row.amount_minor for row in data.rows)
    assert short(data.content_hash()) in text


def test_what_is_to_be_paid_is_vested_and_carried_and_never_below_zero_i12(statement: Statement) -> None:
    data = statement(24)
    assert data.vested_minor == sum(row.amount_minor for row in data.rows[:12])
    assert data.due_minor == data.vested_minor
    assert replace(data, carried_minor=-10_000_000).due_minor == 0
    assert replace(data, carried_minor=-100).due_minor == data.vested_minor - 100


def test_an_open_period_says_that_it_may_change(statement: Statement, fonts: Fonts, voices: dict[str, Voice]) -> None:
    data = replace(statement(0), is_closed=False, person="Ivanova <b>Anna")
    text = words_of(statement_pdf(data, fonts, voices["ru"]))
    assert "открыт,ещёможетизмениться" in text
    assert "Ivanova<b>Anna" in text
    assert "Заэтотпериодначисленийнет." in text


def test_the_hash_is_of_the_content_not_of_the_printing(statement: Statement) -> None:
    data = statement(3)
    assert replace(data, generated_at_ms=1).content_hash() == data.content_hash()
    assert replace(data, carried_minor=1).content_hash() != data.content_hash()


def test_the_registry_makes_each_paper_from_its_data(
    statement: Statement, shift: Callable[..., ShiftReportData], fonts: Fonts, voices: dict[str, Voice]
) -> None:
    assert sorted(PAPERS) == ["erasure", "extract", "shift", "statement"]
    for data, maker in ((statement(1), PAPERS["statement"].make), (shift(1), PAPERS["shift"].make)):
        assert make_paper(data, fonts, voices["en"]) == maker(data, fonts, voices["en"])
    with pytest.raises(TypeError, match="no paper takes str"):
        make_paper("nothing", fonts, voices["en"])
