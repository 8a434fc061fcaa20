"""What a service gives back: a value and the kinds of things that changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Change(StrEnum):
    """Kinds of things that screens watch; a screen decides itself what to refresh."""

    BASKET = "basket"
    CUSTOMER = "customer"
    CATALOGUE = "catalogue"
    OFFERS = "offers"
    PASSES = "passes"
    SALES = "sales"
    CREDITS = "credits"
    SHIFT = "shift"
    PEOPLE = "people"
    SYNC = "sync"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The answer of one act, after its transaction committed."""

    value: T
    changes: frozenset[Change] = frozenset()
