"""The centre's worker: what must be done at the centre and by no counter, run by a scheduler anywhere.

Law: every step is one transaction that may be cut at any point and done again; an advisory lock lets one worker in.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString
from uuid import UUID, uuid4

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.merging import roots
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.sync import centre_audit, centre_erasure, centre_terms
from crosssell_desktop.sync import centre_heads as heads
from crosssell_desktop.sync.centre import admin_connect
from crosssell_desktop.sync.tables import MODEL_PART, PUBLICATIONS

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

LOCK = 4_242_001
"""The advisory lock of the worker."""
DAILY_MS = DAY_MS
"""How often audit and terms are due: each reads every operation."""
FEED_KEPT = "30 days"
PUBLICATION_KEPT = "35 days"
PIECE = 16_384
"""Bytes of the model in one row: a page of the feed is some megabytes then."""


@dataclass(slots=True)
class Worked:
    """What one run did; ``faults`` are sentences, each naming what is wrong."""

    busy: bool = False
    published: list[str] = field(default_factory=list)
    applied: int = 0
    merged: int = 0
    erased: int = 0
    over: dict[str, int] = field(default_factory=dict)
    """What went because its term was over, by kind; empty where the day's run was done already."""
    feed_pruned: int = 0
    audited: bool = False
    heads: int = 0
    faults: list[str] = field(default_factory=list)
    ms: int = 0


def work(url: str, *, heads_file: Path | None = None, audit: bool = False) -> Worked:
    """Do once what is due. A second worker that finds one at work does nothing and says ``busy``.

    Args:
        url: the administrator's.
        heads_file: where the signed heads are kept; None leaves them out.
        audit: audit now; otherwise once a day.

    Raises:
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
        Refusal: ``heads_key_missing``.
    """
    started = time.perf_counter()
    done = Worked()
    with admin_connect(url) as connection:
        if not _one(connection, "SELECT pg_try_advisory_lock(%s)", (LOCK,)):
            done.busy = True
            return done
        for kind in PUBLICATIONS:
            made = publish(connection, kind, now_ms(connection))
            if made is not None:
                done.published.append(str(made))
        done.applied = apply_due(connection)
        done.merged = join_cards(connection)
        done.erased = centre_erasure.sweep(connection)
        done.over = keep_terms(connection)
        done.feed_pruned = prune(connection)
        done.audited = audit or _is_due(connection, "audit")
        if heads_file is not None:
            _heads(connection, heads_file, done)
        if done.audited:
            done.faults += centre_audit.faults(connection)
            _note(connection, "audit", {"faults": done.faults})
    done.ms = round((time.perf_counter() - started) * 1_000)
    return done


def _one(connection: Pg, query: LiteralString, values: tuple[object, ...] = ()) -> object:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]


def _note(connection: Pg, what: str, detail: dict[str, object]) -> None:
    connection.execute(
        "INSERT INTO sync.work_log (what, detail) VALUES (%s, %s::jsonb)",
        (what, json.dumps(detail, ensure_ascii=False)),
    )


def now_ms(connection: Pg) -> int:
    """Return the centre's clock, UTC ms."""
    return int(str(_one(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")))


# ------------------------------------------------------------------------------------------------ publications


def hold(url: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Say which kinds of master data wait at the centre until they are published whole; the others go at once."""
    unknown = sorted(set(kinds) - set(PUBLICATIONS))
    if unknown:
        raise Refusal(
            "unknown_publication",
            Text(
                N_("There is no publication «{kind}». There are: {known}."),
                {"kind": unknown[0], "known": ", ".join(PUBLICATIONS)},
            ),
        )
    with admin_connect(url) as connection:
        connection.execute("UPDATE sync.centre SET held = %s", (sorted(kinds),))
    return tuple(sorted(kinds))


def publish_at(url: str, kind: str, at_ms: int | None = None) -> UUID | None:
    """Publish what waits of a kind, to count from a time (UTC ms) on or at once; None when nothing waits."""
    with admin_connect(url) as connection:
        return publish(connection, kind, now_ms(connection) if at_ms is None else at_ms)


def publish(connection: Pg, kind: str, effective_ms: int) -> UUID | None:
    """Make one publication of all that waits of a kind; it is one transaction."""
    made = _one(connection, "SELECT sync.publish(%s, %s)", (kind, effective_ms))
    return made if isinstance(made, UUID) else None


def publish_model(url: str, model: bytes, at_ms: int | None = None) -> UUID:
    """Publish a learned model: every counter writes the file once all its pieces are there."""
    with admin_connect(url) as connection, connection.transaction():
        ver = now_ms(connection) << 16
        connection.execute("DELETE FROM sync.pending WHERE kind = 'model'")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sync.pending (kind, entity, pk, ver, body) VALUES ('model', %s, %s, %s, %s::jsonb)",
                [
                    (
                        MODEL_PART,
                        uuid4(),
                        ver,
                        json.dumps({"n": n, "part": base64.b64encode(model[at : at + PIECE]).decode()}),
                    )
                    for n, at in enumerate(range(0, len(model), PIECE))
                ],
            )
        made = publish(connection, "model", now_ms(connection) if at_ms is None else at_ms)
        if made is None:
            raise Refusal("empty_model", Text(N_("There is no learned model here yet. Run «crosssell learn» first.")))
        return made


def apply_due(connection: Pg) -> int:
    """Make publications whose time has come count at the centre too; forget the rows of old ones."""
    waiting = connection.execute(
        "SELECT p.id FROM shop.publication p WHERE p.effective_from <= %s"
        " AND NOT EXISTS (SELECT 1 FROM sync.published d WHERE d.publication_id = p.id)"
        " ORDER BY p.effective_from, p.ver",
        (now_ms(connection),),
    ).fetchall()
    for (id_,) in waiting:
        connection.execute("SELECT sync.apply_publication(%s)", (id_,))
    # A counter that has not heard them by now is past the feed's end and fetches the tables themselves.
    connection.execute(
        "DELETE FROM shop.publication_row r USING sync.published d"
        " WHERE d.publication_id = r.publication_id AND d.at < now() - %s::interval",
        (PUBLICATION_KEPT,),
    )
    return len(waiting)


# ------------------------------------------------------------------------------------------------ the rest


def join_cards(connection: Pg) -> int:
    """Compute again which card stands for which; return how many stand under another now."""
    pairs = connection.execute(
        "SELECT m.loser_id, m.winner_id FROM shop.customer_merge m JOIN shop.merge_verdict v ON v.id = m.id"
        " WHERE m.wanted = 'merge' AND v.accepted = 1 AND NOT EXISTS ("
        "  SELECT 1 FROM shop.customer_unmerge u JOIN shop.merge_verdict w ON w.id = u.id"
        "  WHERE u.merge_id = m.id AND w.accepted = 1)"
    ).fetchall()
    wanted = roots((a, b) for a, b in pairs)
    with connection.transaction():
        kept: dict[UUID, UUID] = dict(connection.execute("SELECT id, root FROM sync.customer_alias").fetchall())
        for id_, root in wanted.items():
            if kept.get(id_) != root:
                connection.execute(
                    "INSERT INTO sync.customer_alias (id, root) VALUES (%s, %s)"
                    " ON CONFLICT (id) DO UPDATE SET root = excluded.root",
                    (id_, root),
                )
        for id_ in kept.keys() - wanted.keys():
            connection.execute("DELETE FROM sync.customer_alias WHERE id = %s", (id_,))
    return len(wanted)


def prune(connection: Pg) -> int:
    """Mark where the feed stands, once an hour, and forget what every living counter heard a month ago."""
    connection.execute(
        "INSERT INTO sync.feed_mark (xid) SELECT pg_snapshot_xmin(pg_current_snapshot())"
        " WHERE NOT EXISTS (SELECT 1 FROM sync.feed_mark m WHERE m.at > now() - interval '1 hour')"
    )
    return int(str(_one(connection, "SELECT sync.prune_feed(%s::interval)", (FEED_KEPT,))))


def keep_terms(connection: Pg) -> dict[str, int]:
    """Once a day, delete what is kept for a term that is over; it and its note are one transaction."""
    if not _is_due(connection, "terms"):
        return {}
    with connection.transaction():
        gone = centre_terms.keep(connection, now_ms(connection))
        _note(connection, "terms", dict(gone))
    return gone


def _is_due(connection: Pg, what: str) -> bool:
    last = _one(
        connection,
        "SELECT (extract(epoch FROM max(w.at)) * 1000)::bigint FROM sync.work_log w WHERE w.what = %s",
        (what,),
    )
    return last is None or int(str(last)) <= now_ms(connection) - DAILY_MS


def _heads(connection: Pg, path: Path, done: Worked) -> None:
    file = heads.HeadsFile(path)
    seal = _one(
        connection,
        "SELECT w.detail->>'seal' FROM sync.work_log w WHERE w.what = 'heads' ORDER BY w.no DESC LIMIT 1",
    )
    if seal and seal not in file.seals:
        done.faults.append("the heads' file was cut short: its last lines are missing")
    # Reading every operation again is the audit's work; writing down what came is each run's.
    done.faults += heads.check(connection, file) if done.audited else file.faults
    done.heads = heads.export(connection, file, now_ms(connection))
    _note(connection, "heads", {"seal": file.seal, "added": done.heads})
