"""Publications at a counter: rows wait until all are there and their time has come, then they count together.

Law: a publication changes nothing before its number of rows and its checksum agree, and then it changes everything
in one transaction.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from crosssell_desktop.store import find_index, only_here
from crosssell_desktop.store.exchange_rows import DIGEST_MODULUS, Applied, Batch, DownRow, apply_rows, batches_of
from crosssell_desktop.store.schema.exchange import me
from crosssell_desktop.store.schema.publications import publication, publication_done, publication_row

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MODEL = "model"


@dataclass(frozen=True, slots=True)
class Due:
    """A publication that is whole and whose time has come."""

    id: UUID
    kind: str


def due(connection: Connection, now_ms: int) -> tuple[Due, ...]:
    """Return the publications that may count now, the earliest first; reads only."""
    p = publication.c
    rows = connection.execute(
        select(publication)
        .where(p.effective_from <= now_ms, p.id.not_in(select(publication_done.c.id)))
        .order_by(p.effective_from, p.ver)
    )
    return tuple(
        Due(row.id, row.kind)
        for row in rows
        # Counting is cheap; only what is all here is summed up.
        if _count(connection, row.id) == row.n_rows and _checked(connection, row.id) == (row.n_rows, int(row.checksum))
    )


def _count(connection: Connection, id_: UUID) -> int:
    found = select(func.count()).where(publication_row.c.publication_id == id_)
    return int(connection.execute(found).scalar_one())


def _checked(connection: Connection, id_: UUID) -> tuple[int, int]:
    c = publication_row.c
    count = total = 0
    for row in connection.execute(select(c.entity, c.pk, c.ver, c.body).where(c.publication_id == id_)):
        count += 1
        total += _part(row.entity, row.pk, row.ver, row.body)
    return count, total % DIGEST_MODULUS


def _part(entity: str, pk: str, ver: int, body: str) -> int:
    told = f"{entity}:{pk}:{ver}:{body}".encode()
    return int(hashlib.md5(told, usedforsecurity=False).hexdigest()[:15], 16)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A publication made ready outside of any write: what is written in the one transaction, and what is found by."""

    one: Due
    rows: tuple[DownRow, ...]
    batches: tuple[tuple[str, Batch], ...]
    products: tuple[dict[str, Any], ...]


def prepare(connection: Connection, one: Due, known: frozenset[str]) -> Prepared:
    """Read a publication's rows and make them ready, so that the write that makes it count is short."""
    rows = tuple(
        DownRow(row.entity, row.pk, row.ver, deleted=False, body=json.loads(row.body))
        for row in connection.execute(select(publication_row).where(publication_row.c.publication_id == one.id))
        if row.entity in known
    )
    try:
        batches = tuple(batches_of(rows))
    except (ValueError, TypeError, AttributeError):
        # One bad row is put aside with its reason when they are applied one by one.
        batches = ()
    products = tuple({"id": UUID(row.pk)} for row in rows if row.entity == "product")
    return Prepared(one, rows, batches, products)


def flip(connection: Connection, ready: Prepared, *, known: frozenset[str], now_ms: int) -> Applied:
    """Make a publication count, in the caller's one transaction; :func:`sweep` takes the rows away afterwards."""
    done = None if only_here.is_any(connection) or not ready.batches else _at_once(connection, ready)
    if done is None:
        done = apply_rows(connection, ready.rows, known=known, token=f"publication:{ready.one.id}", now_ms=now_ms)
    connection.execute(upsert(publication_done).values(id=ready.one.id, at=now_ms).on_conflict_do_nothing())
    return done


def _at_once(connection: Connection, ready: Prepared) -> Applied | None:
    done = Applied(rows=len(ready.rows))
    try:
        with connection.begin_nested():
            for table, (statement, values) in ready.batches:
                if connection.exec_driver_sql(statement, values).rowcount:
                    done.changes.add(table)
    except DBAPIError:
        return None
    newest = max((row.ver for row in ready.rows), default=0)
    connection.execute(update(me).where(me.c.hlc < newest).values(hlc=newest))
    find_index.refresh(connection, {"product": ready.products})
    return done


SWEPT_AT_ONCE = 2_000


def sweep(connection: Connection) -> int:
    """Forget some rows of what counts already; return how many. What is left goes in the next short write."""
    some = _leavings().limit(SWEPT_AT_ONCE)
    return connection.execute(delete(publication_row).where(publication_row.c.id.in_(some))).rowcount


def _leavings() -> Select[tuple[UUID]]:
    """Return the query of rows that count already; pieces of the model stay until the file is written."""
    models = select(publication.c.id).where(publication.c.kind == MODEL)
    return select(publication_row.c.id).where(
        publication_row.c.publication_id.in_(select(publication_done.c.id)),
        publication_row.c.publication_id.not_in(models),
    )


def has_leavings(connection: Connection) -> bool:
    """Say whether :func:`sweep` has something to do."""
    return connection.execute(_leavings().limit(1)).first() is not None


def waiting_model(connection: Connection) -> tuple[UUID, bytes] | None:
    """Return the newest published model that counts and is not a file yet; its pieces were checked with the whole."""
    p, c = publication.c, publication_row.c
    ids = connection.execute(
        select(p.id)
        .where(p.kind == MODEL, p.id.in_(select(publication_done.c.id)), p.id.in_(select(c.publication_id)))
        .order_by(p.effective_from.desc(), p.ver.desc())
    ).scalars()
    for id_ in ids:
        parts = connection.execute(select(c.body).where(c.publication_id == id_)).scalars()
        read: list[dict[str, Any]] = sorted((json.loads(body) for body in parts), key=lambda part: int(part["n"]))
        return id_, b"".join(base64.b64decode(part["part"]) for part in read)
    return None


def model_is_written(connection: Connection) -> None:
    """Forget the pieces of every model that counts: the newest is a file now."""
    told = select(publication.c.id).where(publication.c.kind == MODEL)
    connection.execute(
        delete(publication_row).where(
            publication_row.c.publication_id.in_(told),
            publication_row.c.publication_id.in_(select(publication_done.c.id)),
        )
    )
