"""The file of a model: magic, version, JSON header, aligned arrays, one checksum; nothing in it can run.

Layout: 8 bytes magic, 4 bytes version, 4 bytes header length (little-endian), 32 bytes SHA-256 of all that
follows, the UTF-8 JSON header, then the arrays, each starting on a 64-byte border. The arrays are read in
place from any buffer (bytes or a memory map).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest.arrays import AnyArray

MAGIC = b"CSELLMDL"
_FIXED = struct.Struct("<8sII32s")
_ALIGN = 64
_KINDS = {"<i4", "<i8", "<u8", "<f4", "<f8", "|u1"}
"""The only element types a model may hold: plain numbers, little-endian."""


class ModelFault(Refusal):
    """A model file cannot be used; the code says why (``model_empty``, ``model_damaged``, ``model_version``)."""

    @staticmethod
    def damaged(what: str) -> ModelFault:
        """Return the fault of a file that is not a whole, unchanged model."""
        return ModelFault(
            "model_damaged",
            Text(N_("The file of learned combinations is damaged ({what}). Learn again."), {"what": what}),
        )


def model_empty() -> ModelFault:
    """Return the fault of a model with nothing in it."""
    return ModelFault(
        "model_empty", Text(N_("Nothing has been learned yet. Import sales and run “learn”, or use combinations only."))
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container held: the header's meta data, the arrays by name, the checksum in hex."""

    meta: Mapping[str, object]
    arrays: Mapping[str, AnyArray]
    digest: str


def pack(version: int, meta: Mapping[str, object], arrays: Mapping[str, AnyArray]) -> bytes:
    """Return the bytes of a container; equal content gives equal bytes.

    Raises:
        ValueError: if an array is of a type the container does not carry.
    """
    entries: dict[str, dict[str, object]] = {}
    blobs: list[bytes] = []
    offset = 0
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        if array.dtype.str not in _KINDS:
            msg = f"array {name} has type {array.dtype}, which a model cannot carry"
            raise ValueError(msg)
        blob = array.tobytes()
        entries[name] = {"kind": array.dtype.str, "shape": list(array.shape), "offset": offset}
        pad = -len(blob) % _ALIGN
        blobs += [blob, bytes(pad)]
        offset += len(blob) + pad
    header = json.dumps({"meta": meta, "arrays": entries}, sort_keys=True, ensure_ascii=False).encode()
    header += b" " * (-(_FIXED.size + len(header)) % _ALIGN)
    digest = hashlib.sha256(header)
    for blob in blobs:
        digest.update(blob)
    return b"".join([_FIXED.pack(MAGIC, version, len(header), digest.digest()), header, *blobs])


def unpack(buffer: bytes | bytearray | memoryview, version: int) -> Contents:
    """Return the contents of a container, its arrays as read-only views into ``buffer``.

    Raises:
        ModelFault: ``model_empty`` for no bytes, ``model_version`` for another version, ``model_damaged`` for
            anything that is not a whole, unchanged container.
    """
    view = memoryview(buffer).cast("B").toreadonly()
    if len(view) == 0:
        raise model_empty()
    if len(view) < _FIXED.size:
        raise ModelFault.damaged("truncated")
    magic, found, header_len, digest = _FIXED.unpack(view[: _FIXED.size])
    if magic != MAGIC:
        raise ModelFault.damaged("foreign")
    if found != version:
        raise ModelFault(
            "model_version",
            Text(
                N_("The learned combinations are of version {found}; this program reads {wanted}. Learn again."),
                {"found": found, "wanted": version},
            ),
        )
    if hashlib.sha256(view[_FIXED.size :]).digest() != digest:
        raise ModelFault.damaged("checksum")
    start = _FIXED.size + header_len
    # The checksum holds from here on, so what follows was written by pack(); a forged file still ends in a fault.
    try:
        header = json.loads(bytes(view[_FIXED.size : start]))
        arrays = {name: _array(view, start, entry) for name, entry in header["arrays"].items()}
        meta = dict(header["meta"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFault.damaged("header") from error
    if start + sum(array.nbytes + -array.nbytes % _ALIGN for array in arrays.values()) != len(view):
        raise ModelFault.damaged("length")  # no checksum covers the header's length
    return Contents(meta, arrays, digest.hex())


def _array(view: memoryview, start: int, entry: Mapping[str, object]) -> AnyArray:
    kind, shape, offset = entry["kind"], entry["shape"], entry["offset"]
    if kind not in _KINDS or not isinstance(shape, list) or not isinstance(offset, int) or offset < 0:
        msg = "bad array entry"
        raise ValueError(msg)
    count = 1
    for length in shape:
        if not isinstance(length, int) or length < 0:
            msg = "bad array shape"
            raise ValueError(msg)
        count *= length
    return np.frombuffer(view, dtype=np.dtype(str(kind)), count=count, offset=start + offset).reshape(shape)
