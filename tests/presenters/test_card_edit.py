"""The card's form over a real counter: what its pages say, what they write, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.presenters.card_edit import CardEditPresenter, CardEditState, EditPage
from crosssell_desktop.presenters.card_edit_port import DeskCardEditPort
from crosssell_desktop.presenters.card_words import card_state
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.wording import typed_birthday, typed_moment
from crosssell_desktop.services import card_edit, consents, customers
from crosssell_desktop.store.puts import CustomerPut
from tests.presenters.test_counter import SlowLanes
from tests.services.conftest import home, photo, templates, wall
from tests.shop import PIN, START_MS, Counter, SetClock, customer, person, product, put_rows
from tests.ui.speaking import Speaker

__all__ = ["home", "photo", "templates", "wall"]
OLGA, PAVEL = customer("olga"), customer("pavel")
DAY_MS = 86_400_000
Opened = Callable[..., tuple[DeskPort, DeskCardEditPort]]


@pytest.fixture
def opened(photo: Counter, tmp_path: Path) -> Opened:
    """Log a person in at the counter and return its ports."""

    def log_in(who: str = "maria", language: str = "ru") -> tuple[DeskPort, DeskCardEditPort]:
        port = DeskPort(Speaker(language), reports=tmp_path, announce=lambda _: None)  # type: ignore[arg-type]
        port.attach(photo.desk)
        port.log_in(person(who), PIN)
        return port, DeskCardEditPort(port, lambda _: None)

    return log_in


def page(state: CardEditState, key: str) -> EditPage:
    found = state.page(key)
    assert found is not None
    return found


def write(edit: DeskCardEditPort, key: str, **values: str) -> CardEditState:
    shown = page(edit.state(OLGA), key)
    return edit.submit(OLGA, key, {field.name: values.get(field.name, field.value) for field in shown.fields})


def test_every_page_writes_what_its_form_says(opened: Opened, photo: Counter) -> None:
    photo.open_shift()
    _, edit = opened()
    state = write(edit, "person", name="Ветрова Ольга", birthday="18.05.1990", language="en")
    assert (state.name, page(state, "person").fields[1].value) == ("Ветрова Ольга", "18.05.1990")
    state = write(edit, "contacts", phone="8 916 555-44-33", channel="messenger", hours="18–21")
    assert {row.title for row in page(state, "contacts").rows} == {"+79165554433", "+79160000000", "olga@example.org"}
    assert [f.value for f in page(state, "contacts").fields] == ["", "", "messenger", "18–21"]
    state = write(edit, "notes", kind="traits", text="сравнивает сама")
    assert [row.title for row in page(state, "notes").rows] == ["сравнивает сама"]
    state = write(edit, "needs", text="сумка", code="BAG-1")
    assert photo.rows("SELECT text, product_type, source FROM need") == [("сумка", "bag", "stated")]
    state = write(edit, "things", what="CAM-1", serial="SN 1", warranty="04.03.2028")
    assert [row.title for row in page(state, "things").rows] == ["Товар CAM-1"]
    assert "гарантия до 04.03.2028" in page(state, "things").rows[0].remark
    state = write(edit, "promises", kind="reserve", text="ремешок", due="05.03")
    assert [row.title for row in page(state, "promises").rows] == ["ремешок"]
    state = write(edit, "events", event="new_office", impact="Новый офис, 10 мест", size="10")
    assert [row.title for row in page(state, "events").rows] == ["Новый офис, 10 мест"]
    state = write(edit, "household", who="соколов", role="муж", share="1")
    assert [row.title for row in page(state, "household").rows] == ["Павел Соколов"]
    assert customers.card(photo.desk, photo.session("maria"), PAVEL).household[0].shares
    photo.sell("anna", "CUP-1", of="olga")
    assert any("Товар CUP-1" in row.title for row in page(edit.state(OLGA), "history").rows)


def test_every_act_of_a_row_does_what_it_is_called(opened: Opened, photo: Counter) -> None:
    port, edit = opened()
    consents.record(photo.desk, port.session, OLGA, "service", given=True)
    write(edit, "needs", text="сумка")
    write(edit, "things", what="CAM-1")
    write(edit, "promises", kind="call_back", due="05.03")
    write(edit, "events", event="move", impact="переезд")
    write(edit, "household", who="соколов")
    acts = {"needs": "drop", "things": "drop", "promises": "kept", "events": "end", "household": "leave"}
    for key, act in acts.items():
        state = edit.state(OLGA)
        row = page(state, key).rows[0]
        assert act in {a.key for a in row.acts}
        assert page(edit.act(OLGA, key, row.key, act), key).rows == ()
    phone = next(row for row in page(edit.state(OLGA), "contacts").rows if row.title.startswith("+7"))
    state = edit.act(OLGA, "contacts", phone.key, "verify")
    assert "проверен 04.03.2026" in next(r.remark for r in page(state, "contacts").rows if r.key == phone.key)
    state = edit.act(OLGA, "contacts", phone.key, "drop")
    assert phone.key not in {row.key for row in page(state, "contacts").rows}


def test_a61_a_promise_to_call_who_allowed_no_call_says_why_and_keeps_what_was_typed(
    opened: Opened, photo: Counter, qtbot: QtBot
) -> None:
    _, edit = opened("anna")
    lanes = SlowLanes()
    presenter = CardEditPresenter(edit, lanes)
    presenter.open(OLGA)
    lanes.do()
    shown = page(presenter.state, "promises")
    presenter.submit("promises", {"kind": "call_back", "text": "про ремешок", "due": "05.03"})
    with qtbot.assertNotEmitted(presenter.saved):
        lanes.do()
    assert str(presenter.state.trouble) == "The customer has not allowed this in this channel."
    # The form is rebuilt only for another page: the very same page leaves every field as it was filled.
    assert page(presenter.state, "promises") is shown
    assert photo.number("SELECT count(*) FROM promise") == 0


def test_what_follows_from_a_sale_can_be_told_gone(opened: Opened, photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    _, edit = opened()
    (row,) = page(edit.state(OLGA), "things").rows
    assert row.key == f"product:{product('CAM-1')}"
    assert page(edit.act(OLGA, "things", row.key, "drop"), "things").rows == ()


def test_a_consultant_corrects_what_is_masked_without_seeing_it(opened: Opened, photo: Counter) -> None:
    _, edit = opened("anna")
    titles = {row.title for row in page(edit.state(OLGA), "contacts").rows}
    assert titles == {"+7 9•• •••-00-00", "o•••@example.org"}
    assert page(edit.state(OLGA), "person").fields[1].value == "17.05"
    write(edit, "person", name="Ольга Ветрова-Новая")
    assert photo.rows("SELECT birthday FROM customer WHERE id = ?", OLGA.bytes) == [("1990-05-17",)]


def test_an_organisation_has_a_page_of_its_own(opened: Opened, photo: Counter) -> None:
    firm = customer("firm")
    put_rows(
        photo.desk.database, photo.clock, photo.desk.ids, "customers_put",
        [CustomerPut(id=firm, display_name="ООО «Свет»", kind="organisation")],
    )  # fmt: skip
    _, edit = opened()
    assert edit.state(firm).page("household") is None
    with pytest.raises(Refusal, match="bad_inn"):
        edit.submit(firm, "firm", {"inn": "7707083894", "who": "", "role": ""})
    state = edit.submit(firm, "firm", {"inn": "7707083893", "who": "ветрова", "role": "закупки"})
    assert page(state, "firm").fields[0].value == "7707083893"
    (row,) = page(state, "firm").rows
    assert (row.title, row.remark) == ("Ольга Ветрова", "закупки")
    assert page(edit.act(firm, "firm", row.key, "unlink"), "firm").rows == ()


def test_two_cards_are_proposed_merged_and_parted_on_the_form(opened: Opened, photo: Counter) -> None:
    _, edit = opened("anna")
    assert page(edit.state(OLGA), "same").submit == "Предложить объединить"
    write(edit, "same", who="соколов")
    assert customers.card(photo.desk, photo.session("anna"), OLGA).ids == (OLGA,)
    _, edit = opened("sergey")
    state = write(edit, "same", who="соколов")
    assert len(page(state, "same").rows) == 2
    assert "Sergey Т." in page(state, "same").rows[0].remark
    assert "+79160000001" in {row.title for row in page(state, "contacts").rows}
    state = edit.act(OLGA, "same", str(PAVEL), "apart")
    assert page(state, "same").rows == ()
    assert "+79160000001" not in {row.title for row in page(state, "contacts").rows}
    _, edit = opened("maria")
    write(edit, "same", who="лебедь")
    assert len(customers.card(photo.desk, photo.session("anna"), OLGA).ids) == 2


@pytest.mark.parametrize(
    ("key", "values", "code"),
    [
        ("person", {"name": " "}, "no_name"),
        ("person", {"birthday": "31.02"}, "not_a_date"),
        ("contacts", {"phone": "12"}, "bad_phone"),
        ("notes", {"text": "у мужа диабет"}, "not_to_be_noted"),
        ("needs", {"text": "сумка", "code": "нет такого"}, "unknown_code"),
        ("needs", {"text": " "}, "empty_text"),
        ("things", {"what": "штатив", "warranty": "когда-нибудь"}, "not_a_date"),
        ("promises", {"due": "вчера"}, "not_a_date"),
        ("promises", {"due": "03.03.2026"}, "due_in_the_past"),
        ("events", {"impact": "переезд", "size": "много"}, "not_a_number"),
        ("household", {"who": "нет такого человека"}, "not_one"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_changes_nothing(
    opened: Opened, photo: Counter, key: str, values: dict[str, str], code: str
) -> None:
    _, edit = opened()
    before = photo.number("SELECT count(*) FROM outbox")
    with pytest.raises(Refusal, match=code):
        write(edit, key, **values)
    assert photo.number("SELECT count(*) FROM outbox") == before


def test_the_card_is_said_in_both_languages(opened: Opened, photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    maria = photo.session("maria")
    photo.sell("anna", "MACH-1", of="olga")
    card_edit.note_thing(
        photo.desk, maria, OLGA, product_id=product("CAM-1"), serial="SN1", warranty_until=START_MS + 30 * DAY_MS
    )
    card_edit.record_event(photo.desk, maria, event="recall", impact="греется", product_id=product("MACH-1"))
    found = customers.card(photo.desk, maria, OLGA)
    for language, alert, thing in (
        ("ru", "Отзыв товара: Товар MACH-1", ("Товар CAM-1", "№ SN1 · гарантия до 03.04.2026")),
        ("en", "Recall: Product MACH-1", ("Product CAM-1", "№ SN1 · warranty to 3\xa0Apr\xa02026")),
    ):
        shown = card_state(found, Speaker(language), names={}, now_ms=wall.now_ms())  # type: ignore[arg-type]
        assert shown.alerts.items[0].title == alert
        assert thing in {(item.title, item.remark) for item in shown.owns.items}
        assert (shown.fresh_at_ms, shown.is_stale) == (None, False)


def test_the_form_waits_for_the_lane_and_tells_what_went_wrong(opened: Opened, qtbot: QtBot) -> None:
    _, edit = opened()
    lanes = SlowLanes()
    presenter = CardEditPresenter(edit, lanes)
    presenter.open(OLGA)
    assert len(lanes.waiting) == 1
    presenter.submit("notes", {"kind": "who", "text": "x"})  # nothing is written while it is being opened
    assert len(lanes.waiting) == 1
    lanes.do()
    assert presenter.state.name == "Ольга Ветрова"
    presenter.submit("notes", {"kind": "who", "text": "дурак"})
    lanes.do()
    assert str(presenter.state.trouble).startswith("«дурак»")
    assert page(presenter.state, "notes").rows == ()
    with qtbot.waitSignal(presenter.saved):
        presenter.submit("notes", {"kind": "who", "text": "фотограф"})
        lanes.do()
    assert [row.title for row in page(presenter.state, "notes").rows] == ["фотограф"]


def test_dates_are_read_as_people_type_them() -> None:
    assert [typed_birthday(x) for x in ("17.05", "7.5.1990", "29.02", "1990-05-17", " ")] == [
        "05-17", "1990-05-07", "02-29", "1990-05-17", "",
    ]  # fmt: skip
    now = START_MS  # 2026-03-04 12:00 in Moscow
    assert typed_moment("05.03 12:00", now, 180) == now + DAY_MS
    assert typed_moment("04.03 11:00", now, 180) > now + 300 * DAY_MS
    assert typed_moment("2026-03-06", now, 180, hour=12) == now + 2 * DAY_MS
    for wrong in ("завтра", "31.02", "05.03 25:00", "5", "1.1.1.1"):
        with pytest.raises(Refusal, match="not_a_date"):
            typed_moment(wrong, now, 180)
