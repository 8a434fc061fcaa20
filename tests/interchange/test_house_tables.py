"""Costs by date, visitors by hour and the rota, as accountants and door counters really save them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange.house_tables import import_costs, import_rota, import_visitors
from crosssell_desktop.interchange.import_tables import Shop, import_products
from crosssell_desktop.interchange.result import ImportResult
from crosssell_desktop.store.unit import begin
from tests.interchange.test_tables import counts, rows, save

Import = Callable[[Shop, Path], ImportResult]
DAY_MS = 86_400_000

COSTS = "Артикул;Себестоимость;Действует с\nA-1;50 000,00;01.01.2026\nA-1;52000;2026-03-01\nA-2;700,5;\n"
VISITORS = "Дата;Час;Посетители\n04.03.2026;10;32\n04.03.2026;11:00;41\n04.03.2026;12-13;0\n"
ROTA = (
    "ФИО;Дата;План;Факт\n"
    "Анна Кузнецова;04.03.2026;09:00-18:00;8,5\n"
    "Анна Кузнецова;05.03.2026;8;\n"
    "Пётр Новиков;04.03.2026;В;\n"
    "Пётр Новиков;05.03.2026;7:30;7\n"
)


@pytest.fixture
def goods(shop: Shop, tmp_path: Path) -> Shop:
    import_products(
        shop, save(tmp_path / "p.csv", "Артикул;Наименование;Штрихкод\nA-1;Ноутбук;4607000000014\nA-2;Мышь;\n")
    )
    return shop


@pytest.fixture
def staffed(shop: Shop) -> Shop:
    with begin(shop.database, shop.clock, shop.ids) as work:
        person = {
            "id": uuid.UUID(int=9),
            "store_id": work.me.store_id,
            "department_id": work.me.department_id,
            "full_name": "Анна Кузнецова",
            "short_name": "Анна К.",
            "level": 2,
            "language": "ru",
            "active": True,
            "badge": "B-17",
            "ver": work.tick(),
        }
        work.record("person_hired", {"person": [person]})
    return shop


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_costs_are_dated_and_older_ones_stay(goods: Shop, tmp_path: Path, encoding: str) -> None:
    assert counts(import_costs(goods, save(tmp_path / "c.csv", COSTS, encoding))) == (3, 3, 0, 0, 0)
    assert rows(
        goods.database,
        "SELECT p.sku, c.valid_from / 86400000, c.amount_minor FROM cost_price c JOIN product p ON p.id = c.product_id"
        " ORDER BY 1, 2",
    ) == [("A-1", 20_454, 5_000_000), ("A-1", 20_513, 5_200_000), ("A-2", 0, 70_050)]


@pytest.mark.parametrize(
    ("act", "text", "table"),
    [(import_costs, COSTS, "cost_price"), (import_visitors, VISITORS, "visitor_count"), (import_rota, ROTA, "rota")],
)
def test_a_second_run_changes_nothing_and_a_dry_run_writes_nothing(
    goods: Shop, tmp_path: Path, act: Callable[..., ImportResult], text: str, table: str
) -> None:
    path = save(tmp_path / "x.csv", text)
    ops = rows(goods.database, "SELECT max(seq) FROM outbox")
    foreseen = act(goods, path, dry_run=True)
    assert rows(goods.database, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(goods.database, "SELECT max(seq) FROM outbox") == ops
    first = act(goods, path)
    assert counts(first) == counts(foreseen) == (first.read, first.added, 0, 0, 0)
    after = rows(goods.database, "SELECT max(seq) FROM outbox")
    assert counts(act(goods, path)) == (first.read, 0, 0, first.read, 0)
    assert rows(goods.database, "SELECT max(seq) FROM outbox") == after


def test_visitors_stand_by_store_day_and_hour(shop: Shop, tmp_path: Path) -> None:
    import_visitors(shop, save(tmp_path / "v.csv", VISITORS))
    stamped = save(tmp_path / "w.csv", "date,entries\n2026-03-05 09:00,5\n2026-03-05 23:00,1\n")
    assert counts(import_visitors(shop, stamped)) == (2, 2, 0, 0, 0)
    assert rows(shop.database, "SELECT day, hour, visitors FROM visitor_count ORDER BY 1, 2") == [
        ("2026-03-04", 10, 32),
        ("2026-03-04", 11, 41),
        ("2026-03-04", 12, 0),
        ("2026-03-05", 9, 5),
        ("2026-03-05", 23, 1),
    ]


def test_the_rota_finds_people_by_name_or_badge_and_keeps_who_has_no_account(staffed: Shop, tmp_path: Path) -> None:
    assert counts(import_rota(staffed, save(tmp_path / "r.csv", ROTA))) == (4, 4, 0, 0, 0)
    by_badge = save(tmp_path / "b.csv", "Бейдж;Дата;Отработано\nB-17;05.03.2026;8:15\n")
    # The plan that the second list does not tell stays.
    assert counts(import_rota(staffed, by_badge)) == (1, 0, 1, 0, 0)
    assert rows(
        staffed.database,
        "SELECT who, day, starts_at, planned_minutes, worked_minutes, person_id IS NOT NULL FROM rota"
        " ORDER BY day, 6 DESC",
    ) == [
        ("Анна Кузнецова", "2026-03-04", 540, 540, 510, 1),
        ("Пётр Новиков", "2026-03-04", None, 0, None, 0),
        ("B-17", "2026-03-05", None, 480, 495, 1),
        ("Пётр Новиков", "2026-03-05", None, 450, 420, 0),
    ]


BAD_COSTS = """Артикул;Себестоимость;Действует с
A-1;-5;01.01.2026
A-1;дорого;01.01.2026
НЕТ;5;01.01.2026
A-1;5;32.01.2026
;5;01.01.2026
A-2;5;01.01.2026
A-2;6;01.01.2026
A-1;5;01.01.2026;лишнее
A-1;1,005;01.01.2026
A-1;1e9;02.01.2026
"""
BAD_VISITORS = """Магазин;Дата;Час;Посетители
;04.03.2026;24;5
;04.03.2026;10;-1
;04.03.2026;10;2,5
;04.03.2026;10;100001
;04.03.2026;;5
99;04.03.2026;10;5
;завтра;10;5
;04.03.2026;10-12;5
;04.03.2026;10;5
;04.03.2026;10:00;7
"""
BAD_ROTA = """ФИО;Дата;План;Факт
Анна;04.03.2026;25;
Анна;04.03.2026;09:00-25:00;
Анна;04.03.2026;много;
Анна;04.03.2026;;
;04.03.2026;8;
Анна;;8;
Анна;04.03.2026;8;8:60
Анна;04.03.2026;8;
анна;04.03.2026;7;
"""


@pytest.mark.parametrize(
    ("act", "text", "good", "lines"),
    [
        (import_costs, BAD_COSTS, 1, ["2", "3", "4", "5", "6", "8", "9", "10", "11"]),
        (import_visitors, BAD_VISITORS, 1, ["2", "3", "4", "5", "6", "7", "8", "9", "11"]),
        (import_rota, BAD_ROTA, 1, ["2", "3", "4", "5", "6", "7", "8", "10"]),
    ],
)
def test_bad_rows_are_told_by_line_and_never_stop_the_list(
    goods: Shop, tmp_path: Path, act: Import, text: str, good: int, lines: list[str]
) -> None:
    result = act(goods, save(tmp_path / "x.csv", text))
    assert (result.added, result.refused) == (good, len(lines))
    assert result.refused_file is not None
    told = result.refused_file.read_text(encoding="utf-8-sig").splitlines()[1:]
    # What only the catalogue can tell comes after what the row itself tells.
    assert sorted((line.split(";")[0] for line in told), key=int) == lines


@pytest.mark.parametrize("act", [import_costs, import_visitors, import_rota])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 4096,
        b"a;b;c\n1;2;3\n",
        b"PK\x03\x04 no zip",
        "Дата;Дата\n1;2\n".encode(),
        b"\xff\xfe\x00",
        b'"open;x',
    ],
    ids=["empty", "zeros", "other columns", "no zip", "twice", "half", "open quote"],
)
def test_a_file_that_is_no_such_list_is_refused_with_a_sentence_and_changes_nothing(
    goods: Shop, tmp_path: Path, act: Import, content: bytes
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    before = rows(goods.database, "SELECT max(seq) FROM outbox")
    with pytest.raises(Refusal):
        act(goods, path)
    assert rows(goods.database, "SELECT max(seq) FROM outbox") == before
    assert not list(tmp_path.glob("*.part"))


def test_dates_and_numbers_of_a_workbook_are_read_as_they_are(staffed: Shop, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for column, heading in enumerate(("Сотрудник", "Дата", "План", "Факт")):
        sheet.write(0, column, heading)
    sheet.write(1, 0, "Анна Кузнецова")
    sheet.write_datetime(1, 1, dt.date(2026, 3, 4), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.write_number(1, 2, 8)
    sheet.write_number(1, 3, 7.75)
    book.close()
    assert counts(import_rota(staffed, path)) == (1, 1, 0, 0, 0)
    assert rows(staffed.database, "SELECT day, planned_minutes, worked_minutes FROM rota") == [("2026-03-04", 480, 465)]


def test_a_formula_in_a_name_stays_text_and_is_inert_among_the_refused(staffed: Shop, tmp_path: Path) -> None:
    text = 'ФИО;Дата;План\n=HYPERLINK("x");04.03.2026;8\n=cmd;04.03.2026;много\n'
    result = import_rota(staffed, save(tmp_path / "r.csv", text))
    assert result.added == 1
    assert result.refused_file is not None
    assert "'=cmd" in result.refused_file.read_text(encoding="utf-8-sig")


def test_stopping_takes_whole_chunks_and_the_next_run_finishes(goods: Shop, tmp_path: Path) -> None:
    lines = "".join(f"2026-03-{day:02}..{hour}..1\n".replace("..", ";") for day in range(1, 31) for hour in range(24))
    path = save(tmp_path / "v.csv", "Дата;Час;Посетители\n" + lines)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(Refusal, match="cancelled"):
        import_visitors(dataclasses.replace(goods, cancelled=stop), path)
    (kept,) = rows(goods.database, "SELECT count(*) FROM visitor_count")
    assert kept == (250,)
    assert counts(import_visitors(goods, path)) == (720, 470, 0, 250, 0)
