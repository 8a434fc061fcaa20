"""Who may do what: every public act of the services that takes a person, by level.

``y`` may, ``-`` may not: cashier, consultant, shift supervisor, manager, data administrator.
"""

from __future__ import annotations

RIGHTS: dict[str, str] = {
    "access_log.ask_centre": "yyyyy",
    "access_log.entries": "yyyyy",
    "access_log.reveal": "-yyy-",
    "customers.add_note": "-yyy-",
    "customers.card": "yyyyy",
    "customers.create": "-yyy-",
    "customers.edit": "-yyy-",
    "customers.set_consent": "-yyyy",
    "exchange_office.ask_centre": "---y-",
    "exchange_office.fetch_anew": "---y-",
    "exchange_office.send_again": "---y-",
    "exchange_office.view": "---y-",
    "login.log_out": "yyyyy",
    "merging.merge": "--yyy",
    "merging.merges_of": "--yyy",
    "merging.proposals": "--yyy",
    "merging.propose": "-yyyy",
    "merging.refuse": "--yyy",
    "merging.undecided": "--yyy",
    "merging.unmerge": "--yyy",
    "offers.accept": "-yyy-",
    "offers.decline": "-yyy-",
    "offers.open_round": "-yyy-",
    "offers.undo_answer": "-yyy-",
    "passes.accept": "yyyy-",
    "passes.decline": "yyyy-",
    "passes.record_help": "yyyy-",
    "passes.send": "yyyy-",
    "receipts.add_product": "yyyy-",
    "receipts.choose_core": "yyyy-",
    "receipts.complete": "yyyy-",
    "receipts.confirm_core": "yyyy-",
    "receipts.drop": "yyyy-",
    "receipts.hold": "yyyy-",
    "receipts.remove_line": "yyyy-",
    "receipts.restore_line": "yyyy-",
    "receipts.resume": "yyyy-",
    "receipts.set_customer": "yyyy-",
    "receipts.set_quantity": "yyyy-",
    "receipts.set_situation": "yyyy-",
    "receipts.start_basket": "yyyy-",
    "reporting.shift_report": "--yy-",
    "reporting.shift_report_data": "--yy-",
    "reporting.statement": "---y-",
    "returns.take_back": "yyyy-",
    "shifts.close_shift": "--yy-",
    "shifts.open_shift": "--yy-",
    "staff_office.dismiss": "---yy",
    "staff_office.edit": "---yy",
    "staff_office.hire": "---yy",
    "staff_office.reset_pin": "--yyy",
    "staff_office.set_level": "---yy",
    "staff_office.take_back": "---yy",
    "staff_office.view": "--yyy",
}
LISTS: dict[str, str] = {
    "finding.look_up": "people only to those who may open a card from a search",
    "login.renewed": "the person's own session, with the level of today",
    "passes.by_me": "one's own passes",
    "passes.to_us": "passes to the department, to those who may take them",
    "receipts.current_basket": "one's own open receipt",
}
"""Acts that refuse nobody and answer less; the dump of all a level can read holds them to it."""

MATTERS: dict[str, str] = {
    "access_log.note": "the record of a look, within the act that looks",
    "answers.record_answer": "within offers and receipts",
    "credits.entry_rows": "within the completion of a sale",
    "credits.reversal_rows": "within a return",
    "masking.masked": "what a reading act hands out goes through it",
    "shifts.who": "the columns of a fact",
}
"""Parts of an act, called within one that has asked already; never by a screen."""
