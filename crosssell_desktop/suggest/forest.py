"""A small ensemble of symmetric trees as plain arrays: it orders the best candidates once more.

In a symmetric tree all nodes of a level ask the same question («trait > border»), so a tree of depth ``d`` is ``d``
columns, ``d`` borders and 2^d leaves. Leaves are integers and are added as integers: equal traits give equal gains on
every machine; traits are compared as single floats, which the trees were grown on. The trees are grown outside the
program (``benchmarks/grow.py`` is the recipe) and shipped as a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.suggest.arrays import F32, F64, I32, I64, AnyArray
from crosssell_desktop.suggest.container import ModelFault, pack, unpack

FOREST_VERSION = 1
GAIN_ONE = 1_000_000
"""A gain of 1 (in log odds) in the integers leaves are kept in."""
_MOST_DEPTH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Symmetric trees of one depth."""

    columns: I32
    """(depth, trees): which trait a level asks about."""
    borders: F32
    """(depth, trees): the border it asks about."""
    leaves: I32
    """(trees, 2^depth): gains in millionths."""

    @staticmethod
    def of(columns: I32, borders: F32, leaves: I32, traits: int) -> Forest:
        """Return a forest whose arrays fit together.

        Raises:
            ModelFault: ``model_damaged``.
        """
        fits = (
            columns.ndim == borders.ndim == leaves.ndim == 2  # two axes
            and columns.shape == borders.shape
            and 0 < columns.shape[0] <= _MOST_DEPTH
            and leaves.shape == (columns.shape[1], 1 << columns.shape[0])
            and columns.shape[1] > 0
            and int(columns.min()) >= 0
            and int(columns.max()) < traits
        )
        if not fits:
            raise ModelFault.damaged("trees")
        return Forest(columns, borders, leaves)

    def gains(self, table: F64) -> I64:
        """Return the gain of each column of a (traits, candidates) table, in millionths."""
        depth, trees = self.columns.shape
        above = table.astype(np.float32).take(self.columns.ravel(), axis=0) > self.borders.ravel()[:, None]
        bits = above.view(np.uint8).reshape(depth, trees, table.shape[1])
        leaf = bits[0].copy()
        for level in range(1, depth):
            leaf |= bits[level] << level
        at = leaf + (np.arange(trees, dtype=np.int64) << depth)[:, None]
        gains: I64 = np.add.reduce(self.leaves.ravel().take(at), axis=0, dtype=np.int64)
        return gains


@dataclass(frozen=True, slots=True, eq=False)
class SecondLook:
    """The forests of the second look, one for what is likely and one for what is new, with where they come from."""

    likely: Forest
    new: Forest
    traits: Sequence[str]
    """The traits they were grown on, in the order of the columns."""
    recipe: Mapping[str, object]
    """How they were grown: data, seed, sizes."""

    def arrays(self) -> dict[str, AnyArray]:
        """Return the arrays a container keeps."""
        return {
            f"{name}_{part}": getattr(forest, part)
            for name, forest in (("likely", self.likely), ("new", self.new))
            for part in ("columns", "borders", "leaves")
        }

    def meta(self) -> dict[str, object]:
        """Return the header a container keeps."""
        return {"traits": list(self.traits), "recipe": dict(self.recipe)}

    def to_bytes(self) -> bytes:
        """Return the bytes of the shipped file."""
        return pack(FOREST_VERSION, self.meta(), self.arrays())

    @staticmethod
    def from_buffer(buffer: bytes | bytearray | memoryview) -> SecondLook:
        """Read the shipped file.

        Raises:
            ModelFault: ``model_empty``, ``model_version`` or ``model_damaged``.
        """
        contents = unpack(buffer, FOREST_VERSION)
        return SecondLook.of(contents.meta, contents.arrays)

    @staticmethod
    def of(meta: Mapping[str, object], arrays: Mapping[str, AnyArray]) -> SecondLook:
        """Put the parts of a container together.

        Raises:
            ModelFault: ``model_damaged``.
        """
        names, recipe = meta.get("traits"), meta.get("recipe")
        if not isinstance(names, list) or not isinstance(recipe, dict):
            raise ModelFault.damaged("traits")

        def forest(name: str) -> Forest:
            try:
                return Forest.of(
                    arrays[f"{name}_columns"].view(np.int32),
                    arrays[f"{name}_borders"].view(np.float32),
                    arrays[f"{name}_leaves"].view(np.int32),
                    len(names),
                )
            except KeyError as error:
                raise ModelFault.damaged("trees") from error

        return SecondLook(forest("likely"), forest("new"), tuple(names), recipe)
