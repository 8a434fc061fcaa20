"""Readers for the child process: good ones, and ones that a hostile file has turned."""

from __future__ import annotations

import os
import sys
import time

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.runtime.child import Json, Speak


def reads_well(arguments: Json, speak: Speak) -> Json:
    assert isinstance(arguments, dict)
    batches = arguments["batches"]
    assert isinstance(batches, int)
    for n in range(batches):
        speak.rows([[n, "имя"], [n, None]])
        speak.progress(n + 1, batches)
    return {"rows": 2 * batches}


def refuses(_: Json, __: Speak) -> Json:
    code = "row_broken"
    raise Refusal(code, Text("Row {row} is broken.", {"row": 7}))


def never_ends(_: Json, speak: Speak) -> Json:
    speak.rows([1])
    while True:
        time.monotonic()


def eats_memory(_: Json, __: Speak) -> Json:
    eaten = [bytearray(10_000_000) for _ in range(200)]
    return len(eaten)


def dies(_: Json, __: Speak) -> Json:
    os._exit(3)


def breaks_with_a_secret(_: Json, __: Speak) -> Json:
    sys.stderr.write("phone 89161234567")
    msg = "phone 89161234567"
    raise ValueError(msg)


def knows_of_qt(_: Json, __: Speak) -> Json:
    return any(name.startswith("PySide6") for name in sys.modules)
