"""``match``: who is who over customer files, or over the profile's own cards into the review queue."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.interchange.match_files import Truth
    from crosssell_desktop.interchange.result import Progress
    from crosssell_desktop.matching.pairs import Judged

SHOWN = 50


@click.command("match")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--truth", type=click.Path(path_type=Path), help="Pairs of keys, or key and person: print the figures.")
@click.option("--between", is_flag=True, help="Only pairs of two files: each file has no duplicates of its own.")
@click.option("--rules-only", is_flag=True, help="Do not weigh the evidence; the rules alone decide.")
@click.option(
    "--store", is_flag=True, help="The profile's own cards: merge what is sure, queue the rest for the Office."
)
@click.option("--batch", type=int, help="As --store, but only the cards of this import and those that share a key.")
@shared
def match(  # one for each option
    command: Command,
    paths: tuple[Path, ...],
    truth: Path | None,
    batch: int | None,
    *,
    between: bool,
    rules_only: bool,
    store: bool,
) -> None:
    """Say which cards are one person: by itself, for a person to decide, or not at all."""
    from crosssell_desktop.interchange import match_files, who_is_who
    from crosssell_desktop.matching.cards import all_keys
    from crosssell_desktop.matching.pairs import judge_all

    if (store or batch is not None) and not paths:
        _fill(command, rules_only=rules_only, batch=batch)
        return
    if not paths or store or batch is not None:
        raise click.UsageError("name a PATH, or --store or --batch alone")
    started = time.perf_counter()
    read = match_files.read_cards(paths)
    known = match_files.read_truth(truth) if truth else None
    keys = all_keys(read.cards)
    lists = read.files if between and len(paths) > 1 else None
    weighs = not rules_only and who_is_who.is_installed()
    if not weighs and not rules_only:
        command.say(Text(N_("The extra «office» is not installed: the rules alone decide.")))
    scored = who_is_who.score(keys, between=lists, progress=_told(command)) if weighs else None
    found = judge_all(keys, scored, between=lists)
    told = report(found, known)
    told["cards"] = len(keys)
    told["weighed"] = weighs
    told["seconds"] = round(time.perf_counter() - started, 2)
    command.report(told, _words(command, found, told))


def _fill(command: Command, *, rules_only: bool, batch: int | None) -> None:
    from dataclasses import asdict

    from crosssell_desktop.services.match_queue import fill

    with command.desk(writes=True) as desk:
        done = fill(desk, rules_only=rules_only, progress=_told(command), batch=batch).value
    if not done.weighed and not rules_only and batch is None:
        command.say(Text(N_("The rules alone decided: the extra «office» is missing, or there are too few cards.")))
    command.report(asdict(done))


def report(found: list[Judged], known: Truth | None) -> dict[str, Any]:
    """Return pairs with zone, rule and score; with the truth the figures of each zone as well."""
    from crosssell_desktop.interchange.match_files import figures
    from crosssell_desktop.matching.rules import REVIEW_PROBABILITY, Zone

    def keys_of(some: list[Judged]) -> list[tuple[str, str]]:
        return [(j.comparison.left.card.key, j.comparison.right.card.key) for j in some]

    auto = [j for j in found if j.verdict.zone is Zone.AUTO]
    told: dict[str, Any] = {
        "auto": len(auto),
        "review": len(found) - len(auto),
        "pairs": [
            {
                "left": j.comparison.left.card.key,
                "right": j.comparison.right.card.key,
                "zone": j.verdict.zone.value,
                "rule": j.verdict.rule,
                "score": None if j.verdict.probability is None else round(j.verdict.probability, 6),
                "why": [str(reason) for reason in j.verdict.reasons],
                "household": j.verdict.is_family,
            }
            for j in found
        ],
    }
    if known is not None:
        sure = [j for j in found if (j.verdict.probability or 0.0) >= REVIEW_PROBABILITY]
        told["truth"] = {
            "auto": figures(keys_of(auto), known).as_json(),
            "auto_and_review": figures(keys_of(found), known).as_json(),
            "above": {"probability": REVIEW_PROBABILITY, **figures(keys_of(sure), known).as_json()},
        }
    return told


def _told(command: Command) -> Progress:
    def hear(step: Text, done: int, total: int) -> None:
        del done, total
        command.say(step)

    return hear


def _words(command: Command, found: list[Judged], told: dict[str, Any]) -> str:
    lines = [
        "\t".join(
            (
                j.verdict.zone.value,
                j.verdict.rule,
                "" if j.verdict.probability is None else f"{j.verdict.probability:.4f}",
                j.comparison.left.card.key,
                j.comparison.right.card.key,
                "; ".join(command.speaker.say(reason) for reason in j.verdict.reasons),
            )
        )
        for j in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        lines.append(command.speaker.say(Text(N_("… and {n} more; --json tells all."), {"n": len(found) - SHOWN})))
    lines += [f"{name}: {told[name]}" for name in ("cards", "auto", "review", "seconds")]
    lines += [f"{name}: {value}" for name, value in told.get("truth", {}).items()]
    return "\n".join(lines)
