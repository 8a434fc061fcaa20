"""Imports what the house knows of itself from csv and xlsx: cost prices by date, visitors by hour, the rota by day.

Every row has a fixed id, so the same list twice changes nothing; what a list does not tell stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.hours import Hours, read_hours
from crosssell_desktop.domain.ids import StoreId, named_id
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.cells import BadCell
from crosssell_desktop.interchange.columns import Kind, Mapping_, mapping_of, places, read_mapping
from crosssell_desktop.interchange.import_tables import Shop, refused_path
from crosssell_desktop.interchange.result import ImportResult, stop_if
from crosssell_desktop.interchange.rows import BadRow, RefusedFile, RowView, views
from crosssell_desktop.store import lookups, rota_rows, sources, told_rows
from crosssell_desktop.store.puts import cost_id
from crosssell_desktop.store.registers import CHUNK, Counts

MOST_VISITORS = 100_000
"""In one hour through one door; more is a shifted column."""
_HOUR = re.compile(r"(\d{1,2})(?::00(?::00)?)?(?:\s*[-–—]\s*(\d{1,2})(?::00)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Here:
    """What the shop knows that rows are read with."""

    home: UUID
    zone: ZoneInfo
    stores: Mapping[str, UUID]
    people: Mapping[tuple[UUID, str], UUID]
    """Who bears a folded name, a short name or a badge in a store; a name of two is nobody's."""
    source: str


Found = dict[str, Any]
"""A row of the table; ``_key`` in a row of costs is the product's SKU or barcode until it is looked up."""
Read = Callable[[RowView, _Here], Found]


def import_costs(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, dry_run: bool = False
) -> ImportResult:
    """Import cost prices: product, cost, from which day on; without a day from ever.

    Raises:
        Refusal: the file, the mapping or the columns cannot be used; nothing was changed.
    """
    return _import(shop, _COSTS, path, mapping, dry_run=dry_run)


def import_visitors(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, dry_run: bool = False
) -> ImportResult:
    """Import how many came in: store, day, hour, visitors; the own store where none is told.

    Raises:
        Refusal: the file, the mapping or the columns cannot be used; nothing was changed.
    """
    return _import(shop, _VISITORS, path, mapping, dry_run=dry_run)


def import_rota(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, dry_run: bool = False
) -> ImportResult:
    """Import a rota: who, day, planned and worked hours; a name without an account is kept and told (A38).

    Raises:
        Refusal: the file, the mapping or the columns cannot be used; nothing was changed.
    """
    return _import(shop, _ROTA, path, mapping, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _List:
    """A kind of list: the table it goes to, how a row is read, and what a row has that no list told before."""

    kind: Kind
    table: str
    read: Read
    new: Found


def _import(shop: Shop, what: _List, path: Path, mapping: Path | Mapping_ | None, *, dry_run: bool) -> ImportResult:
    given = read_mapping(mapping, what.kind) if isinstance(mapping, Path) else mapping
    with shop.database.read() as connection:
        kept = sources.known_source(connection, what.kind)
    told = given or (mapping_of(what.kind, what.kind, kept[1]) if kept else Mapping_(what.kind))
    table = shop.open_table(path)
    found = places(what.kind, table.header, told)
    if given is not None and not dry_run:
        with shop.database.write() as connection:
            sources.source_no(connection, given.source, now_ms=shop.clock.now_ms(), mapping=given.as_json())
    with shop.database.read() as connection:
        home, zone = lookups.home(connection)
        here = _Here(home, ZoneInfo(zone), told_rows.stores(connection), _people(connection), told.source)
    refused = RefusedFile(table.header, None if dry_run else refused_path(path), shop.translator)
    seen: dict[UUID, int] = {}
    counts = Counts()
    read = 0

    def typed() -> Iterator[tuple[RowView, Found]]:
        nonlocal read
        for view in views(table, found, refused.add):
            read += 1
            try:
                yield view, what.read(view, here)
            except BadRow as bad:
                refused.add(bad.refused, view.cells)

    try:
        coming = typed()
        while chunk := list(islice(coming, CHUNK)):
            stop_if(shop.cancelled)
            fresh: list[Found] = []
            for view, row in _with_products(shop, chunk, refused) if what is _COSTS else chunk:
                first = seen.setdefault(row["id"], view.line)
                if first == view.line:
                    fresh.append(row)
                else:
                    again = Text(N_("line {line} tells the same already"), {"line": first})
                    refused.add(view.bad("", again).refused, view.cells)
            told_here = told_rows.Told(what.table, fresh, what.new)
            counts += told_rows.receive(shop.database, shop.clock, shop.ids, told_here, write=not dry_run)
            shop.progress(Text(N_("Rows read")), read, 0)
    except BaseException:
        refused.close(keep=False)
        raise
    result = ImportResult(
        read=counts.added + counts.changed + counts.same + refused.count,
        added=counts.added,
        changed=counts.changed,
        same=counts.same,
    )
    return replace(
        result,
        refused=refused.count,
        refused_file=refused.close(keep=True),
        first_refused=tuple(refused.first),
        dry_run=dry_run,
    )


# ------------------------------------------------------------------------------------------------------ costs


def _cost(row: RowView, here: _Here) -> Found:
    sku = row.read("sku", cells.key_text)
    codes = () if sku is not None else row.read("barcode", cells.barcodes) or ()
    if sku is None and not codes:
        raise row.bad("sku", Text(N_("there is neither a code nor a barcode")))
    begins = row.read("from", cells.moment)
    return {
        "_sku": sku,
        "_codes": codes,
        "amount_minor": row.must("cost", cells.price_minor),
        "valid_from": 0 if begins is None else _midnight_ms(begins, here.zone),
    }


def _midnight_ms(day: datetime, zone: ZoneInfo) -> int:
    return round(day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone).timestamp() * 1000)


def _with_products(
    shop: Shop, chunk: list[tuple[RowView, Found]], refused: RefusedFile
) -> Iterator[tuple[RowView, Found]]:
    """Give each row its product; what is sold under neither code is refused."""
    with shop.database.read() as connection:
        known = told_rows.product_ids(
            connection, {row["_sku"] for _, row in chunk if row["_sku"]}, {c for _, row in chunk for c in row["_codes"]}
        )
    for view, row in chunk:
        keys = (row["_sku"],) if row["_sku"] else row["_codes"]
        product = next((known[key] for key in keys if key in known), None)
        if product is None:
            reason = Text(N_("there is no product «{sku}»"), {"sku": keys[0]})
            refused.add(view.bad("sku" if row["_sku"] else "barcode", reason).refused, view.cells)
            continue
        yield (
            view,
            {
                "id": cost_id(product, row["valid_from"]),
                "product_id": product,
                "valid_from": row["valid_from"],
                "amount_minor": row["amount_minor"],
            },
        )


# --------------------------------------------------------------------------------------------------- visitors


def _visitors(row: RowView, here: _Here) -> Found:
    store = _store(row, here)
    at = row.must("day", cells.moment)
    hour = row.read("hour", _hour)
    if hour is None:
        if "hour" in row.places or ":" not in (row.text("day") or ""):
            raise row.bad("hour", Text(N_("the hour is missing: write 0 to 23")))
        hour = at.hour
    day = at.date().isoformat()
    return {
        "id": named_id("visitor_count", f"{store}/{day}/{hour}"),
        "store_id": store,
        "day": day,
        "hour": hour,
        "visitors": row.must("visitors", _count),
        "source": here.source,
    }


def _hour(cell: str) -> int:
    text = cells.plain_text(cell, 40)
    found = _HOUR.fullmatch(text)
    hour = int(found[1]) if found else 24
    if found is None or hour > 23 or (found[2] is not None and int(found[2]) % 24 != (hour + 1) % 24):
        raise BadCell(Text(N_("«{text}» is no hour of a day"), {"text": text}))
    return hour


def _count(cell: str) -> int:
    number = cells.decimal(cell)
    if number != int(number) or not 0 <= number <= MOST_VISITORS:
        raise BadCell(
            Text(N_("«{text}» is no number of visitors, 0 to {most}"), {"text": cell[:40], "most": MOST_VISITORS})
        )
    return int(number)


def _store(row: RowView, here: _Here) -> UUID:
    code = row.read("store", cells.key_text)
    if code is None:
        return here.home
    if code not in here.stores:
        raise row.bad("store", Text(N_("there is no store «{code}»"), {"code": code}))
    return here.stores[code]


# ------------------------------------------------------------------------------------------------------- rota


def _rota(row: RowView, here: _Here) -> Found:
    store = _store(row, here)
    who = row.must("who", cells.plain_text)
    day = row.must("day", cells.moment).date().isoformat()
    planned, worked = row.read("planned", _hours), row.read("worked", _hours)
    if planned is None and worked is None:
        raise row.bad("planned", Text(N_("neither planned nor worked hours are written")))
    person = here.people.get((store, fold(who)))
    made: Found = {
        "id": rota_rows.row_id(StoreId(store), str(person or fold(who)), day),
        "store_id": store,
        "person_id": person,
        "who": who,
        "day": day,
        "source": here.source,
    }
    if planned is not None:
        made |= {"planned_minutes": planned.minutes, "starts_at": planned.starts_at}
    if worked is not None:
        made["worked_minutes"] = worked.minutes
    return made


def _hours(cell: str) -> Hours:
    text = cells.plain_text(cell, 40)
    hours = read_hours(text)
    if hours is None:
        raise BadCell(Text(N_("«{text}» is no hours: write 8, 7,5, 7:30 or 09:00-18:00."), {"text": text}))
    return hours


def _people(connection: Any) -> dict[tuple[UUID, str], UUID]:  # noqa: ANN401  # handed on to the store as it is
    found: dict[tuple[UUID, str], set[UUID]] = {}
    for id_, store, *names in told_rows.names(connection):
        for name in {fold(one) for one in names} - {""}:
            found.setdefault((store, name), set()).add(id_)
    return {key: next(iter(who)) for key, who in found.items() if len(who) == 1}


_COSTS = _List("costs", "cost_price", _cost, {})
_VISITORS = _List("visitors", "visitor_count", _visitors, {})
_ROTA = _List("rota", "rota", _rota, {"starts_at": None, "planned_minutes": 0, "worked_minutes": None})
