"""The laws after healing: nothing lost, nothing doubled, no gaps, both ends the same (sync rules, section 5)."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from uuid import UUID

from crosssell_desktop.store.journal import FIRST_HEAD, chain_head
from tests.exchange.machine import TABLES, TOLD, Machine, must


def check(world: Machine) -> None:
    """Check every law; raise :class:`Broken` with its number and name."""
    ops = world.centre.ops()
    states = Counter((op_id, state) for _, _, _, op_id, state, _, _ in ops)
    whole = {op_id for op_id, state in states if state != "dup"}
    kept = set().union(*(till.made for till in world.tills), set())
    for till in world.tills:
        must(till.state().unsent == 0, "I4 the queue drains")
        refused = till.look("SELECT entity, error FROM quarantine_down")
        must(not refused, f"8 the counter took every row it was told: {refused}")
        on_disk = {UUID(bytes=bytes(r[0])) for r in till.look("SELECT op_id FROM outbox")}
        must(on_disk == till.made, "9 the outbox holds what was done, no more and no less")
    must(kept <= whole, f"1 no lost operation: {len(kept - whole)} of {len(kept)}")
    must(world.there <= whole, "1 no lost operation: the centre forgot what it had")
    must(all(n == 1 for (_, state), n in states.items() if state != "dup"), "1 once only")
    must(whole <= set(world.all_made), "2 no ghost")
    _dense(world)
    bad = {op_id for op_id, state in states if state == "quarantined"}
    must(bad == world.poison & whole, f"8 quarantine is exactly the poison: {len(bad ^ (world.poison & whole))}")
    _money(world, whole)
    _level(world)
    _chains(world)
    for till in world.tills:
        again = till.exchange.round()
        must((again.pushed, again.pulled, again.healed, again.round_trips) == (0, 0, (), 1), f"14 quiet: {again}")


def _dense(world: Machine) -> None:
    by_file: dict[tuple[int, UUID], list[int]] = {}
    for no, incarnation, seq, *_ in world.centre.ops():
        by_file.setdefault((no, incarnation), []).append(seq)
    for mine, seqs in by_file.items():
        must(sorted(seqs) == list(range(1, len(seqs) + 1)), "3 dense sequence")
        must(world.centre.cursors()[mine] == len(seqs), "3 the cursor is the last number")
    for till in world.tills:
        seqs = [r[0] for r in till.look("SELECT seq FROM outbox ORDER BY seq")]
        must(seqs == list(range(1, len(seqs) + 1)), "3 dense in the file")


def _money(world: Machine, whole: set[UUID]) -> None:
    due = {sale: (total, lines) for op_id, (sale, total, lines) in world.money.items() if op_id in whole}
    found = {id_: json.loads(text)["total_minor"] for id_, text in world.centre.contents("sale").items()}
    must(set(found) == set(due), "4 the centre has the sales that were made")
    must(sum(found.values()) == sum(total for total, _ in due.values()), "4 I2 sums of totals")
    lines: Counter[UUID] = Counter()
    sums: Counter[UUID] = Counter()
    for text in world.centre.contents("sale_line").values():
        row = json.loads(text)
        lines[UUID(row["sale_id"])] += 1
        sums[UUID(row["sale_id"])] += row["amount_minor"]
    paid: Counter[UUID] = Counter()
    for text in world.centre.contents("payment").values():
        row = json.loads(text)
        paid[UUID(row["sale_id"])] += row["amount_minor"]
    for sale, (total, count) in due.items():
        must(lines[sale] == count and sums[sale] == total == paid[sale], "I2 lines = total = payments")


def _level(world: Machine) -> None:
    for till in world.tills:
        named: dict[str, set[UUID]] = {}
        for entity, pk, ver, body in till.look("SELECT entity, pk, ver, body FROM only_here"):
            must(world.put_backs, "I8 nothing is named lost where no centre was put back")
            if body is None:
                named.setdefault(entity, set()).add(UUID(bytes=bytes(pk)))
            else:
                kept = world.centre.contents(entity).get(UUID(bytes=bytes(pk)))
                must(kept is None or json.loads(kept)["ver"] < ver, f"I8 a {entity} is named lost and is there")
        for table in (*TABLES, *TOLD):
            there = world.centre.contents(table, till.counter_id)
            # The rows of a poisonous operation stay where they were made; its quarantine names them.
            here = {k: v for k, v in till.contents(table).items() if k in there or k not in world.poison_rows}
            more, less = set(here) - set(there), set(there) - set(here)
            other = {k: (here[k], there[k]) for k in set(here) & set(there) if here[k] != there[k]}
            # What a centre put back has lost and nobody alive can send again is named to the last row, and nothing
            # else is: law 1 has already found every operation of a living file at the centre.
            lost = named.get(table, set()) - world.poison_rows
            must(not less, f"5 13 convergence of {table}: {len(less)} less")
            must(more == lost, f"5 I8 {table}: {len(more - lost)} more unnamed, {len(lost - more)} named")
            must(not other, f"5 convergence of {table}: {next(iter(other.items()), None)}")


def _chains(world: Machine) -> None:
    for till in world.tills:
        head = FIRST_HEAD
        for fact_hash, kept in till.look("SELECT fact_hash, head FROM chain ORDER BY no"):
            head = chain_head(head, fact_hash)
            must(head == kept, "I5 the chain verifies")


def fingerprint(world: Machine) -> dict[str, str]:
    """Return a text for each part of the end state, to compare a seed on the model with the same on real databases.

    The centre numbers its counters as it likes, and puts clocks that ran ahead back to its own: what counts is the
    order of the readings. Everything else, ids too, comes from the seed.
    """
    numbers = {no: str(counter_id) for counter_id, no in world.centre.numbers().items()}
    parts = {table: sorted(f"{k}:{v}" for k, v in world.centre.contents(table).items()) for table in TABLES}
    parts["operations"] = sorted(str((numbers[no], *rest)) for no, *rest in world.centre.ops())
    parts["cursors"] = sorted(
        str((numbers[no], inc, n)) for (no, inc), n in world.centre.cursors().items() if no in numbers
    )
    for i, till in enumerate(world.tills):
        for table in TABLES:
            parts[f"till {i} {table}"] = sorted(f"{k}:{v}" for k, v in till.contents(table).items())
        parts[f"till {i} outbox"] = sorted(map(str, till.look("SELECT seq, hex(op_id), body, acked FROM outbox")))
        only_here = till.look("SELECT entity, hex(pk), ver FROM only_here")
        parts[f"till {i} only here"] = sorted(f'{entity} {pk} "ver":{ver}' for entity, pk, ver in only_here)
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in _ranked(parts).items()}


def _ranked(parts: dict[str, list[str]]) -> dict[str, str]:
    """Return each part as one text in which every clock reading is replaced by its place among all of them."""
    reading = re.compile(r'"ver":(\d+)|"([0-9a-f]{16})(?=[.~"])')

    def value(found: re.Match[str]) -> int:
        return int(found[1]) if found[1] else int(found[2], 16)

    places = {v: i for i, v in enumerate(sorted({value(m) for some in parts.values() for text in some
                                                 for m in reading.finditer(text)}))}  # fmt: skip
    return {
        name: "\n".join(reading.sub(lambda m: f'"at {places[value(m)]}', text) for text in some)
        for name, some in parts.items()
    }
