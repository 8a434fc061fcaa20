"""Knows which column of a foreign table holds what: by a mapping of the shop's own, or by the usual headings."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.text import N_, Text

Kind = Literal["products", "customers", "sales", "costs", "visitors", "rota"]

MAX_MAPPING_BYTES = 256 * 1024
OPTIONS = frozenset({"time_zone", "price_type", "language", "verified"})

SYNONYMS: Mapping[Kind, Mapping[str, Sequence[str]]] = {
    "products": {
        "sku": ("артикул", "sku", "код", "код товара", "internal reference", "default_code", "article", "code"),
        "external_id": ("external id", "id", "ид", "внешний код", "guid", "product_id"),
        "name": ("наименование", "название", "товар", "name", "name_ru", "product name", "номенклатура"),
        "name_en": ("name_en", "name en", "наименование en", "english name"),
        "barcode": ("штрихкод", "штрих код", "штрихкоды", "barcode", "barcodes", "ean", "ean13", "gtin", "upc"),
        "price": ("цена", "цена продажи", "розничная цена", "sales price", "list_price", "price", "retail price"),
        "cost": ("себестоимость", "закупочная цена", "cost", "standard_price", "cost price"),
        "category": ("категория", "группа", "категория товара", "product category", "category", "categ_id", "group"),
        "product_type": ("тип", "тип товара", "вид", "product_type", "type"),
        "brand": ("бренд", "марка", "производитель", "brand", "manufacturer"),
        "unit": ("единица", "ед", "ед изм", "единица измерения", "unit", "unit of measure", "uom"),
        "vat": ("ндс", "ставка ндс", "vat", "tax", "vat rate"),
        "business_line": ("направление", "направление бизнеса", "business line", "department"),
        "stock": ("остаток", "количество", "stock", "quantity on hand", "qty_available", "quantity"),
        "marked": ("маркировка", "маркируемый", "marked"),
        "archived": ("архив", "архивный", "archived"),
    },
    "customers": {
        "external_id": (
            "external id",
            "id",
            "ид",
            "код",
            "код клиента",
            "код контрагента",
            "внешний код",
            "customer_id",
            "key",
            "ref",
        ),
        "code_1c": ("код 1с", "ид 1с", "guid 1с", "1c id", "external_1c"),
        "name": (
            "имя клиента",
            "фио",
            "клиент",
            "полное имя",
            "name",
            "full name",
            "customer",
            "display_name",
            "наименование",
            "полное наименование",
            "контрагент",
        ),
        "family_name": ("фамилия", "last name", "surname", "family name", "family_name"),
        "given_name": ("имя", "first name", "given name", "given_name"),
        "patronymic": ("отчество", "patronymic", "middle name"),
        "phone": ("телефон", "мобильный", "мобильный телефон", "phone", "mobile", "tel", "номер телефона"),
        "phone2": ("телефон 2", "мобильный", "мобильный телефон", "доп телефон", "phone 2", "mobile"),
        "phone_verified": ("телефон подтвержден", "phone verified", "phone_verified"),
        "email": ("e-mail", "email", "почта", "эл почта", "электронная почта", "mail"),
        "email_verified": ("почта подтверждена", "email подтвержден", "email verified", "email_verified"),
        "city": ("город", "населенный пункт", "city"),
        "address": ("адрес", "улица", "фактический адрес", "street", "address"),
        "house": ("дом", "house"),
        "flat": ("квартира", "кв", "flat"),
        "inn": ("инн", "inn", "vat", "tax id"),
        "kpp": ("кпп", "kpp"),
        "is_company": ("is a company", "is_company", "юрлицо"),
        "birthday": ("дата рождения", "день рождения", "birthday", "birth date", "date of birth", "dob"),
        "card": (
            "карта",
            "номер карты",
            "штрихкод карты",
            "карта лояльности",
            "loyalty card",
            "card",
            "card number",
            "barcode",
        ),
        "language": ("язык", "language", "lang"),
        "kind": ("вид", "тип", "вид контрагента", "юр физ лицо", "company_type", "company type", "kind", "type"),
        "do_not_contact": ("не беспокоить", "do not contact", "blacklist"),
    },
    "sales": {
        "receipt": (
            "чек",
            "номер чека",
            "чек №",
            "receipt",
            "receipt no",
            "receipt number",
            "basket_id",
            "order reference",
            "order",
        ),
        "at": ("дата", "дата и время", "время", "date", "datetime", "order date", "date_order", "at", "timestamp"),
        "store": ("магазин", "склад", "точка", "store", "shop", "store_id", "point of sale"),
        "sku": ("артикул", "sku", "код товара", "internal reference", "default_code", "product_id", "product", "code"),
        "barcode": ("штрихкод", "штрих код", "barcode", "ean", "gtin"),
        "qty": ("количество", "кол во", "кол-во", "qty", "quantity"),
        "price": ("цена", "price", "unit price", "price_unit"),
        "amount": ("сумма", "итого", "amount", "total", "subtotal", "sales_value", "price_subtotal_incl"),
        "discount": ("скидка", "сумма скидки", "discount", "discount amount"),
        "customer": (
            "клиент",
            "код клиента",
            "покупатель",
            "карта",
            "customer",
            "customer_id",
            "household_id",
            "partner",
        ),
    },
    "costs": {
        "sku": ("артикул", "sku", "код товара", "код", "internal reference", "default_code", "product_id", "code"),
        "barcode": ("штрихкод", "штрих код", "barcode", "ean", "gtin"),
        "cost": ("себестоимость", "закупочная цена", "цена закупки", "cost", "cost price", "standard_price"),
        "from": ("с", "действует с", "дата", "from", "valid from", "date"),
    },
    "visitors": {
        "store": ("магазин", "точка", "store", "shop", "store_id"),
        "day": ("дата", "день", "дата и время", "date", "day", "datetime", "at"),
        "hour": ("час", "время", "hour", "time"),
        "visitors": ("посетители", "вошло", "посещения", "входы", "visitors", "entries", "traffic", "in"),
    },
    "rota": {
        "store": ("магазин", "точка", "store", "shop"),
        "who": ("сотрудник", "фио", "имя", "работник", "бейдж", "employee", "name", "person", "badge"),
        "day": ("дата", "день", "date", "day"),
        "planned": ("план", "по плану", "часы по плану", "смена", "график", "planned", "plan", "scheduled", "shift"),
        "worked": ("факт", "отработано", "часы", "отработано часов", "worked", "actual", "hours"),
    },
}

REQUIRED: Mapping[Kind, Sequence[Sequence[str]]] = {
    "products": (("sku", "external_id", "barcode"),),
    "customers": (("name", "family_name", "given_name"),),
    "sales": (("receipt",), ("at",), ("sku", "barcode"), ("qty",), ("price", "amount")),
    "costs": (("sku", "barcode"), ("cost",)),
    "visitors": (("day",), ("visitors",)),
    "rota": (("who",), ("day",), ("planned", "worked")),
}
"""Of each group one column must be there."""


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801  # «Mapping» is taken by collections.abc
    """A saved mapping: whose it is, which heading holds which field, and options."""

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"columns": dict(self.columns), "options": dict(self.options)}


def read_mapping(path: Path, kind: Kind) -> Mapping_:
    """Read a mapping from a TOML or JSON file with ``source``, ``[columns]`` and ``[options]``.

    Raises:
        Refusal: ``bad_mapping`` with what is wrong.
    """
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise _bad_mapping(path, Text(N_("it is too large")))
        text = path.read_text(encoding="utf-8-sig")
        told: Any = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise Refusal("no_file", Text(N_("There is no file {file}."), {"file": path.name})) from error
    except (ValueError, RecursionError) as error:
        raise _bad_mapping(path, Text(N_("it is neither TOML nor JSON"))) from error
    if not isinstance(told, dict):
        raise _bad_mapping(path, Text(N_("it is neither TOML nor JSON")))
    columns, options = told.get("columns", {}), told.get("options", {})
    named = [*_pairs(columns), *_pairs(options), ("source", told.get("source", kind))]
    if not isinstance(columns, dict) or not isinstance(options, dict) or not all(isinstance(v, str) for _, v in named):
        raise _bad_mapping(path, Text(N_("every value must be a text")))
    for unknown in sorted((set(columns) - set(SYNONYMS[kind])) | (set(options) - OPTIONS)):
        raise _bad_mapping(path, Text(N_("there is no field «{field}»"), {"field": unknown}))
    return Mapping_(str(told.get("source", kind)), columns, options)


def _pairs(told: object) -> list[tuple[str, object]]:
    return list(told.items()) if isinstance(told, dict) else []


def _bad_mapping(path: Path, why: Text) -> Refusal:
    return Refusal(
        "bad_mapping", Text(N_("The mapping {file} cannot be used: {why}."), {"file": path.name, "why": why})
    )


def mapping_of(kind: Kind, source: str, kept: Mapping[str, Any]) -> Mapping_:
    """Return a kept mapping."""
    del kind
    return Mapping_(source, dict(kept.get("columns", {})), dict(kept.get("options", {})))


def places(kind: Kind, header: Sequence[str], mapping: Mapping_) -> dict[str, int]:
    """Return which column holds which field.

    Raises:
        Refusal: ``unknown_columns`` when a needed field is missing, or a heading stands there twice.
    """
    found = recognised(kind, header, mapping)
    for group in missing(kind, found):
        usual = ", ".join(SYNONYMS[kind][name][0] for name in group)
        raise Refusal(
            "unknown_columns",
            Text(
                N_("No column for «{field}» was recognised. Name it so, or tell the column in a mapping file."),
                {"field": usual},
            ),
        )
    return found


def missing(kind: Kind, found: Collection[str]) -> list[Sequence[str]]:
    """Return the groups of fields of which one is needed and none was found."""
    return [group for group in REQUIRED[kind] if not any(name in found for name in group)]


def usual_heading(kind: Kind, name: str, language: str) -> str:
    """Return how a field is usually headed, in a language where there is such a heading."""
    synonyms = SYNONYMS[kind][name]
    return next((one for one in synonyms if one.isascii() is (language == "en")), synonyms[0])


def recognised(kind: Kind, header: Sequence[str], mapping: Mapping_) -> dict[str, int]:
    """Return which column holds which field, as far as they are known; a field mapped to nothing is left out.

    Raises:
        Refusal: ``unknown_columns`` when a heading stands there twice, or the mapping names one that is not there.
    """
    folded = [fold(heading) for heading in header]
    found: dict[str, int] = {}
    for name, synonyms in SYNONYMS[kind].items():
        told = mapping.columns.get(name)
        if told == "":
            continue
        for heading in (told,) if told is not None else synonyms:
            at = [i for i, h in enumerate(folded) if h == fold(heading)]
            if len(at) > 1:
                raise Refusal(
                    "unknown_columns",
                    Text(N_("The heading «{heading}» stands there twice; rename one."), {"heading": heading}),
                )
            if at and (told is not None or at[0] not in found.values()):
                found[name] = at[0]
                break
        if told is not None and name not in found:
            raise Refusal(
                "unknown_columns",
                Text(N_("The table has no column «{heading}», which the mapping names."), {"heading": told}),
            )
    return found
