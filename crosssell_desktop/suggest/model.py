"""The learned model: plain arrays in one buffer, read in place; it only answers look-ups.

A model is a publication: it is built once from whole counts (:func:`crosssell_desktop.suggest.learn.build_model`)
and never changed. Its order of products is that of their ids, so equal counts give equal bytes anywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.domain.ids import ProductId, StoreId
from crosssell_desktop.suggest.arrays import F64, I32, I64, U64, AnyArray
from crosssell_desktop.suggest.container import Contents, ModelFault, model_empty, pack, unpack
from crosssell_desktop.suggest.forest import SecondLook

MODEL_VERSION = 3
KIN_ONE = 1_000_000
"""A weight of 1 from type to type in the integers they are kept in."""
_STORE_BELIEF = 200
"""Receipts a store must have before its own popularity weighs as much as everybody's (suggestion rules, section 3)."""
_HALF = (1 << 64) - 1

__all__ = ["MODEL_VERSION", "Model", "ModelFault", "Pair", "StoreView", "model_empty"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The counts of two products over the evidence window: receipts with both, with each, and all."""

    joint: int
    first: int
    second: int
    receipts: int
    window_days: int
    last_day: int


@dataclass(frozen=True, slots=True, eq=False)
class StoreView:
    """Popularity as one store sees it, and the products in the orders that ranking needs."""

    popularity: F64
    by_popularity: I32
    """All products, the most popular first."""
    in_type_order: I32
    """All products by type, within a type the most popular first."""
    type_starts: I64


class Model:
    """The learned figures of all products, by their index 0..n-1.

    Reading only; the views of stores are worked out when first asked for and kept.
    """

    __slots__ = (
        "_arrays",
        "_product_traits",
        "_sku_sorted",
        "_usual_price",
        "_views",
        "categories",
        "category_of",
        "department_of",
        "departments",
        "digest",
        "id_hi",
        "id_lo",
        "joint",
        "joint_window",
        "kin",
        "kin_starts",
        "kin_weight",
        "last_history",
        "lately",
        "meta",
        "neighbours",
        "price_minor",
        "recent",
        "second_look",
        "sku_rank",
        "starts",
        "stores",
        "support",
        "type_joint",
        "type_neighbours",
        "type_of",
        "type_starts",
        "type_support",
        "types",
        "window_support",
    )
    id_hi: U64
    """Upper halves of the product ids, sorted."""
    id_lo: U64
    """Lower halves of the product ids."""
    sku_rank: I32
    """The place of each product in the order of SKUs (by code points)."""
    type_of: I32
    """Index into ``types``."""
    category_of: I32
    """Index into ``categories``."""
    department_of: I32
    """Index into ``departments``."""
    support: I32
    """Receipts that hold the product, over all that was learned."""
    window_support: I32
    """Receipts of the evidence window that hold the product."""
    recent: I32
    """Receipts of the last ``recent_days`` days that hold the product."""
    lately: I32
    """Receipts of the last ``lately_days`` days that hold the product."""
    price_minor: I64
    """The median price of one in minor units, 0 when never sold."""
    starts: I64
    """Where the neighbours of each product begin."""
    neighbours: I32
    """Neighbours, sorted by index within a product."""
    joint: I32
    """Receipts with the product and its neighbour."""
    joint_window: I32
    """The same over the evidence window."""
    type_support: I32
    """Receipts that hold a product of the type."""
    type_starts: I64
    """Where the neighbours of each type begin."""
    type_neighbours: I32
    """Neighbour types, sorted within a type."""
    kin_starts: I64
    """Where the related types of each type begin."""
    kin: I32
    """Related types (:mod:`crosssell_desktop.suggest.ease`)."""
    kin_weight: I32
    """Their weights in millionths."""
    type_joint: I32
    """Receipts with both types."""

    def __init__(self, contents: Contents) -> None:
        self._arrays: Mapping[str, AnyArray] = contents.arrays
        self._views: dict[int, StoreView] = {}
        self._sku_sorted: I64 | None = None
        self._usual_price: int | None = None
        self.last_history: tuple[object, object] | None = None
        self._product_traits: F64 | None = None
        arrays = contents.arrays
        self.id_hi = arrays["id_hi"].view(np.uint64)
        self.id_lo = arrays["id_lo"].view(np.uint64)
        self.sku_rank = arrays["sku_rank"].view(np.int32)
        self.type_of = arrays["type_of"].view(np.int32)
        self.category_of = arrays["category_of"].view(np.int32)
        self.department_of = arrays["department_of"].view(np.int32)
        self.support = arrays["support"].view(np.int32)
        self.window_support = arrays["window_support"].view(np.int32)
        self.recent = arrays["recent"].view(np.int32)
        self.lately = arrays["lately"].view(np.int32)
        self.price_minor = arrays["price_minor"].view(np.int64)
        self.starts = arrays["nb_starts"].view(np.int64)
        self.neighbours = arrays["nb"].view(np.int32)
        self.joint = arrays["nb_joint"].view(np.int32)
        self.joint_window = arrays["nb_window"].view(np.int32)
        self.type_support = arrays["type_support"].view(np.int32)
        self.type_starts = arrays["type_starts"].view(np.int64)
        self.type_neighbours = arrays["type_nb"].view(np.int32)
        self.kin_starts = arrays["kin_starts"].view(np.int64)
        self.kin = arrays["kin"].view(np.int32)
        self.kin_weight = arrays["kin_weight"].view(np.int32)
        self.type_joint = arrays["type_joint"].view(np.int32)
        self.meta = contents.meta
        self.digest = contents.digest
        self.types = _names(contents.meta, "types")
        self.categories = _names(contents.meta, "categories")
        self.departments = _names(contents.meta, "departments")
        self.second_look = _second_look(contents)
        self.stores = {StoreId(uuid.UUID(name)): place for place, name in enumerate(_names(contents.meta, "stores"))}

    @staticmethod
    def from_buffer(buffer: bytes | bytearray | memoryview) -> Model:
        """Open a model in place (bytes or a memory map).

        Raises:
            ModelFault: ``model_empty``, ``model_version`` or ``model_damaged``.
        """
        contents = unpack(buffer, MODEL_VERSION)
        missing = [name for name in _ARRAYS if name not in contents.arrays]
        if missing:
            raise ModelFault.damaged("incomplete")
        return Model(contents)

    # --- products -------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return the number of products."""
        return len(self.id_hi)

    def index(self, product: ProductId) -> int:
        """Return the index of a product, -1 when the model does not know it."""
        high, low = product.int >> 64, product.int & _HALF
        begin = int(np.searchsorted(self.id_hi, np.uint64(high), side="left"))
        end = int(np.searchsorted(self.id_hi, np.uint64(high), side="right"))
        place = begin + int(np.searchsorted(self.id_lo[begin:end], np.uint64(low)))
        return place if place < end and int(self.id_lo[place]) == low else -1

    def indexes(self, products: Iterable[ProductId]) -> I64:
        """Return the indexes of many products, -1 for the unknown ones."""
        return np.array([self.index(product) for product in products], np.int64)

    def indexes_of(self, high: U64, low: U64) -> I64:
        """Return the indexes of ids given as upper and lower 64 bits, -1 for the unknown ones."""
        place = np.searchsorted(self.id_hi, high).astype(np.int64)
        place[place >= len(self)] = 0
        if len(self) == 0:
            return np.full(len(high), -1, np.int64)
        good = (self.id_hi[place] == high) & (self.id_lo[place] == low)
        doubtful = (self.id_hi[place] == high) & ~good
        found = np.where(good, place, -1)
        for at in np.flatnonzero(doubtful):  # two ids with equal upper halves: practically never, but right
            found[at] = self.index(ProductId(uuid.UUID(int=(int(high[at]) << 64) | int(low[at]))))
        return found

    def product(self, index: int) -> ProductId:
        """Return the id of a product."""
        return ProductId(uuid.UUID(int=(int(self.id_hi[index]) << 64) | int(self.id_lo[index])))

    def sku(self, index: int) -> str:
        """Return the SKU of a product."""
        blob, starts = self._arrays["sku"], self._i64("sku_starts")
        return bytes(blob[int(starts[index]) : int(starts[index + 1])]).decode()

    def index_of_sku(self, sku: str) -> int:
        """Return the index of a SKU, -1 when the model does not know it."""
        if self._sku_sorted is None:
            self._sku_sorted = np.argsort(self.sku_rank, kind="stable").astype(np.int64)
        low, high = 0, len(self)
        wanted = sku.encode()
        while low < high:
            middle = (low + high) // 2
            if self.sku(int(self._sku_sorted[middle])).encode() < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(self) and self.sku(int(self._sku_sorted[low])) == sku:
            return int(self._sku_sorted[low])
        return -1

    # --- arrays ---------------------------------------------------------------------------------------------------

    def _i32(self, name: str) -> I32:
        array: I32 = self._arrays[name].view(np.int32)
        return array

    def _i64(self, name: str) -> I64:
        array: I64 = self._arrays[name].view(np.int64)
        return array

    @property
    def usual_price_minor(self) -> int:
        """The middle of all median prices, 1 when nothing was sold."""
        if self._usual_price is None:
            sold = np.sort(self.price_minor[self.price_minor > 0])
            self._usual_price = int(sold[(len(sold) - 1) // 2]) if len(sold) else 1
        return self._usual_price

    @property
    def product_traits(self) -> F64:
        """What the second look asks of each product whatever the question, a row each (:data:`PRODUCT_TRAITS`)."""
        if self._product_traits is None:
            support = self.support / max(1, self.receipts)
            recent = self.recent / max(1, self.recent_receipts)
            lately = self.lately / max(1, self.lately_receipts)
            self._product_traits = np.column_stack(
                [
                    support,
                    self.support / np.maximum(self.type_support[self.type_of], 1),
                    ratio(recent, support),
                    lately,
                    ratio(lately, recent),
                    self.price_minor / self.usual_price_minor,
                    recent,
                ]
            )
        return self._product_traits

    # --- figures --------------------------------------------------------------------------------------------------

    def _number(self, name: str) -> int:
        value = self.meta[name]
        if not isinstance(value, int):
            raise ModelFault.damaged(name)
        return value

    @property
    def receipts(self) -> int:
        """Receipts learned from."""
        return self._number("receipts")

    @property
    def recent_receipts(self) -> int:
        """Receipts of the last ``recent_days`` days."""
        return self._number("recent_receipts")

    @property
    def lately_receipts(self) -> int:
        """Receipts of the last ``lately_days`` days."""
        return self._number("lately_receipts")

    @property
    def window_receipts(self) -> int:
        """Receipts of the evidence window."""
        return self._number("window_receipts")

    @property
    def window_days(self) -> int:
        """Length of the evidence window in days."""
        return self._number("window_days")

    @property
    def last_day(self) -> int:
        """The last day learned (days since 1970-01-01)."""
        return self._number("last_day")

    @property
    def last_receipt(self) -> int:
        """The highest receipt number learned from, -1 for none."""
        return self._number("last_receipt")

    def pair(self, first: int, second: int) -> Pair | None:
        """Return the window counts of a learned pair, or None when the pair was pruned or never seen."""
        begin, end = int(self.starts[first]), int(self.starts[first + 1])
        place = begin + int(np.searchsorted(self.neighbours[begin:end], second))
        if place >= end or int(self.neighbours[place]) != second:
            return None
        return Pair(
            int(self.joint_window[place]),
            int(self.window_support[first]),
            int(self.window_support[second]),
            self.window_receipts,
            self.window_days,
            self.last_day,
        )

    def joint_all(self, first: int, second: int) -> int | None:
        """Return in how many receipts of all that was learned two products met, or None when pruned or never seen."""
        begin, end = int(self.starts[first]), int(self.starts[first + 1])
        place = begin + int(np.searchsorted(self.neighbours[begin:end], second))
        return int(self.joint[place]) if place < end and int(self.neighbours[place]) == second else None

    def with_arrays(self, changed: Mapping[str, AnyArray], meta: Mapping[str, object], digest: str) -> Model:
        """Return the same model with some arrays and figures replaced; views and traits are worked out anew."""
        return Model(Contents({**self.meta, **meta}, {**self._arrays, **changed}, digest))

    def array(self, name: str) -> AnyArray:
        """Return an array of the file by its name there."""
        return self._arrays[name]

    def store_view(self, store: StoreId | None) -> StoreView:
        """Return popularity at a store, drawn towards everybody's: (n_sj + 200 g_j) / (n_s + 200)."""
        place = -1 if store is None else self.stores.get(store, -1)
        view = self._views.get(place)
        if view is None:
            view = self._views[place] = self._make_view(place)
        return view

    def warm(self, store: StoreId | None) -> None:
        """Work out beforehand what the first question would have to wait for."""
        self.store_view(store)
        if self.second_look is not None:
            self.product_traits  # noqa: B018  # kept from now on

    def _make_view(self, place: int) -> StoreView:
        recent_receipts = max(1, self._number("recent_receipts"))
        everywhere: F64 = self.recent / recent_receipts
        popularity = everywhere.copy()
        if place >= 0:
            starts = self._i64("store_starts")
            begin, end = int(starts[place]), int(starts[place + 1])
            popularity *= _STORE_BELIEF
            popularity[self._i32("store_products")[begin:end]] += self._i32("store_n")[begin:end]
            popularity /= int(self._i32("store_receipts")[place]) + _STORE_BELIEF
        order = np.lexsort((self.sku_rank, -popularity)).astype(np.int32)
        in_type = order[np.argsort(self.type_of[order], kind="stable")].astype(np.int32)
        type_starts = np.zeros(len(self.types) + 1, np.int64)
        np.cumsum(np.bincount(self.type_of, minlength=len(self.types)), out=type_starts[1:])
        return StoreView(popularity, order, in_type, type_starts)


_TREES = "second_"
_FEW = 1e-9
PRODUCT_TRAITS = ("support", "type_share", "trend", "lately", "lately_trend", "price_level", "recent")
"""The columns of :attr:`Model.product_traits`."""
_ARRAYS = (
    "id_hi",
    "id_lo",
    "sku",
    "sku_starts",
    "sku_rank",
    "type_of",
    "category_of",
    "department_of",
    "support",
    "window_support",
    "recent",
    "lately",
    "price_minor",
    "nb_starts",
    "nb",
    "nb_joint",
    "nb_window",
    "type_support",
    "type_starts",
    "type_nb",
    "type_joint",
    "kin_starts",
    "kin",
    "kin_weight",
    "store_starts",
    "store_products",
    "store_n",
    "store_receipts",
)


def ratio(above: F64, below: F64) -> F64:
    """Return above / below, 0 where there is nothing below."""
    quotient: F64 = above / np.maximum(below, _FEW) * (below > 0)
    return quotient


def to_bytes(
    meta: Mapping[str, object], arrays: Mapping[str, AnyArray], second_look: SecondLook | None = None
) -> bytes:
    """Return the bytes of a model; the trees of the second look travel inside it.

    Raises:
        ValueError: if an array of the format is missing or there is one too many.
    """
    if set(arrays) != set(_ARRAYS):
        msg = f"a model has other arrays: {sorted(set(arrays) ^ set(_ARRAYS))}"
        raise ValueError(msg)
    if second_look is None:
        return pack(MODEL_VERSION, {**meta, "second_look": None}, arrays)
    trees = {_TREES + name: array for name, array in second_look.arrays().items()}
    return pack(MODEL_VERSION, {**meta, "second_look": second_look.meta()}, {**arrays, **trees})


def _second_look(contents: Contents) -> SecondLook | None:
    meta = contents.meta.get("second_look")
    if meta is None:
        return None
    if not isinstance(meta, dict):
        raise ModelFault.damaged("second_look")
    arrays = {name[len(_TREES) :]: array for name, array in contents.arrays.items() if name.startswith(_TREES)}
    return SecondLook.of(meta, arrays)


def _names(meta: Mapping[str, object], name: str) -> Sequence[str]:
    names = meta.get(name)
    if not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
        raise ModelFault.damaged(name)
    return tuple(names)
