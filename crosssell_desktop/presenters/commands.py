"""Every command of the counter as data: its name, its keys, its icon, and when it may be used.

Law: a key is written here and nowhere else; key bar, help sheet and shortcuts are made from this list.
Bare digits are never a command: they are text for the one field (design ruling 9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.state import Answer, CardAct, CounterState, SuggestionsPhase

Enabled = Callable[[CounterState], bool]
Group = Literal["receipt", "offers", "customer", "program"]


def _always(_state: CounterState) -> bool:
    return True


def _on_shift(state: CounterState) -> bool:
    return state.header.shift_id is not None


def _has_lines(state: CounterState) -> bool:
    return _on_shift(state) and bool(state.receipt.lines) and not state.busy


def _can_confirm(state: CounterState) -> bool:
    return _has_lines(state) and state.receipt.core_line is not None and not state.receipt.core_confirmed


def _has_open_offer(number: int) -> Enabled:
    def enabled(state: CounterState) -> bool:
        row = state.suggestions.row(number)
        return not state.busy and row is not None and row.answer in {Answer.OPEN, Answer.UNDONE}

    return enabled


def _has_offers(state: CounterState) -> bool:
    return state.suggestions.phase is SuggestionsPhase.READY


def _may_on_card(act: CardAct) -> Enabled:
    def enabled(state: CounterState) -> bool:
        return state.card is not None and not state.card.is_locked and act in state.card.acts

    return enabled


def _may_hold(state: CounterState) -> bool:
    return _on_shift(state) and not state.busy and (bool(state.receipt.lines) or bool(state.receipt.held))


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for by a key."""

    id: str
    title: Text
    keys: tuple[str, ...]
    """Key sequences in Qt's portable notation; the first is shown."""
    icon: str = ""
    group: Group = "receipt"
    enabled: Enabled = _always
    in_bar: bool = False
    primary: bool = False
    short: Text | None = None
    """A shorter title for the key bar."""


COMMANDS: tuple[Command, ...] = (
    Command("help", Text(N_("Help")), ("F1",), "help", "program", in_bar=True),
    Command(
        "customer", Text(N_("Find or add a customer")), ("F2",), "customer", "customer", _on_shift, in_bar=True,
        short=Text(N_("Customer")),
    ),
    Command(
        "core", Text(N_("Make the line the core")), ("F3",), "core", "receipt", _has_lines, in_bar=True,
        short=Text(N_("Core")),
    ),
    Command(
        "confirm_core", Text(N_("The core suits: open suggestions")), ("F4",), "check", "offers", _can_confirm,
        in_bar=True, short=Text(N_("Core suits")),
    ),
    Command(
        "pass", Text(N_("Pass the customer on")), ("F5",), "pass", "customer", _on_shift, in_bar=True,
        short=Text(N_("Pass")),
    ),
    Command("find", Text(N_("Go to the field")), ("F6", "Ctrl+F"), "search", "receipt"),
    Command(
        "return", Text(N_("Return or exchange")), ("F7",), "return", "receipt", _on_shift, in_bar=True,
        short=Text(N_("Return")),
    ),
    Command(
        "hold", Text(N_("Put aside or take up a receipt")), ("F8",), "hold", "receipt", _may_hold, in_bar=True,
        short=Text(N_("Hold")),
    ),
    Command(
        "show_customer", Text(N_("Show to the customer")), ("F9",), "screen", "offers", _has_offers, in_bar=True,
        short=Text(N_("To customer")),
    ),
    Command(
        "complete", Text(N_("Complete the sale")), ("F12",), "check", "receipt", _has_lines, in_bar=True,
        primary=True, short=Text(N_("Complete")),
    ),
    *(
        Command(f"yes_{n}", Text(N_("Yes to suggestion {n}"), {"n": n}), (f"Alt+{n}",), "check", "offers",
                _has_open_offer(n))
        for n in (1, 2, 3)
    ),
    *(
        Command(f"no_{n}", Text(N_("No to suggestion {n}, with a reason"), {"n": n}), (f"Alt+Shift+{n}",), "cross",
                "offers", _has_open_offer(n))
        for n in (1, 2, 3)
    ),
    Command("why", Text(N_("Why: open the proof")), ("Alt+0",), "proof", "offers", _has_offers),
    Command("remove_line", Text(N_("Remove the line")), ("Del",), "trash", "receipt", _has_lines),
    Command("undo", Text(N_("Undo")), ("Ctrl+Z",), "undo", "receipt"),
    Command(
        "edit_card", Text(N_("Edit the customer's card")), ("Ctrl+E",), "customer", "customer",
        _may_on_card(CardAct.EDIT),
    ),
    Command(
        "consents", Text(N_("Consents, do not contact, erasure")), ("Ctrl+G",), "lock", "customer",
        _may_on_card(CardAct.CONSENTS),
    ),
    Command(
        "reveal", Text(N_("Open the masked contact, with a reason")), ("Ctrl+R",), "search", "customer",
        _may_on_card(CardAct.REVEAL),
    ),
    Command("drawer", Text(N_("Customer card as a drawer")), ("Ctrl+K",), "drawer", "customer"),
    Command("language", Text(N_("Language: Russian, English")), ("Ctrl+L",), "language", "program"),
    Command("theme", Text(N_("Light, dark, high contrast")), ("Ctrl+T",), "moon", "program"),
    Command("larger", Text(N_("Larger text")), ("Ctrl+=", "Ctrl++"), "", "program"),
    Command("lock", Text(N_("Lock, change the person")), ("Ctrl+Q",), "lock", "program"),
    Command("back", Text(N_("Back to the field, close what is open")), ("Esc",), "", "program"),
)  # fmt: skip

BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}


def command(command_id: str) -> Command:
    """Return a command by its id; an unknown id is our bug."""
    return BY_ID[command_id]


def bar(state: CounterState) -> tuple[tuple[Command, bool], ...]:
    """Return the commands of the key bar in order, each with whether it may be used now."""
    return tuple((item, item.enabled(state)) for item in COMMANDS if item.in_bar)
