"""What the ledger knows about the world: paid lines, passes, returns; random ids only, no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    LineId,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    ReturnId,
)
from crosssell_desktop.domain.kpi import Role

PassKind = Literal["handover", "recommend", "expert", "help"]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of a paid receipt.

    ``amount_minor`` is the line after all discounts, VAT included, in kopecks; ``vat_bps`` is the VAT of its
    day; ``closer_id`` is the person whose PIN put the line into the receipt, ``closer_department_id`` the
    department he works in; ``category_ids`` starts with the product's own category and goes on to its
    ancestors; ``pass_codes`` are the slips the customer showed for this receipt.
    """

    line_id: LineId
    receipt_id: ReceiptId
    closer_id: PersonId
    closer_department_id: DepartmentId
    product_id: ProductId
    category_ids: tuple[CategoryId, ...]
    role: Role
    amount_minor: int
    vat_bps: int
    added_at_ms: int
    customer_id: CustomerId | None = None
    pass_codes: tuple[str, ...] = ()
    is_employee_card: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no sold line; a return is a fact of its own."""
        if self.amount_minor < 0 or self.vat_bps < 0:
            msg = "a sold line has no negative amount or VAT"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class PassFacts:
    """One pass of a customer from a person to a department or a person.

    Either ``customer_id`` or ``code`` tells the customer; ``product_id`` or ``category_id`` tells what for.
    """

    pass_id: PassId
    kind: PassKind
    from_person_id: PersonId
    from_department_id: DepartmentId
    created_at_ms: int
    to_department_id: DepartmentId | None = None
    to_person_id: PersonId | None = None
    customer_id: CustomerId | None = None
    code: str | None = None
    product_id: ProductId | None = None
    category_id: CategoryId | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """A whole or partial return of one line.

    ``returned_minor`` is the part of the line's amount given back, VAT included, in kopecks. A pushed sale
    («навязали») or a fraud is reversed without a time limit; an exchange for the same product reverses
    nothing.
    """

    return_id: ReturnId
    line_id: LineId
    returned_minor: int
    at_ms: int
    is_felt_pushed: bool = False
    is_fraud: bool = False
    is_same_product_exchange: bool = False

    def __post_init__(self) -> None:
        """Refuse a return of nothing."""
        if self.returned_minor <= 0:
            msg = "a return gives back more than nothing"
            raise ValueError(msg)
