"""Customers and products by everything a person types or scans into the one field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource, named_id
from crosssell_desktop.services.founding import found_alone
from crosssell_desktop.store import find_index, puts, registers
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.store.queries.find import FoundCustomer, find_customers
from crosssell_desktop.store.queries.find_products import find_products
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.unit import begin

PEOPLE = [
    ("Иванов Иван Иванович", "+79161234567", "ivanov@example.com", "2400000000017"),
    ("Иванова Мария Петровна", "+79167654567", "", ""),
    ("Салтыков-Щедрин Пётр Семёнович", "+79035550011", "", ""),
    ("O'Connor Jane", "", "jane@example.org", ""),
    ("Иванько Иван", "+4915112345678", "", ""),
]


def customer_puts(place: int, name: str, phone: str, email: str, card: str) -> list[puts.Put]:
    key = named_id("customer", str(place))
    made: list[puts.Put] = [puts.CustomerPut(id=key, display_name=name)]
    for kind, value in (("phone", phone), ("email", email)):
        if value:
            made.append(puts.ContactPut(id=puts.contact_id(key, kind, value), customer_id=key, type=kind, value=value))
    if card:
        made.append(
            puts.IdentifierPut(id=puts.identifier_id(key, "card", card), customer_id=key, type="card", value=card)
        )
    return made


@pytest.fixture
def database(tmp_path: Path, clock: Clock, ids: IdSource) -> Iterator[Database]:
    opened = open_database(tmp_path / "shop.db", b"k" * 32, create=True)
    found_alone(opened, clock, ids)
    people = [one for place, person in enumerate(PEOPLE) for one in customer_puts(place, *person)]
    category = puts.CategoryPut(id=named_id("category", "c"), code="c", name_ru="Всё", name_en="All")
    names = [
        ("NB-14", "Ноутбук Берег 14", "Bereg laptop 14"),
        ("MS-1", "Мышь тихая", "Quiet mouse"),
        ("100500", "Сумка", "Bag"),
    ]
    goods = [
        puts.ProductPut(id=named_id("product", sku), sku=sku, name_ru=ru, name_en=en, category_id=category.id)
        for sku, ru, en in names
    ]
    code = puts.BarcodePut(id=named_id("b", "1"), gtin="04607000000014", product_id=goods[0].id)
    registers.put_all(opened, clock, ids, "rows_put", [*people, category, *goods, code])
    yield opened
    opened.close()


def find(database: Database, text: str, limit: int = 20) -> list[FoundCustomer]:
    with database.read() as connection:
        return list(find_customers(connection, text, limit).customers)


@pytest.mark.parametrize(
    ("text", "first", "by"),
    [
        ("+7 916 123-45-67", 0, "phone"),
        ("8(916)1234567", 0, "phone"),
        ("9161234567", 0, "phone"),
        ("+4915112345678", 4, "phone"),
        ("890355", 2, "phone"),
        ("IVANOV@example.com", 0, "email"),
        ("jane@", 3, "email"),
        ("2400000000017", 0, "card"),
        ("0011", 2, "tail"),
        ("иванов", 0, "words"),
        ("ИВАНОВА", 1, "words"),
        ("петр щедрин", 2, "words"),
        ("щедр сал", 2, "words"),
        ("салтыков-щ", 2, "words"),
        ("oconnor", 3, "words"),
        ("bdfyjdf", 1, "layout"),
        ("шфту", 3, "layout"),
        ("офту", 3, "layout"),
    ],
)
def test_each_way_finds_the_right_customer_first(database: Database, text: str, first: int, by: str) -> None:
    found = find(database, text)
    assert (found[0].display_name, found[0].matched_by) == (PEOPLE[first][0], by)


def test_four_digits_list_everyone_who_has_them_and_show_no_more_of_the_phone(database: Database) -> None:
    found = find(database, "4567")
    assert {c.display_name for c in found} == {PEOPLE[0][0], PEOPLE[1][0]}
    assert {c.phone_tail for c in found} == {"4567"}


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "*", "OR AND NOT", 'x" OR "y', "NEAR(a b)", "%", "_", "\x00", "и" * 5_000]
)
def test_no_text_breaks_the_search(database: Database, text: str) -> None:
    assert find(database, text) == []
    with database.read() as connection:
        find_products(connection, text, 20)


def test_the_limit_holds_and_whole_words_come_before_beginnings(database: Database) -> None:
    assert [c.display_name for c in find(database, "иван", 1)] == ["Иванько Иван"]
    assert len(find(database, "иван", 2)) == 2
    assert find(database, "иван", 0) == []


def test_a_changed_customer_is_found_by_the_new_name_only(database: Database, clock: Clock, ids: IdSource) -> None:
    was = puts.CustomerPut(id=named_id("customer", "0"), display_name=PEOPLE[0][0])
    with begin(database, clock, ids) as unit:
        registers.put(unit, "customer_changed", [replace(was, display_name="Сидоров Иван")])
    assert find(database, "сидоров")[0].matched_by == "words"
    assert all(c.id != was.id for c in find(database, "иванов"))
    assert find(database, "2400000000017")[0].display_name == "Сидоров Иван"


def test_an_erased_customer_is_found_no_more(database: Database, clock: Clock, ids: IdSource) -> None:
    gone = puts.CustomerPut(id=named_id("customer", "0"), display_name="", status="erased")
    with begin(database, clock, ids) as unit:
        registers.put(unit, "customer_erased", [gone])
    for text in ("иванов иванович", "9161234567", "2400000000017", "ivanov@example.com"):
        assert all(c.id != gone.id for c in find(database, text)), text


MORE = [
    ("Тукаев Ильдар Ренатович", "+79270000001"),
    ("Тукаева Гузель Ильдаровна", "+79270000002"),
    ("Щербакова Юлия Сергеевна", "+79270000003"),
    ("Smith John", "+79270000004"),
]


@pytest.fixture
def town(database: Database, clock: Clock, ids: IdSource) -> Database:
    """More people: with addresses, a household, Latin letters."""
    home = named_id("household", "1")
    made: list[puts.Put] = []
    for place, (name, phone) in enumerate(MORE, 20):
        card, *contacts = customer_puts(place, name, phone, "", "")
        assert isinstance(card, puts.CustomerPut)
        family, given, *rest = name.split()
        named = replace(card, family_name=family, given_name=given, patronymic="".join(rest))
        made += [replace(named, household_id=home if place < 22 else None), *contacts]
        address = f"г. Казань, ул. Габдуллы Тукая, д. {place}, кв. 5"
        made.append(puts.ContactPut(id=named_id("post", name), customer_id=card.id, type="post", value=address))
    registers.put_all(database, clock, ids, "rows_put", made)
    return database


@pytest.mark.parametrize(
    ("text", "first", "by"),
    [
        ("щербокова юлия", 2, "typo"),
        ("щреюакова юлия сергеевна", 2, "typo"),
        ("юлиа щербакова", 2, "sound"),
        ("shcherbakova yulia", 2, "sound"),
        ("Iuliia Scherbakova 0003", 2, "sound"),
        ("nerftd bkmlfh", 0, "layout"),
        ("nerftd bklfh", 0, "layout"),
        ("тукаев ренатович казань", 0, "words"),
        ("ильдар тукаев 8 927 000-00-01", 0, "words"),
        ("тукаева ул. Тукая, д. 21", 1, "words"),
        ("тукаев гузель", 0, "words"),
        ("щербакова ю с", 2, "words"),
        ("щербакова юлия 0009", 2, "part"),
        ("jhon smith", 3, "typo"),
    ],
)
def test_mistyped_latin_and_third_things_find_too(town: Database, text: str, first: int, by: str) -> None:
    found = find(town, text)
    assert (found[0].display_name, found[0].matched_by) == (MORE[first][0], by)


def test_names_come_before_streets_and_the_household(town: Database) -> None:
    names = [c.display_name for c in find(town, "тукая")]
    assert {name for name, _ in MORE} == set(names)
    assert find(town, "тукаева")[0].display_name == MORE[1][0]
    assert [c.display_name for c in find(town, "ильдар")] == [MORE[0][0], MORE[1][0]]


def test_a_page_goes_on_where_the_last_one_ended_and_the_count_stays(town: Database) -> None:
    with town.read() as connection:
        whole = find_customers(connection, "тукая", 20)
        pages = [find_customers(connection, "тукая", 2, after) for after in (0, 2, 4)]
    assert [c.no for page in pages for c in page.customers] == [c.no for c in whole.customers]
    assert [(page.total, page.is_more) for page in pages[:2]] == [(4, False), (4, False)]


def test_who_came_last_stands_first(town: Database, clock: Clock, ids: IdSource) -> None:
    two = [named_id("customer", "0"), named_id("customer", "1")]
    for at, customer_id in enumerate((two[0], two[1], two[0]), 1):
        with town.write() as connection:
            find_index.refresh(connection, {"sale": [{"customer_id": customer_id, "made_at": at}]})
        assert find(town, "4567")[0].id == customer_id
    with town.write() as connection:
        find_index.refresh(connection, {"sale": [{"customer_id": two[1], "made_at": 2}, {"customer_id": None}]})
    assert find(town, "4567")[0].id == two[0]


def test_nothing_of_an_erased_person_stays_in_the_index(town: Database, clock: Clock, ids: IdSource) -> None:
    def holding(word: str) -> list[str]:
        with town.read() as connection:
            tables = ("customer_words_data", "customer_found", "customer_key", "find_word")
            return [
                table
                for table in tables
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # ours
                if word in " ".join(v.decode("utf-8", "ignore") if isinstance(v, bytes) else str(v) for v in row)
            ]

    # The word index keeps of a word only what differs from the one before it.
    assert set(holding("рбакова")) == {"customer_words_data", "customer_found", "find_word"}
    gone = puts.CustomerPut(id=named_id("customer", "22"), display_name="", status="erased")
    with begin(town, clock, ids) as unit:
        registers.put(unit, "customer_erased", [gone])
    assert holding("рбакова") == holding("sherbakov") == holding("79270000003") == []
    assert holding("тукаев")
    with town.write() as connection:
        connection.exec_driver_sql("INSERT INTO customer_words(customer_words) VALUES ('integrity-check')")


def test_a_rolled_back_customer_leaves_no_trace_in_the_indexes(database: Database, clock: Clock, ids: IdSource) -> None:
    def fail() -> None:
        with begin(database, clock, ids) as unit:
            registers.put(unit, "customer_created", customer_puts(9, "Невидимкин", "+79990001122", "", ""))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert find(database, "невидимкин") == []
    assert find(database, "1122") == []


@pytest.mark.parametrize(
    ("text", "sku", "by"),
    [
        ("nb-14", "NB-14", "sku"),
        ("4607000000014", "NB-14", "gtin"),
        ("14 берег", "NB-14", "words"),
        ("laptop", "NB-14", "words"),
        ("vsim", "MS-1", "words"),  # «мышь» typed on Latin keys
        ("1005", "100500", "sku"),
    ],
)
def test_each_way_finds_the_right_product(database: Database, text: str, sku: str, by: str) -> None:
    with database.read() as connection:
        first = find_products(connection, text, 5)[0]
    assert (first.sku, first.matched_by) == (sku, by)


@pytest.mark.parametrize("kind", puts.ORDER)
def test_a_put_has_exactly_the_columns_of_its_table(kind: type[puts.Put]) -> None:
    columns = {c.name for c in metadata.tables[kind.TABLE].columns} - {"no", "ver", "stamps"}
    assert {f.name for f in fields(kind)} == columns
