"""Products, customers and sales from csv and xlsx, as shops really save them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange.import_tables import Shop, import_customers, import_products, import_sales
from crosssell_desktop.interchange.result import ImportResult
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.queries.find import find_customers
from crosssell_desktop.store.queries.find_products import find_products

PRODUCTS = """Артикул;Наименование;Штрихкод;Цена;Себестоимость;Категория;НДС;Остаток
A-1;Ноутбук «Берег» 14;4607000000014;64 990,00;50000;Техника / Ноутбуки;20%;3
A-2;Мышь тихая;;1 290,50 ₽;700,5;Техника / Мыши;без НДС;2,5
"""


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def save(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def counts(result: ImportResult) -> tuple[int, int, int, int, int]:
    return result.read, result.added, result.changed, result.same, result.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_products_come_in_whatever_the_encoding(shop: Shop, tmp_path: Path, encoding: str) -> None:
    path = save(tmp_path / "p.csv", PRODUCTS.replace("₽", ""), encoding)
    assert counts(import_products(shop, path)) == (2, 2, 0, 0, 0)
    assert rows(shop.database, "SELECT sku, name_ru, vat_bps FROM product ORDER BY sku") == [
        ("A-1", "Ноутбук «Берег» 14", 2000),
        ("A-2", "Мышь тихая", 0),
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found_even_with_decimal_commas(shop: Shop, tmp_path: Path, delimiter: str) -> None:
    with (tmp_path / "p.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows(line.split(";") for line in PRODUCTS.splitlines())
    assert import_products(shop, tmp_path / "p.csv").added == 2
    assert rows(shop.database, "SELECT amount_minor FROM price ORDER BY amount_minor") == [(129_050,), (6_499_000,)]
    assert rows(shop.database, "SELECT amount_minor FROM cost_price ORDER BY amount_minor") == [(70_050,), (5_000_000,)]
    assert rows(shop.database, "SELECT qty_milli FROM stock ORDER BY qty_milli") == [(2_500,), (3_000,)]


def test_a_second_run_changes_nothing_and_says_so(shop: Shop, tmp_path: Path) -> None:
    path = save(tmp_path / "p.csv", PRODUCTS)
    import_products(shop, path)
    before = rows(shop.database, "SELECT max(seq) FROM outbox")
    assert counts(import_products(shop, path)) == (2, 0, 0, 2, 0)
    assert rows(shop.database, "SELECT max(seq) FROM outbox") == before


def test_a_changed_price_changes_one_row_and_keeps_what_the_file_does_not_say(shop: Shop, tmp_path: Path) -> None:
    import_products(shop, save(tmp_path / "p.csv", PRODUCTS))
    short = save(tmp_path / "q.csv", "Артикул;Цена\nA-1;59990\n")
    assert counts(import_products(shop, short)) == (1, 0, 1, 0, 0)
    assert rows(shop.database, "SELECT name_ru, vat_bps FROM product WHERE sku = 'A-1'") == [
        ("Ноутбук «Берег» 14", 2000)
    ]
    assert (5_999_000,) in rows(shop.database, "SELECT amount_minor FROM price")


def test_a_broken_row_never_stops_the_file_and_is_told_with_line_and_reason(shop: Shop, tmp_path: Path) -> None:
    text = PRODUCTS + (
        "A-3;Сумка;4,607E+12;990;;;;\n"
        "A-4;Кабель;4607000000015;100;;;;\n"
        "A-5;Чехол;;дорого;;;;\n"
        "A-1;Опять;;1;;;;\n"
        "A-6;Сдвиг;;1;;;;;лишнее\n"
        "A-7;Минус;;-5;;;;\n"
        "A-8;=cmd;;1,005;;;;\n"
        "A-9;Хорошая;;1;;;;\n"
    )
    result = import_products(shop, save(tmp_path / "p.csv", text))
    assert counts(result) == (10, 3, 0, 0, 7)
    assert result.refused_file == tmp_path / "p.refused.csv"
    with result.refused_file.open(encoding="utf-8-sig", newline="") as opened:
        told = list(csv.reader(opened, delimiter=";"))
    assert [(row[0], row[1]) for row in told[1:]] == [
        ("4", "Штрихкод"),
        ("5", "Штрихкод"),
        ("6", "Цена"),
        ("7", ""),
        ("8", ""),
        ("9", "Цена"),
        ("10", "Цена"),
    ]
    assert "spreadsheet" in told[1][2]
    assert "last digit" in told[2][2]
    assert "parts of a kopeck" in told[7][2]
    assert told[7][4] == "'=cmd"


def test_a_dry_run_counts_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    path = save(tmp_path / "p.csv", PRODUCTS + "A-3;Сумка;1;990;;;;\n")
    result = import_products(shop, path, dry_run=True)
    assert counts(result) == (3, 2, 0, 0, 1)
    assert rows(shop.database, "SELECT count(*) FROM product") == [(0,)]
    assert rows(shop.database, "SELECT count(*) FROM import_source") == [(0,)]
    assert [p.name for p in tmp_path.glob("*.csv*")] == ["p.csv"]


def test_a_saved_mapping_is_used_again_without_being_named(shop: Shop, tmp_path: Path) -> None:
    mapping = save(tmp_path / "m.toml", '[columns]\nsku = "Позиция"\nname = "Что это"\n')
    path = save(tmp_path / "p.csv", "Позиция;Что это\nX1;Лампа\n")
    assert import_products(shop, path, mapping=mapping).added == 1
    assert import_products(shop, path).same == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns\n", "bad_mapping"),
        ('[columns]\nnothing = "x"\n', "bad_mapping"),
        ('[columns]\nsku = "No such heading"\n', "unknown_columns"),
        ("columns = 3\n", "bad_mapping"),
    ],
)
def test_a_bad_mapping_is_refused_and_changes_nothing(shop: Shop, tmp_path: Path, text: str, code: str) -> None:
    mapping = save(tmp_path / "m.toml", text)
    with pytest.raises(Refusal) as refused:
        import_products(shop, save(tmp_path / "p.csv", PRODUCTS), mapping=mapping)
    assert refused.value.code == code
    assert rows(shop.database, "SELECT count(*) FROM product") == [(0,)]


def test_a_barcode_of_another_product_is_refused(shop: Shop, tmp_path: Path) -> None:
    text = PRODUCTS + "A-3;Другой;4607000000014;1;;;;\n"
    result = import_products(shop, save(tmp_path / "p.csv", text))
    assert (result.added, result.refused) == (2, 1)
    assert "A-1" in str(result.first_refused[0].reason)


def test_an_odoo_sheet_is_understood(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "odoo.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["External ID", "Internal Reference", "Name", "Barcode", "Sales Price", "Product Category"])
    sheet.write_row(1, 0, ["product_1", "REF1", "Desk lamp", 4607000000014, 1234.5, "All / Light"])
    sheet.write_row(2, 0, ["product_2", 100500, "Bulb", "00000000000017", 0.1 + 0.2, "All / Light"])
    book.close()
    result = import_products(shop, path)
    assert counts(result) == (2, 2, 0, 0, 0), result.first_refused
    assert rows(shop.database, "SELECT sku FROM product ORDER BY sku") == [("100500",), ("REF1",)]
    assert rows(shop.database, "SELECT gtin FROM barcode ORDER BY gtin") == [("00000000000017",), ("04607000000014",)]
    assert import_products(shop, path).same == 2


def test_customers_come_in_normalised_and_are_found(shop: Shop, tmp_path: Path) -> None:
    text = (
        "Код;ФИО;Телефон;E-mail;Дата рождения;Карта\n"
        "1;Семёнова Анна-Мария Петровна;8 (916) 123-45-67;Anna@Example.COM;03.07.1990;2400000000017\n"
        "2;<b>Иванов</b> Пётр;+7 916 765 43 21;;7.3;\n"
        "3;Плохой Телефон;12;;;\n"
        "4;;;;;\n"
        f"5;{'А' * 200};;;;\n"
        f"6;{'А' * 301};;;;\n"
    )
    path = save(tmp_path / "c.csv", text)
    result = import_customers(shop, path)
    assert counts(result) == (6, 3, 0, 0, 3)
    assert counts(import_customers(shop, path)) == (6, 0, 0, 3, 3)
    assert rows(shop.database, "SELECT value FROM contact_point ORDER BY value") == [
        ("+79161234567",),
        ("+79167654321",),
        ("anna@example.com",),
    ]
    with shop.database.read() as connection:
        (found,) = find_customers(connection, "9161234567").customers
        assert (found.display_name, found.phone_tail) == ("Семёнова Анна-Мария Петровна", "4567")
        assert [c.display_name for c in find_customers(connection, "мария семен").customers] == [found.display_name]
        assert [c.display_name for c in find_customers(connection, "иванов").customers] == ["<b>Иванов</b> Пётр"]


def test_sales_become_history_with_their_customers(shop: Shop, tmp_path: Path) -> None:
    import_products(shop, save(tmp_path / "p.csv", PRODUCTS))
    import_customers(shop, save(tmp_path / "c.csv", "Код;ФИО\n7;Иванов Иван\n"))
    text = (
        "Чек;Дата;Магазин;Артикул;Штрихкод;Количество;Цена;Скидка;Клиент\n"
        "100;24.11.2026 10:05;M1;A-1;;1;64990;990;7\n"
        "100;24.11.2026 10:05;M1;A-2;;2;1290,50;;7\n"
        "101;24.11.2026 11:00;M1;;4607000000014;-1;64990;;\n"
        "102;24.11.2026 11:00;M1;НЕТ;;1;1;;\n"
    )
    path = save(tmp_path / "s.csv", text)
    result = import_sales(shop, path)
    assert counts(result) == (4, 3, 0, 0, 1)
    assert result.lines_nonpositive == 1
    assert rows(shop.database, "SELECT qty_milli, amount_minor, discount_minor FROM history_line ORDER BY no") == [
        (1_000, 6_400_000, 99_000),
        (2_000, 258_100, 0),
        (-1_000, -6_499_000, 0),
    ]
    assert rows(
        shop.database,
        "SELECT c.display_name FROM history_receipt r LEFT JOIN customer c ON c.no = r.customer_no ORDER BY r.no",
    ) == [("Иванов Иван",), (None,)]
    assert counts(import_sales(shop, path)) == (4, 0, 0, 3, 1)
    changed = save(tmp_path / "s2.csv", text.replace("102;24.11.2026 11:00;M1;НЕТ", "101;24.11.2026 11:00;M1;A-2"))
    assert counts(import_sales(shop, changed)) == (4, 0, 2, 2, 0)
    assert rows(shop.database, "SELECT count(*) FROM history_line") == [(4,)]
    assert import_sales(shop, changed, dry_run=True).same == 4


def test_a_customer_who_comes_later_joins_the_receipts_that_named_him(shop: Shop, tmp_path: Path) -> None:
    import_products(shop, save(tmp_path / "p.csv", PRODUCTS))
    path = save(tmp_path / "s.csv", "Чек;Дата;Артикул;Количество;Сумма;Клиент\n1;2026-11-24;A-1;1;5;7\n")
    assert import_sales(shop, path).details["unknown_customers"].added == 1
    import_customers(shop, save(tmp_path / "c.csv", "Код;ФИО\n7;Иванов Иван\n"))
    assert import_sales(shop, path).changed == 1
    assert rows(shop.database, "SELECT customer_no FROM history_receipt") == [(1,)]


def test_stopping_leaves_whole_chunks_and_the_next_run_finishes(shop: Shop, tmp_path: Path) -> None:
    text = "Артикул;Наименование\n" + "".join(f"S{i};Товар {i}\n" for i in range(600))
    path = save(tmp_path / "p.csv", text)
    asked = iter([False, True])
    stopping = Shop(shop.database, shop.clock, shop.ids, shop.translator, cancelled=lambda: next(asked))
    with pytest.raises(Refusal) as refused:
        import_products(stopping, path)
    assert refused.value.code == "cancelled"
    assert rows(shop.database, "SELECT count(*) FROM product") == [(250,)]
    assert counts(import_products(shop, path)) == (600, 350, 0, 250, 0)


def test_what_comes_in_is_found_by_code_barcode_and_words(shop: Shop, tmp_path: Path) -> None:
    import_products(shop, save(tmp_path / "p.csv", PRODUCTS))
    with shop.database.read() as connection:
        for text in ("a-1", "4607000000014", "берег ноутбук", "yjen", "A 1"):
            assert find_products(connection, text)[0].sku == "A-1", text
