"""The Office's page that holds the forecast of the next visit against what came true (A44)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.services import forecasting
from crosssell_desktop.suggest.backtest import ASIDE_DAYS, ERROR_MOST, LEAST_OF_A_BAND, Backtest

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.presenters.exchange import Pool


@dataclass(frozen=True, slots=True)
class ForecastState:
    """The whole page; ``found`` is None until it was worked out once."""

    found: Backtest | None = None
    is_busy: bool = False
    trouble: Text | None = None

    @property
    def has_cases(self) -> bool:
        """Whether anybody had enough visits to be foreseen."""
        return self.found is not None and self.found.customers > 0


class ForecastPort(Protocol):
    """What the page asks of the counter."""

    def work_out(self) -> Backtest:
        """Return how the forecast would have done; takes seconds."""


class OfficeForecastPort:
    """Calls the service with the session of the counter's port."""

    def __init__(self, port: DeskPort) -> None:
        self._port = port

    def work_out(self) -> Backtest:
        """Return how the forecast would have done."""
        return forecasting.held_against_the_past(self._port.desk, self._port.session)


def percent(share: float) -> str:
    """Return a share as it is shown: ``12.3 %``."""
    return f"{100 * share:.1f}\u00a0%"


def sentences(found: Backtest) -> tuple[Text, ...]:
    """Return what the test says, in words."""
    of = {"n": found.customers, "days": ASIDE_DAYS}
    if not found.customers:
        return (Text(N_("Too little data: nobody has 20 visits before the last {days} days and came again."), of),)
    hit = {"hit": percent(found.hits / found.customers), "popular": percent(found.popular_hits / found.customers)}
    # Of two shares the difference is points: «12.7 %» of a share of 20 % would be 2.5.
    error = {"error": f"{100 * found.worst:.1f}", "most": f"{100 * ERROR_MOST:.0f}", "n": LEAST_OF_A_BAND}
    verdict = N_("The forecast holds.") if found.holds else N_("The forecast does not hold: do not rely on it yet.")
    return (
        Text(verdict),
        Text(N_("Customers with 20 visits or more who came again in the last {days} days: {n}."), of),
        Text(N_("One of three foreseen products was bought by {hit}, the three most popular by {popular}."), hit),
        Text(
            N_("The probability errs by {error} percentage points at most; {most} are allowed (bands of {n} or more)."),
            error,
        ),
    )


class ForecastPresenter(QObject):
    """Works the test out on demand.

    *Signals:* ``state_changed(ForecastState)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, port: ForecastPort, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._pool = pool
        self.state = ForecastState()

    @Slot()
    def refresh(self) -> None:
        """Work it out; a second press while it works does nothing."""
        if self.state.is_busy:
            return
        self._have(replace(self.state, is_busy=True, trouble=None))
        self._pool.run(lambda _: self._port.work_out(), self._done, self._wrong)

    def _have(self, state: ForecastState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _done(self, found: Backtest) -> None:
        self._have(ForecastState(found))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
