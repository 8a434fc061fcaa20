"""Which papers there are: their stable names, titles, data and makers, for menus and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.reports.layout import Fonts
from crosssell_desktop.reports.people_papers import ErasureActData, ExtractData, erasure_act_pdf, extract_pdf
from crosssell_desktop.reports.shift_data import ShiftReportData
from crosssell_desktop.reports.shift_report import shift_report_pdf
from crosssell_desktop.reports.statement import StatementData, statement_pdf


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of report: what it is called, the data it takes, and what makes its PDF."""

    name: str
    title: Text
    data_type: type[Any]
    make: Callable[[Any, Fonts, Voice], bytes]


PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper("shift", Text(N_("Shift report")), ShiftReportData, shift_report_pdf),
        Paper("extract", Text(N_("Extract of personal data")), ExtractData, extract_pdf),
        Paper("erasure", Text(N_("Act of destruction of personal data")), ErasureActData, erasure_act_pdf),
        Paper("statement", Text(N_("Personal statement")), StatementData, statement_pdf),
    )
}
"""Every paper by its stable name."""


def make_paper(data: object, fonts: Fonts, voice: Voice) -> bytes:
    """Return the PDF of the paper that takes this kind of data.

    Raises:
        TypeError: if no paper takes it.
    """
    for paper in PAPERS.values():
        if isinstance(data, paper.data_type):
            return paper.make(data, fonts, voice)
    msg = f"no paper takes {type(data).__name__}"
    raise TypeError(msg)
