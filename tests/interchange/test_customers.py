"""Customers of many lists: one card with all its numbers, whole or not at all, and every batch taken back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.domain.text import Text
from crosssell_desktop.interchange.export_customers import export_customers
from crosssell_desktop.interchange.import_tables import Shop, import_customers, take_back_cut_off, undo_batch
from crosssell_desktop.interchange.result import ImportResult
from crosssell_desktop.store import customer_imports, customer_undo, lookups, registers, tombstones
from crosssell_desktop.store.puts import CustomerPut
from crosssell_desktop.store.queries import matching
from crosssell_desktop.store.queries.find import find_customers
from crosssell_desktop.store.registers import Desk
from crosssell_desktop.store.unit import begin

LOYALTY = (
    "Номер карты;Фамилия;Имя;Отчество;Телефон;Телефон подтверждён;E-mail;Город;Адрес\n"
    "2400000000017;Семёнова;Алёна;Игоревна;8-916-123-45-67;да;alena@mail.ru;Казань;ул. Баумана, 5\n"
    "2400000000024;Орлов;Пётр;Ильич;8-916-765-43-21;да;;;\n"
)
OPTICS = (
    "Код;ФИО;Телефон;Дата рождения\n"
    "17;Семенова Алена Игоревна;+7916 1234567;01.02.1990\n"
    "18;Орлова Вера Ильинична;+79167654321;\n"
    "19;Новый Олег;89031112233;\n"
)


def save(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def rows(shop: Shop, sql: str) -> list[tuple[object, ...]]:
    with shop.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def counts(result: ImportResult) -> tuple[int, int, int, int, int]:
    return result.read, result.added, result.changed, result.same, result.refused


def found(shop: Shop, text: str) -> list[str]:
    with shop.database.read() as connection:
        return [c.display_name for c in find_customers(connection, text).customers]


def state(shop: Shop) -> list[tuple[object, ...]]:
    """Everything of the cards that people see, without versions."""
    return [
        *rows(shop, "SELECT id, display_name, family_name, birthday, kind, status FROM customer "
                    "WHERE status <> 'undone' ORDER BY id"),
        *rows(shop, "SELECT customer_id, type, value, verified_at IS NULL FROM contact_point "
                    "WHERE value <> '' ORDER BY id"),
        *rows(shop, "SELECT customer_id, type, value FROM identifier WHERE value <> '' ORDER BY id"),
        *rows(shop, "SELECT family, given, more, keys FROM customer_found ORDER BY no"),
        *rows(shop, "SELECT entity, external_id, id, digest FROM external_ref ORDER BY 2"),
    ]  # fmt: skip


def two_lists(shop: Shop, tmp_path: Path) -> tuple[ImportResult, ImportResult]:
    mapping = save(tmp_path / "optics.toml", '[options]\nverified = "phone"\n')
    first = import_customers(shop, save(tmp_path / "loyalty.csv", LOYALTY), source="loyalty")
    second = import_customers(shop, save(tmp_path / "optics.csv", OPTICS), source="optics", mapping=mapping)
    return first, second


def test_a31_one_person_of_two_lists_is_one_card_with_two_numbers_and_apart_again(shop: Shop, tmp_path: Path) -> None:
    first, second = two_lists(shop, tmp_path)
    assert (first.added, second.added, second.changed, second.joined) == (2, 2, 1, 1)
    assert (
        found(shop, "семёнова") == found(shop, "8 (916) 123 45 67") == found(shop, "17") == ["Семёнова Алёна Игоревна"]
    )
    assert rows(shop, "SELECT count(*), count(DISTINCT id) FROM external_ref") == [(5, 4)]
    assert rows(shop, "SELECT birthday FROM customer WHERE family_name = 'Семёнова'") == [("1990-02-01",)]
    assert rows(shop, "SELECT rule FROM import_change") == [("M2",)]
    # A brother and a sister at one phone stay two people.
    assert set(found(shop, "4321")) == {"Орлов Пётр Ильич", "Орлова Вера Ильинична"}

    assert second.batch is not None
    done = undo_batch(shop, second.batch)
    assert (done.removed, done.restored, done.kept) == (2, 1, [])
    assert rows(shop, "SELECT birthday FROM customer WHERE family_name = 'Семёнова'") == [("",)]
    assert found(shop, "17") == found(shop, "новый олег") == []
    assert found(shop, "семёнова") == ["Семёнова Алёна Игоревна"]


def test_an_undone_batch_leaves_all_as_before_and_can_come_again(shop: Shop, tmp_path: Path) -> None:
    import_customers(shop, save(tmp_path / "loyalty.csv", LOYALTY), source="loyalty")
    before = state(shop)
    mapping = save(tmp_path / "optics.toml", '[options]\nverified = "phone"\n')
    path = save(tmp_path / "optics.csv", OPTICS)
    first = import_customers(shop, path, source="optics", mapping=mapping)
    after = state(shop)
    assert first.batch is not None
    undo_batch(shop, first.batch)
    assert state(shop) == before
    again = import_customers(shop, path, source="optics")
    assert (again.added, again.joined) == (2, 1)
    assert state(shop) == after
    with pytest.raises(Refusal) as refused:
        undo_batch(shop, first.batch)
    assert refused.value.code == "already_undone"


def test_what_was_worked_with_since_stays_and_is_named(shop: Shop, tmp_path: Path) -> None:
    result = import_customers(shop, save(tmp_path / "optics.csv", OPTICS), source="optics")
    with begin(shop.database, shop.clock, shop.ids) as unit:
        oleg = lookups.customer_of(unit.connection, named_id("customer", "optics/19"))
        assert oleg is not None
        registers.put(unit, "customer_changed", [replace(oleg, language="en")])
    assert result.batch is not None
    done = undo_batch(shop, result.batch)
    assert (done.removed, [(one.external_id, one.name, one.why) for one in done.kept]) == (
        2,
        [("19", "Новый Олег", "edited")],
    )
    assert found(shop, "новый") == ["Новый Олег"]
    assert import_customers(shop, tmp_path / "optics.csv", source="optics").same == 1


def test_whom_another_list_names_too_stays_when_the_first_list_is_taken_back(shop: Shop, tmp_path: Path) -> None:
    first, second = two_lists(shop, tmp_path)
    assert first.batch is not None
    done = undo_batch(shop, first.batch)
    assert [(one.name, one.why) for one in done.kept] == [("Семёнова Алёна Игоревна", "named")]
    assert done.removed == 1
    assert found(shop, "17") == ["Семёнова Алёна Игоревна"]
    assert found(shop, "орлов пётр ильич") == []
    again = import_customers(shop, tmp_path / "optics.csv", source="optics")
    assert (again.same, again.added) == (3, 0)
    assert second.batch is not None
    # Once the other list is taken back it names nobody: what it added goes, the card of the first stays as it was.
    assert undo_batch(shop, second.batch).removed == 2


def test_a_person_who_went_with_a_batch_of_another_counter_comes_back_with_the_list(shop: Shop, tmp_path: Path) -> None:
    path = save(tmp_path / "optics.csv", OPTICS)
    import_customers(shop, path, source="optics")
    # As it is heard from the exchange: the card is empty, the numbers of this counter's list still point at it.
    with begin(shop.database, shop.clock, shop.ids) as unit:
        (who,) = unit.connection.exec_driver_sql("SELECT id FROM external_ref WHERE external_id = '19'").one()
        for heard in (
            "UPDATE customer SET status = 'undone', display_name = '' WHERE id = ?",
            "UPDATE contact_point SET value = '' WHERE customer_id = ?",
            "UPDATE identifier SET value = '' WHERE customer_id = ?",
        ):
            unit.connection.exec_driver_sql(heard, (who,))
    assert import_customers(shop, path, source="optics", dry_run=True).added == 1
    again = import_customers(shop, path, source="optics")
    assert (again.added, again.same) == (1, 2)
    assert rows(shop, "SELECT display_name, status FROM customer WHERE display_name LIKE 'Новый%'") == [
        ("Новый Олег", "active")
    ]
    assert again.batch is not None
    assert undo_batch(shop, again.batch).removed == 1
    assert found(shop, "новый") == []


def test_a_list_taken_back_comes_again_as_the_first_time_and_goes_again(shop: Shop, tmp_path: Path) -> None:
    mapping = save(tmp_path / "m.toml", '[options]\nverified = "phone"\n')
    text = (
        "Код;ФИО;Телефон;E-mail\n"
        "A0;Иванов Пётр Сергеевич;+79161234567;ivanov@mail.ru\n"
        "A1;Петрова Алёна;+79161234568;\n"
        "A2;Иванов Пётр Сергеевич;+79161234567;other@mail.ru\n"
    )
    before = state(shop)
    first = import_customers(shop, save(tmp_path / "a.csv", text), source="a", mapping=mapping)
    after = state(shop)
    assert (first.added, first.joined, first.batch) == (2, 1, 1)
    for batch in (1, 2, 3):
        assert undo_batch(shop, batch).kept == []
        assert state(shop) == before
        again = import_customers(shop, tmp_path / "a.csv", source="a")
        assert (again.added, again.joined, again.batch) == (2, 1, batch + 1)
        assert state(shop) == after


@pytest.mark.parametrize("how", ["cancel", "crash", "power"])
def test_an_import_that_is_stopped_leaves_nothing_half_done(shop: Shop, tmp_path: Path, how: str) -> None:
    import_customers(shop, save(tmp_path / "loyalty.csv", LOYALTY), source="loyalty")
    before = state(shop)
    lines = [f"{n};Человек{chr(1072 + n % 30)} Имя;+7903{n:07d}" for n in range(1_400)]
    path = save(tmp_path / "many.csv", "Код;ФИО;Телефон\n" + "\n".join(lines) + "\n")
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3 and how == "crash":
            raise KeyboardInterrupt
        return asked == 3 and how == "cancel"

    if how == "power":
        # As a cut leaves it: one chunk is in, the batch is open.
        with shop.database.write() as connection:
            source = connection.exec_driver_sql(
                "INSERT INTO import_source(name, mapping, last_at) VALUES ('many', '{}', 0) RETURNING no"
            ).scalar_one()
            batch = customer_imports.open_batch(connection, source, "many.csv", 0)
        desk = Desk(shop.database, shop.clock, shop.ids, source, "customer")
        customer_imports.take(desk, "many", batch, [one(7), one(8)])
        assert state(shop) != before
        short = save(tmp_path / "none.csv", "Код;ФИО\n;Без ключа\n")
        import_customers(shop, short, source="none")
    else:
        with pytest.raises(Refusal) as refused:
            import_customers(replace(shop, cancelled=stop), path, source="many")
        assert refused.value.code == "cancelled"
    assert state(shop) == before
    assert rows(shop, "SELECT count(*) FROM import_batch WHERE state = 'open'") == [(0,)]


def test_an_import_that_cannot_even_be_put_back_says_so_and_goes_at_the_next_start(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(shop)
    lines = [f"{n};Человек Имя;+7903{n:07d}" for n in range(1_200)]
    path = save(tmp_path / "many.csv", "Код;ФИО;Телефон\n" + "\n".join(lines) + "\n")
    take, full = customer_imports.take, EnvironmentTrouble("disk_full", Text("The disk is full."))

    def fill_up(desk: Desk, source: str, batch: int, chunk: Sequence[customer_imports.Row]) -> customer_imports.Taken:
        if chunk[0].external_id != "0":
            raise full
        return take(desk, source, batch, chunk)

    def refuse(*_: object) -> bool:
        raise full

    with monkeypatch.context() as disk:
        disk.setattr(customer_imports, "take", fill_up)
        disk.setattr(customer_undo, "undo_some", refuse)
        with pytest.raises(EnvironmentTrouble) as refused:
            import_customers(shop, path, source="many")
    assert refused.value.code == "half_taken"
    assert "The disk is full." in str(refused.value.text)
    assert rows(shop, "SELECT count(*) FROM customer WHERE status = 'active'") == [(500,)]
    assert take_back_cut_off(shop) == 1
    assert state(shop) == before
    assert take_back_cut_off(shop) == 0


def one(n: int) -> customer_imports.Row:
    key = named_id("customer", f"many/{n}")
    card = CustomerPut(id=key, display_name=f"Человек {n}")
    return customer_imports.Row(external_id=str(n), id=key, digest="d", card=card)


def test_a_person_told_twice_in_one_file_far_apart_goes_with_its_batch(shop: Shop, tmp_path: Path) -> None:
    before = state(shop)
    many = [f"{n};Человек{chr(1072 + n % 30)} Имя;+7903{n:07d};" for n in range(customer_imports.CHUNK + 5)]
    lines = ["a;Иванов Иван;+79161234567;24000001", *many, "b;Иванов Иван;+79167654321;24000001"]
    path = save(tmp_path / "many.csv", "Код;ФИО;Телефон;Карта\n" + "\n".join(lines) + "\n")
    done = import_customers(shop, path, source="many")
    assert (done.added, done.joined) == (len(lines) - 1, 1)
    assert done.batch is not None
    undone = undo_batch(shop, done.batch)
    assert (undone.removed, undone.kept) == (len(lines) - 1, [])
    assert state(shop) == before


def test_an_import_says_how_many_keys_are_on_several_cards(shop: Shop, tmp_path: Path) -> None:
    one = save(tmp_path / "one.csv", "Код;ФИО;Телефон\n1;Иванов Иван;+79161234567\n2;Орлов Олег;+79160000001\n")
    assert import_customers(shop, one, source="one").may_be_same == 0
    other = save(tmp_path / "other.csv", "Код;ФИО;Телефон\n7;Иванов И;+79161234567\n8;Новый Пётр;+79160000002\n")
    done = import_customers(shop, other, source="other")
    assert (done.added, done.may_be_same) == (2, 1)
    assert done.batch is not None
    with shop.database.read() as connection:
        assert len(matching.near_batch(connection, done.batch)) == 2


def test_a39_what_was_exported_and_comes_back_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    two_lists(shop, tmp_path)
    save(tmp_path / "third.csv", "Код;Наименование;ИНН;Телефон\n=1+2;=СУММ(Ромашка);7707083893;+49 151 12345678\n")
    assert import_customers(shop, tmp_path / "third.csv", source="1c").added == 1
    sent = rows(shop, "SELECT max(seq) FROM outbox")
    for source in ("loyalty", "optics", "1c"):
        path = tmp_path / f"{source}-export.csv"
        written = export_customers(shop, path, source)
        result = import_customers(shop, path, source=source)
        assert (result.read, result.added, result.changed, result.refused) == (written, 0, 0, 0)
    assert rows(shop, "SELECT max(seq) FROM outbox") == sent
    assert "'=СУММ" in (tmp_path / "1c-export.csv").read_text(encoding="utf-8-sig")


def test_an_export_where_nothing_can_be_written_is_refused_with_the_files_name(shop: Shop, tmp_path: Path) -> None:
    import_customers(shop, save(tmp_path / "loyalty.csv", LOYALTY), source="loyalty")
    (tmp_path / "folder.csv").mkdir()
    for target in (tmp_path / "nowhere" / "x.csv", tmp_path / ("x" * 300 + ".csv"), tmp_path / "folder.csv"):
        with pytest.raises(Refusal) as refused:
            export_customers(shop, target, "loyalty")
        assert refused.value.code == "cannot_write"
        assert target.name in str(refused.value.text)
    assert not list(tmp_path.glob("*.part"))


def test_nobody_who_was_erased_comes_back_by_a_file(shop: Shop, tmp_path: Path) -> None:
    with shop.database.write() as connection:
        secret = tombstones.company_secret(connection)
        connection.exec_driver_sql(
            "INSERT INTO tombstone_key(hash) VALUES (?), (?)",
            (
                tombstones.key_hash(secret, "phone", "+79031112233"),
                tombstones.key_hash(secret, "external", "optics:18"),
            ),
        )
    result = import_customers(shop, save(tmp_path / "optics.csv", OPTICS), source="optics")
    assert counts(result) == (3, 1, 0, 0, 2)
    assert found(shop, "новый олег") == found(shop, "орлова") == []
    assert result.refused_file is not None
    assert "erased" in result.refused_file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("1;Иванов Иван;9,16123E+09;", "Телефон", "spreadsheet"),
        ("1;Иванов Иван;9.16123e9;", "Телефон", "spreadsheet"),
        ("1;Иванов Иван и Петрова Мария;;", "ФИО", "two people"),
        ("1;Иванов Иван, Петров Пётр;;", "ФИО", "two people"),
        ("1;Иванов И./Петров П.;;", "ФИО", "two people"),
        ("1;+79161234567;Иванов Иван;", "ФИО", "shifted"),
        ("1;a@b.ru;+79161234567;", "ФИО", "shifted"),
        ("1;Иванов Иван;a@b.ru;+79161234567", "Телефон", "no phone"),
        ("1;Иванов Иван;;+79161234567", "E-mail", "no e-mail"),
        ("1;Иванов Иван;+79161234567;a@b.ru;лишнее", "", "shifted"),
        ("1;Иванов Иван", "", "shifted"),
        ("1;;+79161234567;", "ФИО", "no name"),
        (";Иванов Иван;;", "ФИО", "to know the customer by"),
        ("1;Иванов;" + ",".join(["+79161234567"] * 4) + ";", "Телефон", "4 phone numbers"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_good_ones_go_in(
    shop: Shop, tmp_path: Path, line: str, column: str, reason: str
) -> None:
    text = f"Код;ФИО;Телефон;E-mail\n7;Хороший Павел;;\n{line}\n8;Хорошая Анна;8 916 000-00-01, 8 916 000-00-02;\n"
    result = import_customers(shop, save(tmp_path / "c.csv", text))
    assert counts(result) == (3, 2, 0, 0, 1)
    (refused,) = result.first_refused
    assert (refused.line, refused.column) == (3, column)
    assert re.search(reason, str(refused.reason))
    assert found(shop, "89160000002") == ["Хорошая Анна"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("1;Кузнецов;Олег;89161112233;", "Отчество"),
        ("1;Кузнецов;Олег;8 916 111-22-33;", "Отчество"),
        ("1;Кузнецов;Олег;a@b.ru;", "Отчество"),
        ("1;Кузнецов 9161112233;Олег;Ильич;", "Фамилия"),
        ("1;\u200b\u3164;Олег;Ильич;+79161112233", "Фамилия"),
        ("1;Кузнецов;\x07\x1b[31m;Ильич;+79161112233", "Имя"),
    ],
)
def test_a_cell_that_cannot_be_a_part_of_a_name_refuses_its_row(
    shop: Shop, tmp_path: Path, line: str, column: str
) -> None:
    text = f"Код;Фамилия;Имя;Отчество;Телефон\n7;Хороший;Павел;—;\n{line}\n"
    result = import_customers(shop, save(tmp_path / "c.csv", text))
    assert counts(result) == (2, 1, 0, 0, 1)
    assert [(one.line, one.column) for one in result.first_refused] == [(3, column)]
    assert rows(shop, "SELECT display_name, patronymic FROM customer") == [("Хороший Павел", "")]


def test_a_birthday_lies_between_1900_and_today_and_an_empty_date_of_1c_is_none(shop: Shop, tmp_path: Path) -> None:
    told = ("31.12.1899", "01.01.1800", "01.01.2999", "01.01.1900", "29.02", "01.01.0001 0:00:00")
    lines = [f"{n};Иванов Иван;{day}" for n, day in enumerate(told)]
    result = import_customers(shop, save(tmp_path / "c.csv", "Код;ФИО;Дата рождения\n" + "\n".join(lines) + "\n"))
    assert [(one.line, one.column) for one in result.first_refused] == [(n, "Дата рождения") for n in (2, 3, 4)]
    assert [day for (day,) in rows(shop, "SELECT birthday FROM customer ORDER BY no")] == ["1900-01-01", "02-29", ""]


def test_what_cannot_be_seen_does_not_come_in_with_a_name(shop: Shop, tmp_path: Path) -> None:
    hidden = "7;\x1b[31mИва\u200bнов\x1b[0m \u202eИван\u2066\x07;+79161112233\n"
    import_customers(shop, save(tmp_path / "c.csv", f"Код;ФИО;Телефон\n{hidden}"))
    assert rows(shop, "SELECT display_name, family_name FROM customer") == [("Иванов Иван", "Иванов")]
    assert found(shop, "иванов") == ["Иванов Иван"]


@pytest.mark.parametrize(
    ("content", "code", "lines"),
    [
        ("Код;ФИО\n1;Иванов Иван\n".encode() + "2;Петров Пётр\n".encode("cp1251"), "mixed_encodings", "3"),
        ("Код;ФИО\n1;Иванов\n2;Петров\n".encode("cp1251") + "3;Сидоров Ян\n".encode(), "mixed_encodings", "4"),
        ("Код;ФИО\n1;Иванов Иван\n2;".encode() + b"x" * 20_000_000 + b"\n", "file_too_big", "3"),
        (b"\xd0\x9a;\x00\n", "damaged_file", "1"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole_with_the_line(
    shop: Shop, tmp_path: Path, content: bytes, code: str, lines: str
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        import_customers(shop, path)
    assert refused.value.code == code
    assert re.search(rf"\b{lines}\b", str(refused.value.text))
    assert rows(shop, "SELECT count(*) FROM customer") == [(0,)]


def test_headings_of_1c_odoo_and_loyalty_exports_are_known(shop: Shop, tmp_path: Path) -> None:
    odoo = (
        "External ID,Name,Is a Company,Phone,Mobile,Email,Street,City,Tax ID\n"
        "res_7,Acme Ltd,True,+7 495 123-45-67,8 916 111 22 33,info@acme.ru,ул. Мира 5,Казань,RU7707083893\n"
    )
    onec = (
        "Код;Наименование;Вид контрагента;ИНН;Телефон;Фактический адрес\n"
        "ЦБ-01;ООО «Рога и Копыта»;Юридическое лицо;7707083893;(843) 555-00-11;г. Казань, ул. Тукая, д. 7\n"
    )
    assert import_customers(shop, save(tmp_path / "odoo.csv", odoo), source="odoo").added == 1
    assert import_customers(shop, save(tmp_path / "1c.csv", onec), source="1c").added == 1
    assert rows(shop, "SELECT kind, display_name FROM customer ORDER BY 2") == [
        ("organisation", "Acme Ltd"),
        ("organisation", "ООО «Рога и Копыта»"),
    ]
    assert found(shop, "89161112233") == found(shop, "acme мира") == ["Acme Ltd"]
    assert set(found(shop, "7707083893")) == {"Acme Ltd", "ООО «Рога и Копыта»"}
    assert found(shop, "рога тукая") == ["ООО «Рога и Копыта»"]
