"""A small invented shop for the tests of suggestions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import numpy as np

from crosssell_desktop.domain.ids import CategoryId, CombinationId, ProductId, StoreId
from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.learn import Learned, LearnSettings, ReceiptLines, build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.rank import RankedList, rank
from crosssell_desktop.suggest.snapshot import (
    Benefit,
    CombinationFacts,
    CustomerView,
    Goods,
    RankSettings,
    Snapshot,
    StoredEvidence,
)
from crosssell_desktop.suggest.vocabulary import CombinationStatus, EvidenceKind, EvidenceStatus, Relation

TODAY = 20_000
CAMERAS = CategoryId(uuid.UUID(int=901))
CARDS = CategoryId(uuid.UUID(int=902))


def product(number: int) -> ProductId:
    return ProductId(uuid.uuid5(uuid.NAMESPACE_OID, f"product {number}"))


def store(number: int) -> StoreId:
    return StoreId(uuid.uuid5(uuid.NAMESPACE_OID, f"store {number}"))


def catalogue(count: int, types: Sequence[int] | None = None) -> LearnCatalogue:
    return LearnCatalogue.of(
        (
            LearnProduct(
                number,
                product(number),
                f"S{number:03d}",
                number if types is None else types[number],
                f"type {number if types is None else types[number]}",
                f"category {number % 3}",
                "department",
            )
            for number in range(count)
        ),
        {number: store(number) for number in range(3)},
    )


def lines(receipts: Iterable[tuple[int, int, int, Sequence[int]]], price: int = 10_000) -> ReceiptLines:
    """Make lines of (receipt number, store, day, product numbers)."""
    rows = [(no, shop, day, item) for no, shop, day, items in receipts for item in items]
    columns = np.array(rows, np.int64).reshape(-1, 4)
    return ReceiptLines(
        receipt_no=columns[:, 0],
        customer_no=np.full(len(rows), -1, np.int64),
        store_no=columns[:, 1],
        product_no=columns[:, 3],
        day=columns[:, 2],
        qty_milli=np.full(len(rows), 1000, np.int64),
        amount_minor=np.full(len(rows), price, np.int64) + 100 * columns[:, 3],
    )


def taught(
    receipts: Iterable[tuple[int, int, int, Sequence[int]]],
    known: LearnCatalogue,
    settings: LearnSettings | None = None,
) -> tuple[Learned, bytes]:
    learned = learn([lines(receipts)], known, settings)
    return learned, build_model(learned.total, learned.window, known, settings)


def k2_model(types: Sequence[int] | None = None, times: int = 1) -> Model:
    """100 receipts (times), product 0 in 40, product 1 in 30, both in 24: fixture K2 of the domain rules."""
    baskets: list[list[int]] = [[0, 1]] * 24 + [[0, 2]] * 16 + [[1, 3]] * 6 + [[3, 4]] * 54
    receipts = [(no, no % 3, TODAY - no % 50, items) for no, items in enumerate(baskets * times)]
    return Model.from_buffer(taught(receipts, catalogue(6, types))[1])


def goods(number: int, **changes: object) -> Goods:
    values: dict[str, object] = {
        "product": product(number),
        "sku": f"S{number:03d}",
        "name": f"Thing {number}",
        "type_key": f"type {number}",
        "categories": (CAMERAS,) if number == 0 else (CARDS,),
        "price_minor": 100_000 if number == 0 else 8_000,
        "cost_minor": 5_000,
        "stock_milli": 5_000,
        "benefits": (Benefit("снимает быстрее", "shoots faster"),),
    }
    return Goods(**{**values, **changes})  # type: ignore[arg-type]


def proof(kind: EvidenceKind = EvidenceKind.MAKER, **changes: object) -> StoredEvidence:
    values: dict[str, object] = {
        "evidence_id": f"{kind}",
        "kind": kind,
        "claim_ru": "так пишет изготовитель",
        "claim_en": "says the maker",
        "status": EvidenceStatus.APPROVED,
        "source": "manual, p. 12",
        "valid_until_day": TODAY,
    }
    return StoredEvidence(**{**values, **changes})  # type: ignore[arg-type]


def combination(item: int, relation: Relation = Relation.ENHANCES, **changes: object) -> CombinationFacts:
    values: dict[str, object] = {
        "combination_id": CombinationId(uuid.uuid5(uuid.NAMESPACE_OID, f"combination {item} {relation}")),
        "core": product(0),
        "item": product(item),
        "relation": relation,
        "status": CombinationStatus.APPROVED,
        "emergent_ru": "вместе быстрее",
        "emergent_en": "faster together",
        "evidence": (proof(),),
    }
    return CombinationFacts(**{**values, **changes})  # type: ignore[arg-type]


def snapshot(
    things: Sequence[Goods],
    combinations: Sequence[CombinationFacts] = (),
    model: Model | None = None,
    **changes: object,
) -> Snapshot:
    values: dict[str, object] = {
        "core": product(0),
        "goods": (goods(0), *things),
        "model_digest": model.digest if model is not None else "",
        "day": TODAY,
        "receipt_total_minor": 100_000,
        "combinations": tuple(combinations),
        "settings": RankSettings(),
    }
    return Snapshot(**{**values, **changes})  # type: ignore[arg-type]


def offered(answer: RankedList) -> list[str]:
    return [one.sku for one in answer.suggestions]


def stopped(answer: RankedList) -> dict[str, str]:
    return {one.candidate.goods.sku: one.gate for one in answer.removed}


def ask(
    things: Sequence[Goods],
    combinations: Sequence[CombinationFacts] = (),
    model: Model | None = None,
    **changes: object,
) -> RankedList:
    return rank(snapshot(things, combinations, model, **changes), model)


def known_customer(**changes: object) -> CustomerView:
    return CustomerView(**{"profiling": True, **changes})  # type: ignore[arg-type]
