"""The presenter on the program's real lanes: threads, late answers, closing."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from crosssell_desktop.presenters.counter import CounterPresenter
from crosssell_desktop.runtime.jobs import Jobs
from tests.conftest import FixedClock
from tests.presenters.test_counter import Shop
from tests.ui import samples


def test_a_sale_goes_through_the_real_lanes_and_back_to_the_screen(qtbot: QtBot, clock: FixedClock) -> None:
    faults: list[BaseException] = []
    jobs = Jobs(faults.append)
    shop = Shop()
    shop.receipt = samples.RECEIPT
    presenter = CounterPresenter(shop, jobs, clock)
    try:
        presenter.start()
        qtbot.waitUntil(lambda: presenter.state.suggestions == samples.OFFERS, timeout=5_000)
        for letters in ("к", "ка", "кам"):
            presenter.type_text(letters)
        qtbot.waitUntil(lambda: presenter.state.search.phase == "ready", timeout=5_000)
        assert presenter.state.search.query == "кам"
        presenter.accept(1)
        presenter.complete()
        presenter.complete()
        qtbot.waitUntil(lambda: presenter.state.receipt.is_empty, timeout=5_000)
        assert [change[0] for change in shop.changes] == ["accept", "complete"]
        assert faults == []
    finally:
        presenter.stop()
        assert jobs.close()
        presenter.deleteLater()
        jobs.deleteLater()
