"""Learning which products go together, from imported receipts and our own sales, into one model file."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.business import business
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.opening import MODEL_FILE, load_model
from crosssell_desktop.store import publication_rows, suggest_rows
from crosssell_desktop.store.queries import returns_seen
from crosssell_desktop.suggest import learn
from crosssell_desktop.suggest.counts import Counts
from crosssell_desktop.suggest.forest import SecondLook
from crosssell_desktop.suggest.today import with_receipts
from crosssell_desktop.system.paths import Profile, resource


@dataclass(frozen=True, slots=True)
class LearnedFigures:
    """What was learned from what."""

    receipts: int
    lines: int
    products: int
    pairs: int
    model_bytes: int
    returned: int
    left_out: int


def learn_all(desk: Desk) -> Outcome[LearnedFigures]:
    """Count every receipt in the profile and write the model; the old one stays until the new one is whole.

    Raises:
        EnvironmentTrouble: ``cannot_write``.
    """
    with desk.look() as connection:
        catalogue = suggest_rows.learn_catalogue(connection, desk.me.store_id)
        own_store = suggest_rows.store_number(connection, desk.me.store_id)
        chunks = itertools.chain(
            suggest_rows.history_lines(connection),
            suggest_rows.sale_lines(connection, own_store),
        )
        learned = learn.learn(chunks, catalogue)
    model = learn.build_model(
        learned.total,
        learned.window,
        catalogue,
        second_look=shipped_second_look(),
        last_receipt=learned.last_receipt,
    )
    _count_returns(desk)
    _put_file(desk, model)
    return Outcome(
        LearnedFigures(
            receipts=learned.total.receipts,
            lines=learned.lines_read,
            products=len(catalogue.products),
            pairs=len(learned.total.products.joint),
            model_bytes=len(model),
            returned=learned.lines_returned,
            left_out=learned.lines_left_out,
        ),
        frozenset({Change.MODEL}),
    )


def take_published(desk: Desk) -> Outcome[int]:
    """Write the model the centre published, if one waits; return its bytes, 0 when there is none.

    Cut off in the middle, it is done again: the pieces are forgotten after the file is whole.

    Raises:
        EnvironmentTrouble: ``cannot_write``.
    """
    with desk.look() as connection:
        waiting = publication_rows.waiting_model(connection)
    if waiting is None:
        return Outcome(0)
    _, model = waiting
    _put_file(desk, model)
    with desk.database.write() as connection:
        publication_rows.model_is_written(connection)
    return Outcome(len(model), frozenset({Change.MODEL}))


def _put_file(desk: Desk, model: bytes) -> None:
    target = desk.folder / MODEL_FILE
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(model)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": target.name, "why": error.strerror or ""}),
        ) from error
    desk.base_model = None
    desk.model, desk.model_trouble = load_model(Profile(desk.folder)), None


def _count_returns(desk: Desk) -> None:
    with desk.begin() as work:
        returns_seen.recount(
            work.connection,
            since_ms=work.now_ms - learn.LearnSettings().window_days * DAY_MS,
            now_ms=work.now_ms,
            valid_days=business(work.connection, desk.me).number("evidence.valid_days"),
        )


def learn_today(desk: Desk) -> Outcome[int]:
    """Add what was sold since the last learning to the figures that rank; return the number of receipts added.

    It always starts from the learned file, so it may run after every sale and any number of times. It belongs off
    the screen's thread, after the sale is completed.
    """
    base = desk.base_model or desk.model
    if base is None or len(base) == 0:
        return Outcome(0)
    with desk.look() as connection:
        own_store = suggest_rows.store_number(connection, desk.me.store_id)
        chunks = list(suggest_rows.sale_lines(connection, own_store, after=base.last_receipt))
        sold = sorted({int(number) for chunk in chunks for number in chunk.product_no})
        catalogue = suggest_rows.learn_catalogue(connection, desk.me.store_id, sold)
    counts = Counts.empty()
    for chunk in chunks:
        counts += learn.count(chunk, catalogue)
    newer = with_receipts(base, counts, catalogue)
    newer.warm(desk.me.store_id)
    if (desk.base_model or desk.model) is base:  # not learned again meanwhile
        desk.base_model, desk.model = base, newer
    return Outcome(counts.receipts, frozenset({Change.MODEL}) if counts.receipts else frozenset())


def shipped_second_look() -> SecondLook:
    """Return the trees the program ships; they travel inside every model learned with it."""
    return SecondLook.from_buffer((resource("models") / "second_look.trees").read_bytes())
