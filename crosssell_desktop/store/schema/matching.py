"""What a matching run of this profile found out about the pairs it proposed; it stays here and may be made anew."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint

from crosssell_desktop.store.schema.base import Id, Int, Json, may, need, table

match_detail = table(
    "match_detail",
    "local",
    need("one", Id),
    need("other", Id),
    may("probability_bps", Int),
    need("weights", Json),
    need("later_until", Int),
    PrimaryKeyConstraint("one", "other"),
    without_rowid=True,
)
"""``one`` is the smaller id; ``weights`` are the model's points by field; until ``later_until`` the pair is put off."""
