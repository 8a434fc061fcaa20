"""The counter's side of the exchange: how it stands, and one round with the centre."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import pin_keys
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.link_rows import KeptLink, keep_link, kept_link
from crosssell_desktop.store.queries import report_facts
from crosssell_desktop.sync.link import Link
from crosssell_desktop.sync.round import Exchange, RoundResult, Writer
from crosssell_desktop.sync.transport import PgTransport, Transport

MODEL_CAME = "publication:model"
"""In a round's changes: a model was published, and ``learning.take_published`` writes its file."""

CHANGES_BY_TABLE: dict[str, Change] = {
    "sale": Change.SALES,
    "sale_line": Change.SALES,
    "return": Change.SALES,
    "customer": Change.CUSTOMER,
    "contact_point": Change.CUSTOMER,
    "consent": Change.CUSTOMER,
    "customer_note": Change.CUSTOMER,
    "note_text": Change.CUSTOMER,
    "need": Change.CUSTOMER,
    "customer_field_lost": Change.CUSTOMER,
    "merge_verdict": Change.CUSTOMER,
    "offer_answer": Change.CUSTOMER,
    "pass": Change.PASSES,
    "pass_event": Change.PASSES,
    "credit_entry": Change.CREDITS,
    "product": Change.CATALOGUE,
    "price": Change.CATALOGUE,
    "combination": Change.CATALOGUE,
    **dict.fromkeys(
        ("person", "person_role", "person_pin", "dismissal", "department", "counter", "rota"), Change.PEOPLE
    ),
}
"""What a screen is told when rows of a table arrive."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is unsent and since when, and when the centre last answered."""

    unsent: int
    oldest_at: int | None
    last_at: int | None
    quarantined: int
    last_error: str


def standing(desk: Desk) -> Standing:
    """Return the figures of the sync strip."""
    with desk.look() as connection:
        figures = report_facts.exchange_figures(connection)
    return Standing(
        unsent=figures.unsent,
        oldest_at=figures.oldest_unsent_at,
        last_at=figures.last_good_at,
        quarantined=figures.quarantined,
        last_error=figures.last_error,
    )


def open_exchange(
    desk: Desk, *, write: Writer | None = None, wrap: Callable[[Transport], Transport] | None = None
) -> Exchange | None:
    """Return the exchange of an enrolled counter; None where the shop has no centre.

    ``write`` runs a writing transaction on the write lane; by default right here. ``wrap`` stands between
    the exchange and the network, for demos and tests that pull the plug.
    """
    with desk.look() as connection:
        kept = kept_link(connection)
    if kept is None:
        return None
    transport: Transport = PgTransport(_link(kept))
    return Exchange(desk.database, transport if wrap is None else wrap(transport), desk.clock, desk.ids, write=write)


def is_expected(error: BaseException) -> bool:
    """Say whether an exchange failed for a reason of the surroundings, told on the strip, and not by our bug."""
    return isinstance(error, Refusal)


def one_round(desk: Desk) -> RoundResult:
    """Exchange once, here and now.

    Raises:
        Refusal: ``no_centre``.
        CentreAway, AccessRefused: see the exchange.
    """
    exchange = open_exchange(desk)
    if exchange is None:
        raise _no_centre()
    try:
        result = exchange.round()
        if result.changes & pin_keys.WATCHED:
            pin_keys.tend(desk)
        if MODEL_CAME in result.changes:
            from crosssell_desktop.services import learning  # noqa: PLC0415  # numpy, for those rounds only

            learning.take_published(desk)
        return result
    finally:
        exchange.close()


def changes_of(result: RoundResult) -> frozenset[Change]:
    """Return what screens should look at again after a round."""
    return frozenset({Change.SYNC, *(CHANGES_BY_TABLE[t] for t in result.changes if t in CHANGES_BY_TABLE)})


def link_of(desk: Desk) -> Link:
    """Return the way to the centre.

    Raises:
        Refusal: ``no_centre``.
    """
    with desk.look() as connection:
        kept = kept_link(connection)
    if kept is None:
        raise _no_centre()
    return _link(kept)


def _no_centre() -> Refusal:
    return Refusal("no_centre", Text(N_("This counter is not enrolled at a centre; it works by itself.")))


def remember_link(desk: Desk, link: Link, *, office: bool = False) -> None:
    """Keep what enrolment gave."""
    with desk.database.write() as connection:
        keep_link(
            connection,
            KeptLink(link.host, link.port, link.dbname, link.role, link.password, link.tls, link.root_cert, office),
        )


def _link(kept: KeptLink) -> Link:
    return Link(
        kept.host,
        kept.port,
        kept.dbname,
        kept.role,
        kept.password,
        tls="local" if kept.tls == "local" else "verify-full",
        root_cert=kept.root_cert,
    )
