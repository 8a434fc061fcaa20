"""The business settings services go by, each with its default (domain rules, section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.domain.lease import DEFAULT_DAYS, LIMIT_DAYS
from crosssell_desktop.store import settings_rows, unit
from crosssell_desktop.store.engine import Database
from crosssell_desktop.suggest.snapshot import RankSettings

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

DEFAULTS: dict[str, int] = {
    "offer.max_items": 3,
    "offer.repeat_after_decline_days": 90,
    "offer.total_share_bps": 2_500,
    "evidence.min_n": 30,
    "evidence.min_lift_bps": 12_000,
    "evidence.min_lower_bps": 1_000,
    "evidence.valid_days": 90,
    "experiment.holdout_bps": 1_000,
    "access.reveals_per_hour": 30,
    "access.reveals_per_day": 100,
    "pii.erase_days": 30,
    **DEFAULT_DAYS,
}
LIMITS: dict[str, tuple[int, int]] = {
    "offer.max_items": (1, 5),
    "offer.total_share_bps": (0, 50_000),
    "experiment.holdout_bps": (0, 5_000),
    "access.reveals_per_hour": (0, 1_000),
    "access.reveals_per_day": (0, 10_000),
    **LIMIT_DAYS,
}


PRESETS: dict[str, dict[str, int]] = {
    "grocery": {"offer.total_share_bps": 30_000, "evidence.min_lower_bps": 300},
}
"""What kinds of shops set apart from the defaults (A19).

``grocery``: a core of one rouble makes a quarter of it absurd (three such cores are allowed), and among tens of
thousands of small products a share of 3 % with a narrow interval and a lift of 1.2 and more is a strong link.
"""


@dataclass(frozen=True, slots=True)
class Business:
    """The settings in force at this counter now."""

    values: dict[str, Any]

    def number(self, key: str) -> int:
        """Return a whole number, held within its limits whatever the database says."""
        value = int(self.values.get(key, DEFAULTS[key]))
        low, high = LIMITS.get(key, (value, value))
        return min(max(value, low), high)

    @property
    def rank(self) -> RankSettings:
        """The settings that change a ranking."""
        return RankSettings(
            max_items=self.number("offer.max_items"),
            total_share_bps=self.number("offer.total_share_bps"),
            refusal_days=self.number("offer.repeat_after_decline_days"),
            evidence_min_n=self.number("evidence.min_n"),
            evidence_min_lift_bps=self.number("evidence.min_lift_bps"),
            evidence_min_lower_bps=self.number("evidence.min_lower_bps"),
            evidence_valid_days=self.number("evidence.valid_days"),
        )


def apply_preset(database: Database, clock: Clock, ids: IdSource, name: str) -> tuple[str, ...]:
    """Set a preset for the whole company where nothing was set before; return which settings it set."""
    with unit.begin(database, clock, ids) as work:
        known = settings_rows.resolved(work.connection, {})
        fresh = {key: value for key, value in PRESETS[name].items() if key not in known}
        if fresh:
            ver = work.tick()
            rows = [settings_rows.company_row(key, value, ver) for key, value in fresh.items()]
            work.record("settings_changed", {"setting": rows})
    return tuple(fresh)


def business(connection: Connection, me: unit.Me) -> Business:
    """Read the settings of this counter."""
    scopes = {"counter": me.counter_id, "department": me.department_id, "store": me.store_id}
    return Business(settings_rows.resolved(connection, dict(scopes)))
