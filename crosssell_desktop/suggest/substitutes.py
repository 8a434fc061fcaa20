"""Substitutes: products bought instead of each other are not offered with each other.

Two products of the same type that meet no more often than chance would have it, given how often each is sold, are
taken for substitutes; so are two of a type of which nothing is known.
"""

from __future__ import annotations

from crosssell_desktop.suggest.model import Model


def instead(model: Model, core: int, item: int) -> bool:
    """Say whether two products (model indexes) are bought instead of each other."""
    if model.type_of[core] != model.type_of[item]:
        return False
    joint = model.joint_all(core, item)
    if joint is None:
        return True
    return joint * model.receipts < int(model.support[core]) * int(model.support[item])
