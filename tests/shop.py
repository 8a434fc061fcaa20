"""A small invented shop in a real encrypted file: two counters, seven people, twenty products, three customers."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.basket import Basket
from crosssell_desktop.domain.clock import DAY_MS, Clock
from crosssell_desktop.domain.fit import Operator, Predicate, of_core, of_item
from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    IdSource,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    StoreId,
    named_id,
)
from crosssell_desktop.services import login, passes, pins, receipts, shifts
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import journal, opening, pin_rows, unit
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.exchange_rows import Applied, DownRow, apply_rows
from crosssell_desktop.store.fit_codec import predicates_to_json
from crosssell_desktop.store.opening import Identity, open_database
from crosssell_desktop.store.pin_rows import PinKey
from crosssell_desktop.store.puts import (
    AttributePut,
    BarcodePut,
    BenefitPut,
    CategoryPut,
    CombinationPut,
    ContactPut,
    CustomerPut,
    EvidencePut,
    FitRulePut,
    IdentifierPut,
    PricePut,
    ProductPut,
    Put,
    StockPut,
    barcode_id,
    contact_id,
    identifier_id,
    price_id,
    rows_of_puts,
    stock_id,
)
from crosssell_desktop.sync.tables import TRAVELS

KEY = bytes(range(32))
PIN = "482915"
SALT = "5a" * 32
START_MS = 1_772_614_800_000  # 2026-03-04 09:00 UTC
VAT_BPS = 2_200
PIN_KEY = PinKey(UUID(int=7), bytes(range(32, 64)))
GIFT_CODE = "4607001234567"


def known(kind: str, code: str) -> UUID:
    """Return the fixed id of a thing of this shop."""
    return named_id(f"test.{kind}", code)


def person(code: str) -> PersonId:
    return PersonId(known("person", code))


def department(code: str) -> DepartmentId:
    return DepartmentId(known("department", code))


def category(code: str) -> CategoryId:
    return CategoryId(known("category", code))


def product(sku: str) -> ProductId:
    return ProductId(known("product", sku))


def customer(code: str) -> CustomerId:
    return CustomerId(known("customer", code))


STORE = StoreId(known("store", "S1"))

PEOPLE: Sequence[tuple[str, str, int, bool]] = (
    ("katya", "photo", 1, False),
    ("anna", "photo", 2, True),
    ("vera", "photo", 2, False),
    ("boris", "home", 2, True),
    ("sergey", "photo", 3, True),
    ("maria", "photo", 4, False),
    ("dima", "photo", 5, False),
)
"""Code, department, level, and whether they may be responsible for complex sales."""

CATEGORIES = (
    ("photo", None), ("camera", "photo"), ("lens", "photo"), ("card", "photo"), ("bag", "photo"), ("battery", "photo"),
    ("home", None), ("machine", "home"), ("coffee", "home"), ("care", "home"), ("service", None),
)  # fmt: skip

PRODUCTS: Sequence[tuple[str, str, str, int]] = (
    # sku, category, type, price in kopecks
    ("CAM-1", "camera", "camera", 8_999_000),
    ("CAM-2", "camera", "camera", 12_999_000),
    ("LENS-RF", "lens", "lens", 1_499_000),
    ("LENS-EF", "lens", "lens", 1_299_000),
    ("CARD-64", "card", "memory_card", 349_000),
    ("CARD-128", "card", "memory_card", 599_000),
    ("BAG-1", "bag", "bag", 299_000),
    ("BAG-2", "bag", "bag", 899_000),
    ("BAT-1", "battery", "battery", 499_000),
    ("BAT-2", "battery", "battery", 199_000),
    ("MACH-1", "machine", "coffee_machine", 4_999_000),
    ("MACH-2", "machine", "coffee_machine", 7_999_000),
    ("COF-1", "coffee", "coffee", 89_900),
    ("COF-2", "coffee", "coffee", 129_900),
    ("FILT-1", "care", "filter", 119_000),
    ("DESC-1", "care", "descaler", 59_900),
    ("CUP-1", "care", "cup", 45_050),
    ("SET-UP", "service", "set_up", 150_000),
    ("WARR-1", "service", "warranty", 499_000),
    ("STRAP", "bag", "strap", 33),
)

COMBINATIONS: Sequence[tuple[str, str, str]] = (
    ("CAM-1", "CARD-64", "enhances"),
    ("CAM-1", "BAG-1", "protects"),
    ("CAM-1", "BAT-1", "spare"),
    ("CAM-1", "LENS-EF", "care"),
    ("MACH-1", "FILT-1", "consumable"),
    ("MACH-1", "DESC-1", "required"),
)


@dataclass
class SetClock:
    """A clock that moves only when it is told to."""

    at_ms: int = START_MS

    def now_ms(self) -> int:
        """Return the time it was set to."""
        return self.at_ms

    def advance(self, *, s: int = 0, days: int = 0) -> None:
        """Move the clock; a negative amount sets it back."""
        self.at_ms += 1_000 * s + DAY_MS * days


@dataclass
class RandomIds:
    """Fresh ids, in the order they were made."""

    count: int = 0

    def new(self) -> UUID:
        """Return the next id."""
        self.count += 1
        return UUID(int=(self.count << 80) | (uuid.uuid4().int & (1 << 80) - 1))


@dataclass
class Counter:
    """One counter with its desk, and short ways to do what tests do often."""

    desk: Desk
    clock: SetClock
    path: Path
    sessions: dict[str, Session] = field(default_factory=dict)

    def session(self, code: str) -> Session:
        """Return the person's session, logged in once."""
        if code not in self.sessions:
            self.sessions[code] = login.log_in(self.desk, person(code), PIN).value
        return self.sessions[code]

    def open_shift(self) -> None:
        """Open a shift by the supervisor."""
        shifts.open_shift(self.desk, self.session("sergey"), responsible_id=person("sergey"))

    def basket(self, who: str, *skus: str, of: str | None = None, pass_id: PassId | None = None) -> Basket:
        """Start a receipt with products, for a customer, taking over a pass."""
        session = self.session(who)
        basket = receipts.start_basket(self.desk, session).value
        if of is not None:
            receipts.set_customer(self.desk, session, basket.id, customer(of))
        if pass_id is not None:
            passes.accept(self.desk, session, pass_id, basket.id)
        for sku in skus:
            basket = receipts.add_product(self.desk, session, basket.id, product(sku)).value
        return basket

    def sell(
        self, who: str, *skus: str, of: str | None = None, pass_id: PassId | None = None
    ) -> receipts.SaleCompleted:
        """Sell products."""
        basket = self.basket(who, *skus, of=of, pass_id=pass_id)
        return receipts.complete(self.desk, self.session(who), basket.id).value

    def pass_on(self, who: str, *, what: str, to: str = "home", of: str | None = None) -> passes.PassSent:
        """Pass a customer on for a category."""
        return passes.send(
            self.desk,
            self.session(who),
            kind="recommend",
            to_department_id=department(to),
            customer_id=None if of is None else customer(of),
            category_id=category(what),
        ).value

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the file."""
        with self.desk.look() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

    def number(self, sql: str, *values: object) -> int:
        """Look one number up."""
        found = self.rows(sql, *values)[0][0]
        assert isinstance(found, int)
        return found

    def hear(self, other: Counter) -> Applied:
        """Take over everything the other counter has told the centre so far."""
        with other.desk.look() as connection:
            ops = connection.exec_driver_sql("SELECT body, hlc FROM outbox ORDER BY seq").all()
        heard = frozenset(t.table for t in TRAVELS if t.is_heard)
        rows = [
            DownRow(name, str(row["id"]), int(row.get("ver", hlc)), deleted=False, body=row)
            for body, hlc in ops
            for name, some in json.loads(body)["rows"].items()
            for row in some
            if name in heard
        ]
        with self.desk.database.write() as connection:
            return apply_rows(connection, rows, known=heard, token="t", now_ms=self.clock.at_ms)

    def reopen(self) -> None:
        """Close the program and start it again."""
        self.desk.database.close()
        self.desk = desk_on(self.path, self.clock, self.desk.ids)
        self.sessions.clear()


def desk_on(path: Path, clock: Clock, ids: IdSource, key: bytes = KEY) -> Desk:
    """Open a counter's file."""
    database = open_database(path, key, create=False)
    with database.read() as connection:
        me = unit.me_of(connection)
    return Desk(database=database, clock=clock, ids=ids, pepper=key, folder=path.parent, me=me)


def make_file(path: Path, code: str) -> None:
    """Make the file of counter ``K1`` (photo) or ``K2`` (home)."""
    clock, ids = SetClock(START_MS - DAY_MS), RandomIds()
    database = open_database(path, KEY, create=True)
    identity = Identity(
        counter_id=known("counter", code),
        department_id=department("photo" if code == "K1" else "home"),
        store_id=STORE,
        prefix=code,
        incarnation=known("incarnation", code),
        salt=SALT,
    )
    with database.write() as connection:
        opening.enrol(connection, identity)
        journal.save_rows(connection, places())
    put_rows(database, clock, ids, "catalogue_put", catalogue())
    put_rows(database, clock, ids, "customers_put", customers())
    with unit.begin(database, clock, ids) as work:
        # The same at both counters, as if one had sealed its key for the other long ago.
        pin_rows.keep_key(work.connection, PIN_KEY, START_MS)
        for name, _, _, _ in PEOPLE:
            pins.give(work, person(name), PIN, "pin")
    database.checkpoint()
    database.close()


def counter_on(template: Path, path: Path, clock: SetClock) -> Counter:
    """Open a fresh copy of a counter's file."""
    shutil.copyfile(template, path)
    return Counter(desk_on(path, clock, RandomIds(START_MS)), clock, path)


def put_rows(database: Database, clock: Clock, ids: IdSource, kind: str, puts: Sequence[Put]) -> None:
    with unit.begin(database, clock, ids) as work:
        work.record(kind, rows_of_puts(puts, work.tick()))


def places() -> journal.Rows:
    """Return two stores with their departments, counters, people and settings."""
    company = known("company", "C")
    second = known("store", "S2")
    return {
        "company": [{"id": company, "name": "Свет", "currency": "RUB", "invented": True, "ver": 1}],
        "store": [
            {"id": one, "company_id": company, "code": code, "name": code, "time_zone": "Europe/Moscow", "ver": 1}
            for code, one in (("S1", STORE), ("S2", second))
        ],
        "department": [
            {"id": department(c), "store_id": STORE, "code": c, "name_ru": c, "name_en": c, "ver": 1}
            for c in ("photo", "home")
        ],
        "counter": [
            {
                "id": known("counter", code),
                "department_id": department(where),
                "store_id": STORE,
                "code": code,
                "name": f"Касса {code}",
                "prefix": code,
                "ver": 1,
            }
            for code, where in (("K1", "photo"), ("K2", "home"))
        ],
        "person": [
            {
                "id": person(code),
                "store_id": STORE,
                "department_id": department(where),
                "full_name": f"{code.title()} Тестовая",
                "short_name": f"{code.title()} Т.",
                "level": level,
                "language": "ru",
                "active": True,
                "ver": 1,
            }
            for code, where, level, _ in PEOPLE
        ],
        "person_role": [
            {
                "id": known("role", code),
                "person_id": person(code),
                "store_id": STORE,
                "role": shifts.LEAD_ROLE,
                "active": True,
                "ver": 1,
            }
            for code, _, _, leads in PEOPLE
            if leads
        ],
        "setting": [
            {
                "id": known("setting", "holdout"),
                "scope_kind": "company",
                "scope_id": None,
                "key": "experiment.holdout_bps",
                "value": 0,
                "ver": 1,
            }
        ],
    }


def catalogue() -> list[Put]:
    """Return categories, products with everything about them, one fit rule, and the combinations with evidence."""
    puts: list[Put] = [
        CategoryPut(
            id=category(code),
            code=code,
            name_ru=code,
            name_en=code,
            business_line=parent or code,
            parent_id=None if parent is None else category(parent),
        )
        for code, parent in CATEGORIES
    ]
    for sku, where, kind, price in PRODUCTS:
        one = product(sku)
        service = where == "service"
        puts += [
            ProductPut(
                id=one,
                sku=sku,
                name_ru=f"Товар {sku}",
                name_en=f"Product {sku}",
                category_id=category(where),
                kind="service" if service else "goods",
                product_type=kind,
                vat_bps=VAT_BPS,
                department_id=department("home" if where in {"machine", "coffee", "care"} else "photo"),
                credit_role="service" if service else "periphery",
            ),
            PricePut(id=price_id(one), product_id=one, amount_minor=price),
            StockPut(id=stock_id(one, STORE), product_id=one, store_id=STORE, qty_milli=10_000, told_at=START_MS),
            BenefitPut(
                id=known("benefit", sku),
                product_id=one,
                benefit_ru=f"польза {sku}",
                benefit_en=f"benefit of {sku}",
                status="approved",
            ),
        ]
    for sku, mount in (("CAM-1", "RF"), ("LENS-RF", "RF"), ("LENS-EF", "EF")):
        puts.append(
            AttributePut(
                id=known("attribute", sku), product_id=product(sku), key="mount", value=mount, source="passport"
            )
        )
    puts += [
        BarcodePut(
            id=barcode_id(product("CARD-64"), GIFT_CODE), gtin=GIFT_CODE.zfill(14), product_id=product("CARD-64")
        ),
        FitRulePut(
            id=known("fit_rule", "mount"),
            core_category_id=category("camera"),
            periphery_category_id=category("lens"),
            predicates=predicates_to_json((Predicate(of_core("mount"), Operator.EQ, of_item("mount")),)),
            source="passport",
        ),
    ]
    for core, item, relation in COMBINATIONS:
        puts += [
            CombinationPut(
                id=known("combination", f"{core}/{item}"),
                core_product_id=product(core),
                periphery_product_id=product(item),
                relation=relation,
                status="approved",
                emergent_ru=f"вместе {core} и {item}",
                emergent_en=f"{core} with {item}",
            ),
            EvidencePut(
                id=known("evidence", f"{core}/{item}"),
                core_product_id=product(core),
                periphery_product_id=product(item),
                code="E8",
                claim_ru=f"производитель советует {item}",
                claim_en=f"the maker advises {item}",
                computed_at=START_MS - 30 * DAY_MS,
                source="passport",
            ),
        ]
    return puts


def customers() -> list[Put]:
    """Return three customers with a phone and a card each."""
    puts: list[Put] = []
    for number, (code, name) in enumerate(
        (("olga", "Ольга Ветрова"), ("pavel", "Павел Соколов"), ("irina", "Ирина Лебедь"))
    ):
        one = customer(code)
        phone, card = f"+7916000000{number}", f"29000000000{number}7"
        puts += [
            CustomerPut(id=one, display_name=name, birthday="1990-05-17", invented=True),
            ContactPut(id=contact_id(one, "phone", phone), customer_id=one, type="phone", value=phone),
            ContactPut(
                id=contact_id(one, "email", f"{code}@example.org"),
                customer_id=one,
                type="email",
                value=f"{code}@example.org",
            ),
            IdentifierPut(
                id=identifier_id(one, "loyalty_ean13", card), customer_id=one, type="loyalty_ean13", value=card
            ),
        ]
    return puts


def receipt_id(value: object) -> ReceiptId:
    """Return an id read from the file."""
    assert isinstance(value, bytes)
    return ReceiptId(UUID(bytes=value))
