"""Everything that happened with a customer at any counter, in one order (requirement A29)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, literal, null, select, union_all

from crosssell_desktop.store.schema.catalogue import category, product
from crosssell_desktop.store.schema.customers import consent, customer_note, note_text
from crosssell_desktop.store.schema.places import counter, person
from crosssell_desktop.store.schema.selling import help_event, offer_answer, pass_, return_, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: ``kind`` sale|return|answer|note|pass|help|consent, ``code`` what exactly.

    ``what_ru`` and ``what_en`` are names or words; a sale names its first line and ``amount_minor`` its total.
    """

    at: int
    kind: str
    code: str
    what_ru: str
    what_en: str
    amount_minor: int | None
    counter: str
    person: str


def timeline(connection: Connection, ids: Collection[UUID], limit: int) -> tuple[Moment, ...]:
    """Return the newest moments of a person, over all cards, departments and counters."""
    first = (
        select(sale_line.c.name)
        .where(sale_line.c.sale_id == sale.c.id)
        .order_by(sale_line.c.line_no)
        .limit(1)
        .scalar_subquery()
    )
    some = union_all(
        _some(sale, "sale", sale.c.situation, first, first, sale.c.total_minor).where(sale.c.customer_id.in_(ids)),
        _some(return_, "return", return_.c.reason, literal(""), literal(""), return_.c.total_minor).where(
            return_.c.customer_id.in_(ids)
        ),
        _some(
            offer_answer, "answer", offer_answer.c.answer + literal(":") + offer_answer.c.reason,
            product.c.name_ru, product.c.name_en, null(),
        )
        .outerjoin(product, product.c.id == offer_answer.c.product_id)
        .where(offer_answer.c.customer_id.in_(ids)),
        _some(customer_note, "note", customer_note.c.kind, note_text.c.text, note_text.c.text, null())
        .join(note_text, note_text.c.id == customer_note.c.id)
        .where(customer_note.c.customer_id.in_(ids), note_text.c.text != ""),
        _some(pass_, "pass", pass_.c.kind, category.c.name_ru, category.c.name_en, null())
        .outerjoin(category, category.c.id == pass_.c.category_id)
        .where(pass_.c.customer_id.in_(ids)),
        _some(help_event, "help", help_event.c.kind, literal(""), literal(""), null()).where(
            help_event.c.customer_id.in_(ids)
        ),
        _some(
            consent, "consent", consent.c.state + literal(":") + consent.c.purpose, literal(""), literal(""), null()
        ).where(consent.c.customer_id.in_(ids)),
    ).subquery()  # fmt: skip
    rows = connection.execute(
        select(some, counter.c.name, person.c.short_name)
        .outerjoin(counter, counter.c.id == some.c.counter_id)
        .outerjoin(person, person.c.id == some.c.person_id)
        .order_by(some.c.made_at.desc(), some.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Moment(r.made_at, r.kind, r.code, r.what_ru or "", r.what_en or "", r.amount, r.name or "", r.short_name or "")
        for r in rows
    )


def _some(table: Any, kind: str, code: Any, ru: Any, en: Any, amount: Any) -> Select[Any]:  # columns of many tables
    c = table.c
    return select(
        c.id,
        c.made_at,
        c.counter_id,
        c.person_id,
        literal(kind).label("kind"),
        func.coalesce(code, "").label("code"),
        ru.label("what_ru"),
        en.label("what_en"),
        amount.label("amount"),
    ).select_from(table)
