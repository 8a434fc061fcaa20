"""``learn`` and ``suggest``: what goes together, and what would serve this customer with this core."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TextIO

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.services.asking import Asker


@click.command("learn")
@shared
def learn(command: Command) -> None:
    """Rebuild the learned combinations from every receipt in the profile."""
    from crosssell_desktop.services.learning import learn_all
    from crosssell_desktop.system.measure import peak_mb

    started = time.monotonic()
    with command.desk(writes=True) as desk:
        figures = learn_all(desk).value
    command.report(
        {
            "receipts": figures.receipts,
            "lines": figures.lines,
            "products": figures.products,
            "pairs": figures.pairs,
            "seconds": round(time.monotonic() - started, 2),
            "peak_mb": peak_mb(),
            "model_bytes": figures.model_bytes,
            "returned": figures.returned,
            "left_out": figures.left_out,
        }
    )


@click.command("suggest")
@click.option("--core", "core", help="SKU of the core product.")
@click.option("--basket", "basket", multiple=True, help="SKU of another product in the receipt; repeatable.")
@click.option("--customer", help="Customer: id, card, phone or key of an import.")
@click.option("--store", help="Store code.")
@click.option("-k", "k", type=click.IntRange(1, 200), default=3, show_default=True, help="How many at most.")
@click.option("--why", is_flag=True, help="Every part of the score and every gate.")
@click.option("--gates", type=click.Choice(["on", "off"]), default="on", show_default=True)
@click.option(
    "--batch", type=click.File("r", encoding="utf-8"), help="JSON lines: core, basket, customer, store, at, k."
)
@shared
def suggest(  # noqa: PLR0913  # the options of one command
    command: Command,
    core: str | None,
    basket: tuple[str, ...],
    customer: str | None,
    store: str | None,
    k: int,
    *,
    why: bool,
    gates: str,
    batch: TextIO | None,
) -> None:
    """Rank the periphery for a core."""
    from crosssell_desktop.services import asking

    if batch is None and core is None and not basket:
        raise click.UsageError("name --core SKU, --basket SKU or --batch FILE")
    with command.desk() as desk:
        if desk.model_trouble is not None:
            raise desk.model_trouble
        asker = asking.Asker(desk, with_gates=gates == "on")
        if batch is not None:
            _run_batch(command, asker, batch)
            return
        question = asking.Question(core=core, basket=basket, customer=customer, store=store, at=None, k=k)
        answer = asker.answer(question, why=why)
    if command.as_json:
        command.report(answer)
        return
    click.echo(_words(answer))


def _run_batch(command: Command, asker: Asker, lines: TextIO) -> None:
    from crosssell_desktop.services import asking

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = asking.question_of(json.loads(line))
        except (json.JSONDecodeError, ValueError, TypeError) as error:
            raise Refusal(
                "bad_question",
                Text(N_("Line {number} is not a question: {why}."), {"number": number, "why": str(error)}),
            ) from error
        try:
            answer = asker.answer(question, why=False)
        except Refusal as refused:
            answer = {"items": [], "refused": refused.code, "message": command.speaker.say(refused.text), "ms": 0.0}
        click.echo(json.dumps(answer, ensure_ascii=False))


def _words(answer: dict[str, Any]) -> str:
    rows = [
        f"{place}. {item['sku']}  {item.get('name', '')}  {item['relation']}  "
        + "; ".join(str(e["text"]) for e in item["evidence"] if e.get("text"))
        for place, item in enumerate(answer["items"], 1)
    ]
    if not rows and answer.get("diagnosis"):
        rows.append(str(answer["diagnosis"]))
    return "\n".join(rows)
