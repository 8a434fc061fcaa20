"""The numbers of the assist scheme, frozen per version: a change is a new version, old lines keep theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import CategoryId
from crosssell_desktop.domain.kpi import Role
from crosssell_desktop.domain.money import BPS_ONE

HALF_LIFE_7_DAYS = (
    10_000, 10_000, 9_057, 8_203, 7_430, 6_730, 6_095, 5_520, 5_000, 4_529, 4_102, 3_715, 3_365, 3_048, 2_760,
)  # fmt: skip
"""What a pass is still worth after 0, 1, 2 … full days: half-life 7 days, integers, the same on every database."""


@dataclass(frozen=True, slots=True)
class AssistPolicy:
    """One version of the scheme (domain rules, section 1); immutable once a line was credited by it.

    Rates, shares, uplift and decay are basis points; amounts kopecks; ``category_rates_bps`` overrides the
    rate of a role for a category (the nearest category of a line wins).

    Raises:
        ValueError: if the numbers contradict each other.
    """

    version: int = 1
    valid_from_ms: int = 0
    rate_core_bps: int = 100
    rate_periphery_bps: int = 300
    rate_service_bps: int = 300
    category_rates_bps: tuple[tuple[CategoryId, int], ...] = ()
    uplift_bps: int = 3_000
    window_days: int = 14
    max_assists: int = 2
    shares_one_bps: tuple[int, int] = (7_000, 3_000)
    """Closer and the assist, when one assist counts."""
    shares_two_bps: tuple[int, int, int] = (6_000, 2_500, 1_500)
    """Closer, last assist, last but one, when two assists count."""
    decay_bps: tuple[int, ...] = HALF_LIFE_7_DAYS
    """By full days since the pass; a pass older than the table is worth nothing."""
    min_line_minor: int = 30_000
    """Lines below this amount (after discounts, with VAT) carry no assist; the closer keeps the whole pool."""
    min_age_ms: int = 60_000
    """A pass must be at least this much older than the line."""
    vest_days: int = 15
    """Later than the 14-day right to exchange: late vesting instead of taking money back."""
    open_passes_per_customer: int = 3
    income_flag_bps: int = 4_000
    """An assist income above this part of a person's month is a flag for a person to look at, never a cut."""

    def __post_init__(self) -> None:
        """Refuse numbers that cannot divide a pool fairly."""
        rates = (
            self.rate_core_bps,
            self.rate_periphery_bps,
            self.rate_service_bps,
            *(rate for _, rate in self.category_rates_bps),
        )
        checks = (
            (all(0 <= rate <= BPS_ONE for rate in rates), "a rate is between 0 and 10000 bps"),
            (0 <= self.uplift_bps <= BPS_ONE, "the uplift is between 0 and 10000 bps"),
            (1 <= self.window_days <= 40, "the window is between 1 and 40 days"),
            (0 <= self.max_assists <= 2, "a line carries at most 2 assists"),
            (all(sum(s) == BPS_ONE for s in (self.shares_one_bps, self.shares_two_bps)), "shares sum to 10000 bps"),
            (min(*self.shares_one_bps, *self.shares_two_bps) >= 0, "no share is negative"),
            (all(0 <= d <= BPS_ONE for d in self.decay_bps), "decay is between 0 and 10000 bps"),
            (self.min_age_ms >= 1, "a pass is older than its line"),
            (min(self.min_line_minor, self.vest_days, self.open_passes_per_customer) >= 0, "no limit is negative"),
        )
        for holds, sentence in checks:
            if not holds:
                raise ValueError(sentence)

    def rate_bps(self, role: Role, category_ids: Sequence[CategoryId] = ()) -> int:
        """Return the rate of a line: its nearest category's own rate, else the rate of its role."""
        own_rates = dict(self.category_rates_bps)
        for category_id in category_ids:
            if category_id in own_rates:
                return own_rates[category_id]
        by_role = {"core": self.rate_core_bps, "periphery": self.rate_periphery_bps, "service": self.rate_service_bps}
        return by_role[role]

    def decay_at(self, age_ms: int) -> int:
        """Return what a pass of this age is worth in basis points; 0 outside the window or the table."""
        days = age_ms // DAY_MS
        if age_ms < 0 or days > self.window_days or days >= len(self.decay_bps):
            return 0
        return self.decay_bps[days]

    def assist_shares_bps(self, assists: int) -> tuple[int, ...]:
        """Return the shares of the assists, the latest first, before decay."""
        return ((), self.shares_one_bps[1:], self.shares_two_bps[1:])[assists]

    def vests_at_ms(self, added_at_ms: int) -> int:
        """Return when the credits of a line can no longer be reversed by an ordinary return."""
        return added_at_ms + self.vest_days * DAY_MS


def policy_at(policies: Sequence[AssistPolicy], at_ms: int) -> AssistPolicy:
    """Return the policy in force at a moment: the latest start, then the higher version.

    Raises:
        ValueError: if none was in force yet.
    """
    in_force = [policy for policy in policies if policy.valid_from_ms <= at_ms]
    if not in_force:
        msg = "no assist policy is in force at that moment"
        raise ValueError(msg)
    return max(in_force, key=lambda policy: (policy.valid_from_ms, policy.version))
