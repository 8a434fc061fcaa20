"""``learn`` and ``suggest``: what goes together, and what would serve this customer with this core."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TextIO

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.spoken import Voice, speak
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.services.asking import Asker, Ranked


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
        if why and gates == "on" and not command.as_json:
            click.echo(_explained(command, asker.ranked(question)))
            return
        answer = asker.answer(question, why=why)
    if command.as_json:
        command.report(answer)
        return
    click.echo(_words(answer))


def _run_batch(command: Command, asker: Asker, lines: TextIO) -> None:
    from crosssell_desktop.services import asking

    bad: Refusal | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = asker.answer(asking.question_of(json.loads(line)), why=False)
        except Refusal as refused:
            answer = _refused(command, refused)
        except (json.JSONDecodeError, ValueError, TypeError) as error:
            values = {"number": number, "why": str(error)}
            no_question = Refusal("bad_question", Text(N_("Line {number} is not a question: {why}."), values))
            answer = _refused(command, no_question)
            bad = bad or no_question
        click.echo(json.dumps(answer, ensure_ascii=False))
    if bad is not None:  # every line has its answer; the first that was no question is said aloud
        raise bad


def _refused(command: Command, refused: Refusal) -> dict[str, Any]:
    return {"items": [], "refused": refused.code, "message": command.speaker.say(refused.text), "ms": 0.0}


_PARTS = {
    "required": N_("required"),
    "need": N_("need"),
    "relevance": N_("learned relevance"),
    "evidence": N_("proof"),
    "price": N_("price"),
    "situation": N_("situation"),
}


def _explained(command: Command, found: Ranked) -> str:
    """Return every part of the score and every gate that removed something, in the language of the terminal."""
    from crosssell_desktop.suggest.relevance import SCORE_ONE
    from crosssell_desktop.suggest.score import ONE

    speaker, ranked = command.speaker, found.ranked
    voice, ru = Voice(speaker), speaker.language == "ru"
    rows = []
    for place, one in enumerate(ranked.suggestions, 1):
        item = found.names.get(one.product)
        name = one.name if item is None else (item.name_ru if ru else item.name_en)
        told = {speaker.gettext(_PARTS[part]): value for part, value in one.score_parts.items() if value}
        parts = " + ".join(f"{part} {value / ONE:.3f}" for part, value in told.items())
        rows.append(f"{place}. {one.sku}  {name}  {one.score / ONE:.3f} = {parts}")
        rows += [f"   {term} {value / SCORE_ONE:.4f}" for term, value in one.relevance_parts.items()]
        rows.append(f"   {speak(one.fit.reason, voice)}")
        for proof in one.evidence:
            said = speak(proof.text, voice) if proof.text is not None else (proof.claim_ru if ru else proof.claim_en)
            rows.append(f"   {proof.kind.value}: {said}")
    rows += [speak(text, voice) for text in ranked.summary]
    rows += [f"   {one.candidate.goods.sku}  {one.gate}: {speak(one.text, voice)}" for one in ranked.removed]
    rows += [speak(text, voice) for text in (*ranked.notes, *([ranked.diagnosis] if ranked.diagnosis else []))]
    return "\n".join(rows)


def _words(answer: dict[str, Any]) -> str:
    rows = [
        f"{place}. {item['sku']}  {item.get('name', '')}  {item['relation']}  "
        + "; ".join(str(e["text"]) for e in item["evidence"] if e.get("text"))
        for place, item in enumerate(answer["items"], 1)
    ]
    if not rows and answer.get("diagnosis"):
        rows.append(str(answer["diagnosis"]))
    return "\n".join(rows)
