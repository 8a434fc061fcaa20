"""Runs the reading of a foreign file in a child process with limits of time and memory, so that none stops a counter.

Law: the parent takes nothing from the child but JSON: a reader that a hostile file has turned can say what it likes and
runs nothing here. The function that reads is a plain function of a module, named by the parent.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol, TypeAlias, cast

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.runtime.cancel import Cancelled
from crosssell_desktop.system.logs import redact

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_LOOK_S = 0.05
"""How often the parent looks whether it should stop the child."""
_MESSAGE_BYTES_MAX = 16_000_000
_GOODBYE_S = 5.0


class Speak(Protocol):
    """How a reader talks to the parent; each call may block until the parent has kept up."""

    def rows(self, rows: list[Json]) -> None:
        """Hand over a batch of what was read."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far the reading is."""


Reader: TypeAlias = Callable[[Json, Speak], Json]
"""Reads what the arguments name, speaks its rows in batches, returns a summary. Raises Refusal for a bad file."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine a reader may use."""

    seconds: float = 300.0
    megabytes: int = 600


def run_in_child(
    reader: Reader,
    arguments: Json,
    *,
    limits: Limits,
    take_rows: Callable[[list[Json]], None],
    tell_progress: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Json:
    """Run a reader and return its summary; blocks, so call it from pool work or from the command line.

    Time spent in ``take_rows`` is not the reader's: it stops the reader's clock.

    Raises:
        Cancelled: if ``is_cancelled`` says so; the child is gone.
        Refusal: what the reader refused; ``file_too_slow``, ``file_too_big`` for the limits; ``reader_stopped`` if it
            died of the file.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_child_main, args=(theirs, reader, json.dumps(arguments), limits), name="reader", daemon=True
    )
    process.start()
    theirs.close()
    try:
        return _listen(ours, limits, take_rows, tell_progress, is_cancelled)
    finally:
        ours.close()
        if process.is_alive():
            process.join(0.2)
        if process.is_alive():
            process.kill()
        process.join(_GOODBYE_S)
        process.close()


def _listen(
    ours: Connection,
    limits: Limits,
    take_rows: Callable[[list[Json]], None],
    tell_progress: Callable[[int, int], None] | None,
    is_cancelled: Callable[[], bool],
) -> Json:
    left_s = limits.seconds
    while True:
        if is_cancelled():
            raise Cancelled
        began_s = time.monotonic()
        try:
            spoke = ours.poll(min(_LOOK_S, max(0.0, left_s)))
            message = cast("dict[str, Json]", json.loads(ours.recv_bytes(_MESSAGE_BYTES_MAX))) if spoke else {}
        except (EOFError, OSError, ValueError) as error:
            raise _stopped(None) from error
        left_s -= time.monotonic() - began_s
        if left_s <= 0 and "end" not in message:
            text = Text(
                N_("Reading the file took longer than {seconds} seconds and was stopped. Nothing was changed."),
                {"seconds": f"{limits.seconds:g}"},
            )
            raise Refusal("file_too_slow", text)
        if "rows" in message:
            take_rows(cast("list[Json]", message["rows"]))
        elif "done" in message and tell_progress is not None:
            tell_progress(cast("int", message["done"]), cast("int", message["total"]))
        elif "end" in message:
            return message["end"]
        elif "refused" in message:
            raise _refusal(message)
        elif "fault" in message:
            raise _fault(str(message["fault"]), limits)


def _refusal(message: dict[str, Json]) -> Refusal:
    text = Text(
        str(message["refused"]),
        cast("dict[str, object]", message["values"]),
        cast("str | None", message["plural"]),
        cast("int | None", message["count"]),
    )
    kind = EnvironmentTrouble if message["trouble"] else Refusal
    return kind(str(message["code"]), text)


def _fault(kind: str, limits: Limits) -> Refusal:
    if kind.startswith("MemoryError"):
        text = Text(
            N_("Reading the file took more than {megabytes} MB of memory and was stopped. Nothing was changed."),
            {"megabytes": limits.megabytes},
        )
        return Refusal("file_too_big", text)
    return _stopped(kind)


def _stopped(kind: str | None) -> Refusal:
    text = Text(
        N_("The file could not be read: its reader stopped. Nothing was changed. Is it whole? ({kind})"),
        {"kind": kind or "–"},
    )
    return Refusal("reader_stopped", text)


# --- in the child


class _Pipe:
    """The child's end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, rows: list[Json]) -> None:
        self.send({"rows": rows})

    def progress(self, done: int, total: int) -> None:
        self.send({"done": done, "total": total})

    def send(self, message: dict[str, Json]) -> None:
        self._connection.send_bytes(json.dumps(message, ensure_ascii=False).encode())


def _child_main(connection: Connection, reader: Reader, arguments: str, limits: Limits) -> None:
    pipe = _Pipe(connection)
    # A library that prints what it reads must not reach a terminal or a log.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        _limit_memory(limits.megabytes * 1_000_000)
        pipe.send({"end": reader(json.loads(arguments), pipe)})
    except Refusal as refused:
        text = refused.text
        values: dict[str, Json] = {
            name: value if isinstance(value, int | str) else str(value) for name, value in text.values.items()
        }
        pipe.send(
            {
                "refused": text.message,
                "values": values,
                "plural": text.plural,
                "count": text.count,
                "code": refused.code,
                "trouble": isinstance(refused, EnvironmentTrouble),
            }
        )
    except BrokenPipeError:
        pass  # the parent has gone or wants no more; there is nobody to tell
    except BaseException as error:  # noqa: BLE001  # told by its kind only: its message may hold what the file holds
        pipe.send({"fault": redact(type(error).__name__)})


def serve_frozen_child() -> None:
    """In the frozen program, become the child if this start was meant for one; returns otherwise."""
    multiprocessing.freeze_support()


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    def _limit_memory(limit_bytes: int) -> None:
        """Put this process into a job object with a memory limit."""

        class Basic(ctypes.Structure):
            _fields_ = (
                ("per_process_time", ctypes.c_int64),
                ("per_job_time", ctypes.c_int64),
                ("flags", wintypes.DWORD),
                ("least_working_set", ctypes.c_size_t),
                ("most_working_set", ctypes.c_size_t),
                ("active_processes", wintypes.DWORD),
                ("affinity", ctypes.c_size_t),
                ("priority", wintypes.DWORD),
                ("scheduling", wintypes.DWORD),
            )

        class Extended(ctypes.Structure):
            _fields_ = (
                ("basic", Basic),
                ("io", ctypes.c_uint64 * 6),
                ("process_memory", ctypes.c_size_t),
                ("job_memory", ctypes.c_size_t),
                ("peak_process", ctypes.c_size_t),
                ("peak_job", ctypes.c_size_t),
            )

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
        job = kernel.CreateJobObjectW(None, None)
        limits = Extended()
        limits.basic.flags = 0x100  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
        limits.process_memory = limit_bytes
        told = kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), ctypes.sizeof(limits))
        if not (job and told and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())):
            raise ctypes.WinError(ctypes.get_last_error())

else:
    import resource

    def _limit_memory(limit_bytes: int) -> None:
        # Data, not address space: libraries map far more than they use. Elsewhere only AS counts mappings.
        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        resource.setrlimit(kind, (limit_bytes, limit_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
