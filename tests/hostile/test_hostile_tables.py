"""Files made to hurt: each ends in a sentence, fast, with nothing changed."""

from __future__ import annotations

import os
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange.import_tables import Shop, import_customers, import_products

LIMIT_S = 5.0
HEAD = "Артикул;Наименование;Цена\n"

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path: Path, sheet: str | bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", CONTENT_TYPES)
        made.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{DOCUMENT}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        made.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{DOCUMENT}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        made.writestr("xl/worksheets/sheet1.xml", sheet)


def bomb(path: Path) -> None:
    workbook(path, b"<worksheet><sheetData>" + b" " * (60 * 1024 * 1024) + b"</sheetData></worksheet>")


def ratio_bomb(path: Path) -> None:
    workbook(path, b"<worksheet><sheetData>" + b" " * (20 * 1024 * 1024) + b"</sheetData></worksheet>")


def far_corner(path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    workbook(path, f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>')


def laughs(path: Path) -> None:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    workbook(
        path,
        f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "lol">{entities}]><worksheet xmlns="{MAIN}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l11;</t></is></c></row></sheetData></worksheet>',
    )


def lying_directory(path: Path) -> None:
    bomb(path)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(signature)
        struct.pack_into("<I", content, at + offset, 100)
    path.write_bytes(bytes(content))


def cut_short(path: Path) -> None:
    ratio_bomb(path)
    path.write_bytes(path.read_bytes()[:500])


def text_as_xlsx(path: Path) -> None:
    path.write_text(HEAD, encoding="utf-8")


def many_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for i in range(3_000):
            made.writestr(f"x/{i}", "")


def no_sheet_at_all(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("readme", "no workbook")


def writer(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


HOSTILE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "an xlsx bomb": ("xlsx", bomb),
    "an xlsx of a ratio beyond reason": ("xlsx", ratio_bomb),
    "a sheet with a cell in the far corner": ("xlsx", far_corner),
    "a billion laughs": ("xlsx", laughs),
    "a zip whose directory lies": ("xlsx", lying_directory),
    "a zip cut short": ("xlsx", cut_short),
    "a text named xlsx": ("xlsx", text_as_xlsx),
    "a zip of 3,000 parts": ("xlsx", many_parts),
    "a zip without a workbook": ("xlsx", no_sheet_at_all),
    "an empty xlsx": ("xlsx", writer(b"")),
    "an empty csv": ("csv", writer(b"")),
    "only line ends": ("csv", writer(b"\n" * 1000)),
    "a field of 20 MB": ("csv", writer(HEAD.encode() + b"A;" + b"x" * 20_000_000 + b";1\n")),
    "a quoted field of 20 MB over many lines": ("csv", writer(HEAD.encode() + b'A;"' + b"x\n" * 10_000_000)),
    "a quote that is never closed": ("csv", writer(HEAD.encode() + b'A;"' + b"x\n" * 100_000)),
    "a zero byte": ("csv", writer(HEAD.encode() + b"A\x00;B;1\n")),
    "100,000 columns": ("csv", writer(b";".join(b"c%d" % i for i in range(100_000)) + b"\n")),
    "random bytes": ("csv", writer(bytes((i * 7919 + 98) % 256 for i in range(5_000)))),
    "a picture": ("png", writer(b"\x89PNG")),
    "headings no one knows": ("csv", writer(b"a;b;c\n1;2;3\n")),
    "the same heading twice": ("csv", writer("Артикул;Артикул;Наименование\n1;2;3\n".encode())),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence_and_changes_nothing(shop: Shop, tmp_path: Path, name: str) -> None:
    suffix, make = HOSTILE[name]
    path = tmp_path / f"in.{suffix}"
    make(path)
    started = time.monotonic()
    with pytest.raises(Refusal) as refused:
        import_products(shop, path)
    assert time.monotonic() - started < LIMIT_S
    assert str(refused.value.text)
    with shop.database.read() as connection:
        for table in ("product", "category", "import_source", "external_ref"):
            sql = f"SELECT count(*) FROM {table}"  # names of ours
            assert connection.exec_driver_sql(sql).scalar_one() == 0
    assert [p.name for p in tmp_path.glob("in*")] == [path.name]


def test_a_folder_and_a_missing_file_are_told(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, code, words in (("folder.csv", "not_a_file", "folder"), ("missing.csv", "no_file", "no file")):
        with pytest.raises(Refusal) as refused:
            import_products(shop, tmp_path / name)
        assert refused.value.code == code
        assert words in str(refused.value.text)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_a_pipe_is_told_and_never_waited_for(shop: Shop, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(Refusal) as refused:
        import_products(shop, tmp_path / "pipe.csv")
    assert refused.value.code == "not_a_file"


def test_a_broken_end_takes_nothing_of_the_beginning(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes((HEAD + "A;Хороший;1\n" * 2_000).encode() + b"B;\x00;1\n")
    with pytest.raises(Refusal) as refused:
        import_products(shop, path)
    assert refused.value.code == "damaged_file"
    with shop.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM product").scalar_one() == 0


def test_formulas_in_a_sheet_count_as_what_they_last_showed(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Артикул", "Наименование", "Цена"])
    sheet.write_string(1, 0, "F1")
    sheet.write_formula(1, 1, '=HYPERLINK("http://x.example")', None, "Shown")
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    sheet.write_string(2, 0, "F2")
    sheet.write_string(2, 1, "=cmd|' /C calc'!A0")
    sheet.write_number(2, 2, 5)
    book.close()
    result = import_products(shop, path)
    assert (result.read, result.added, result.refused) == (2, 2, 0)
    with shop.database.read() as connection:
        names = connection.exec_driver_sql("SELECT name_ru FROM product ORDER BY sku").scalars().all()
        prices = connection.exec_driver_sql("SELECT amount_minor FROM price").scalars().all()
    assert names == ["Shown", "=cmd|' /C calc'!A0"]
    assert prices == [500]


def test_rows_that_shift_are_refused_one_by_one(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(HEAD + "A1;Имя;1;лишнее\nA2;Имя\nA3;Имя;1;\nA4;1;Имя\n", encoding="utf-8")
    result = import_products(shop, path)
    assert (result.read, result.added, result.refused) == (4, 1, 3)


NAMES = [
    "<img src=x onerror=alert(1)>",
    "Robert'); DROP TABLE customer;--",
    "{name} %s %(x)s {0}",
    "=1+1",
    "\u202eгнаб",
    "A\u0301" * 50,
    "\U0001f600 Смайл",
    '"*" OR (NEAR',
]


REFUSED_NAMES = {"Robert'); DROP TABLE customer;--", "=1+1"}
"""Two people in one row, and no name at all: told with their line, for the columns may be shifted."""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_letters_wherever_it_goes(shop: Shop, tmp_path: Path, name: str) -> None:
    from crosssell_desktop.store.queries.find import find_customers

    path = tmp_path / "c.csv"
    quoted = name.replace('"', '""')
    path.write_text(f'Код;ФИО\n1;"{quoted}"\n', encoding="utf-8")
    result = import_customers(shop, path)
    taken = 0 if name in REFUSED_NAMES else 1
    assert (result.added, result.refused) == (taken, 1 - taken)
    with shop.database.read() as connection:
        find_customers(connection, name)
        assert connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one() == taken
