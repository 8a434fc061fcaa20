from __future__ import annotations

import uuid

import pytest

from crosssell_desktop.domain.access import ALLOWED, Act, Level, Session, may, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId

TABLE = {
    # act: cashier, consultant, supervisor, manager, data admin
    Act.SELL: "yyyy-",
    Act.SEE_CARD: "-yyy-",
    Act.SEE_PHONE: "--yy-",
    Act.SAVE_CUSTOMER: "-yyy-",
    Act.PROPOSE_MERGE: "-yyyy",
    Act.APPROVE_MERGE: "--yyy",
    Act.DECIDE_MERGE: "---yy",
    Act.OFFER: "-yyy-",
    Act.PASS_ON: "yyyy-",
    Act.RETURN: "yyyy-",
    Act.OPEN_SHIFT: "--yy-",
    Act.CLOSE_SHIFT: "--yy-",
    Act.SHIFT_REPORT: "--yy-",
    Act.OWN_CREDITS: "yyyy-",
    Act.STORE_CREDITS: "---y-",
    Act.SEE_COST: "---y-",
    Act.MANAGE_CATALOGUE: "---y-",
    Act.MANAGE_EXCHANGE: "---y-",
    Act.SEE_STAFF: "--yyy",
    Act.RESET_PIN: "--yyy",
    Act.MANAGE_STAFF: "---yy",
    Act.MANAGE_PLACES: "---yy",
    Act.OPEN_CARD: "yyyyy",
    Act.REVEAL_CONTACT: "-yyy-",
    Act.RECORD_CONSENT: "-yyyy",
    Act.SEE_ACCESS_LOG: "yyyyy",
    Act.SEE_STORE_LOG: "--yyy",
    Act.RESTRICT_PROCESSING: "---yy",
    Act.SUBJECT_EXTRACT: "---yy",
    Act.ASK_ERASURE: "-yyyy",
    Act.APPROVE_ERASURE: "---y-",
    Act.EXECUTE_ERASURE: "----y",
    Act.SEE_FORECAST_TEST: "---y-",
    Act.IMPORT_LISTS: "---yy",
    Act.MOVE_LISTS: "---yy",
}


def of(level: Level) -> Session:
    some = uuid.UUID(int=1)
    return Session(some, PersonId(some), "А.", level, DepartmentId(some), StoreId(some), "ru")


def test_every_act_is_in_the_table() -> None:
    assert set(TABLE) == set(Act) == set(ALLOWED)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("level", Level)
def test_a_level_opens_exactly_what_the_table_says(act: Act, level: Level) -> None:
    allowed = TABLE[act][level - 1] == "y"
    assert may(of(level), act) is allowed
    if allowed:
        require(of(level), act)
    else:
        with pytest.raises(Refusal, match="not_allowed"):
            require(of(level), act)
