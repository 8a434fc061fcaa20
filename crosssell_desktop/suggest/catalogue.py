"""What the learner must know of a product: who it is and what kind of thing it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.domain.ids import ProductId, StoreId
from crosssell_desktop.suggest.arrays import I64


@dataclass(frozen=True, slots=True)
class LearnProduct:
    """One product that takes part in learning."""

    number: int
    """The integer key of the product in the receipts that are learned from (0 to 2^31)."""
    product: ProductId
    sku: str
    type_number: int
    """The integer key of its product type in the same database (0 to 2^31)."""
    type_key: str
    """The name of the type, the same on every machine («phone cases»)."""
    category: str
    department: str


@dataclass(frozen=True, slots=True, eq=False)
class LearnCatalogue:
    """The products that take part, and the stores; what is not here is left out of the counts."""

    products: tuple[LearnProduct, ...]
    """In the order of their ids: the canonical order of a model."""
    stores: Mapping[int, StoreId]
    numbers: I64
    """Product numbers, sorted."""
    type_numbers: I64
    """The type number of each product of ``numbers``."""

    @staticmethod
    def of(products: Iterable[LearnProduct], stores: Mapping[int, StoreId] | None = None) -> LearnCatalogue:
        """Return a catalogue in canonical order.

        Raises:
            ValueError: if a number or an id occurs twice.
        """
        ordered = tuple(sorted(products, key=lambda product: product.product.int))
        if len({product.product for product in ordered}) != len(ordered):
            msg = "a product id occurs twice"
            raise ValueError(msg)
        numbers = np.array([product.number for product in ordered], np.int64)
        by_number = np.argsort(numbers, kind="stable")
        numbers = numbers[by_number]
        if len(numbers) > 1 and bool(np.any(numbers[1:] == numbers[:-1])):
            msg = "a product number occurs twice"
            raise ValueError(msg)
        types = np.array([product.type_number for product in ordered], np.int64)[by_number]
        return LearnCatalogue(ordered, dict(stores or {}), numbers, types)
