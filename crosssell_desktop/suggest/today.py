"""Today's receipts added to a learned model at the counter, without learning again.

A counter carries the pruned model, not the whole counts; it adds what it sold since to the figures that rank:
supports, joint counts of the pairs the model keeps, popularity of the last weeks and of the store. The figures that
evidence is said from stay those of the learned period, so that every number shown can be counted again. A pair the
model does not keep waits for the next learning, which counts everything.
"""

from __future__ import annotations

import hashlib

import numpy as np

from crosssell_desktop.suggest.arrays import I32, I64
from crosssell_desktop.suggest.catalogue import LearnCatalogue
from crosssell_desktop.suggest.counts import Counts, PairCounts
from crosssell_desktop.suggest.model import Model


def with_receipts(model: Model, new: Counts, catalogue: LearnCatalogue) -> Model:
    """Return the model with the counts of receipts it has not seen; ``catalogue`` names their products.

    Adding a whole day at once or receipt by receipt gives the same model, as long as one starts from the same base.
    Products the model does not know are left out.
    """
    if new.receipts == 0:
        return model
    at = _indexes(model, catalogue)
    kinds = _kinds(model, catalogue)
    support = _added(model.support, new.products, at)
    joint = _added_pairs(model.joint, model.starts, model.neighbours, new.products, at)
    type_support = _added(model.type_support, new.types, kinds)
    type_joint = _added_pairs(model.type_joint, model.type_starts, model.type_neighbours, new.types, kinds)
    recent, lately = _added(model.recent, new.products, at), _added(model.lately, new.products, at)
    store_n, store_receipts = _at_stores(model, new, catalogue, at)
    meta = {
        "receipts": model.receipts + new.receipts,
        "recent_receipts": model.recent_receipts + new.receipts,
        "lately_receipts": model.lately_receipts + new.receipts,
    }
    changed = {
        "support": support,
        "nb_joint": joint,
        "type_support": type_support,
        "type_joint": type_joint,
        "recent": recent,
        "lately": lately,
        "store_n": store_n,
        "store_receipts": store_receipts,
    }
    digest = hashlib.sha256(bytes.fromhex(model.digest))
    for name in sorted(changed):
        digest.update(np.ascontiguousarray(changed[name]).tobytes())
    return model.with_arrays(changed, meta, digest.hexdigest())


def _indexes(model: Model, catalogue: LearnCatalogue) -> dict[int, int]:
    return {product.number: model.index(product.product) for product in catalogue.products}


def _kinds(model: Model, catalogue: LearnCatalogue) -> dict[int, int]:
    known = {key: place for place, key in enumerate(model.types)}
    return {product.type_number: known.get(product.type_key, -1) for product in catalogue.products}


def _places(keys: I64, at: dict[int, int]) -> I64:
    return np.array([at.get(int(key), -1) for key in keys], np.int64)


def _added(figures: I32, new: PairCounts, at: dict[int, int]) -> I32:
    place = _places(new.keys, at)
    known = place >= 0
    total = figures.copy()
    np.add.at(total, place[known], new.support[known].astype(np.int32))
    return total


def _added_pairs(figures: I32, starts: I64, neighbours: I32, new: PairCounts, at: dict[int, int]) -> I32:
    total = figures.copy()
    place = _places(new.keys, at)
    first = np.repeat(place, np.diff(new.starts))
    second = place[new.others]
    for one, other, joint in zip(first.tolist(), second.tolist(), new.joint.tolist(), strict=True):
        if one < 0 or other < 0:
            continue
        for row, column in ((one, other), (other, one)):
            begin, end = int(starts[row]), int(starts[row + 1])
            cell = begin + int(np.searchsorted(neighbours[begin:end], column))
            if cell < end and int(neighbours[cell]) == column:
                total[cell] += joint
    return total


def _at_stores(model: Model, new: Counts, catalogue: LearnCatalogue, at: dict[int, int]) -> tuple[I32, I32]:
    starts = model.array("store_starts").view(np.int64)
    products = model.array("store_products").view(np.int32)
    sold, receipts = model.array("store_n").view(np.int32).copy(), model.array("store_receipts").view(np.int32).copy()
    store_of = {number: model.stores.get(store, -1) for number, store in catalogue.stores.items()}
    for number, n in zip(new.receipts_by_store.a.tolist(), new.receipts_by_store.n.tolist(), strict=True):
        if (place := store_of.get(number, -1)) >= 0:
            receipts[place] += n
    rows = zip(new.by_store.a.tolist(), new.by_store.b.tolist(), new.by_store.n.tolist(), strict=True)
    for number, product, n in rows:
        place, index = store_of.get(number, -1), at.get(product, -1)
        if place < 0 or index < 0:
            continue
        begin, end = int(starts[place]), int(starts[place + 1])
        cell = begin + int(np.searchsorted(products[begin:end], index))
        if cell < end and int(products[cell]) == index:
            sold[cell] += n
    return sold, receipts
