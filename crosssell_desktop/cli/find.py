"""``find``: customers as the counter's one field finds them."""

from __future__ import annotations

import json
import time
from typing import TextIO

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.text import N_, Text


@click.command("find")
@click.argument("text", required=False)
@click.option("-n", "limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--after", type=click.IntRange(0, 1_000), default=0, show_default=True, help="Leave out so many first.")
@click.option(
    "--batch", type=click.File("r", encoding="utf-8"), help="One text a line; a JSON object a line comes out."
)
@shared
def find(command: Command, text: str | None, limit: int, after: int, batch: TextIO | None) -> None:
    """Find customers by phone, card, e-mail, number of another system, or name in any order."""
    from crosssell_desktop.services.finding import find_customers

    if (text is None) == (batch is None):
        raise click.UsageError("name either a TEXT or --batch FILE")
    with command.desk() as desk:
        for one in [text] if batch is None else (line.rstrip("\n") for line in batch):
            started = time.perf_counter()
            found = find_customers(desk, one or "", limit, after)
            answer = {
                "items": [
                    {"id": str(c.id), "name": c.display_name, "phone_tail": c.phone_tail, "matched_by": c.matched_by}
                    for c in found.customers
                ],
                "total": found.total,
                "more_than_total": found.is_more,
                "ms": round((time.perf_counter() - started) * 1000, 3),
            }
            if batch is not None or command.as_json:
                click.echo(json.dumps(answer, ensure_ascii=False))
                continue
            for customer in found.customers:
                click.echo(f"{customer.display_name}\t{customer.phone_tail}\t{customer.id}")
            left = found.total - after - len(found.customers)
            if left > 0:
                more = N_("more than {n} more") if found.is_more else N_("{n} more")
                command.say(Text(more, {"n": left}))
