"""Learning which products go together, from imported receipts and our own sales, into one model file."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.opening import MODEL_FILE, load_model
from crosssell_desktop.store import suggest_rows
from crosssell_desktop.suggest import learn
from crosssell_desktop.system.paths import Profile


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
        catalogue = suggest_rows.learn_catalogue(connection)
        own_store = suggest_rows.store_number(connection, desk.me.store_id)
        chunks = itertools.chain(
            suggest_rows.history_lines(connection),
            suggest_rows.sale_lines(connection, -1 if own_store is None else own_store),
        )
        learned = learn.learn(chunks, catalogue)
    model = learn.build_model(learned.total, learned.window, catalogue)
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
    desk.model, desk.model_trouble = load_model(Profile(desk.folder)), None
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
