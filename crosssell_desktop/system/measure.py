"""What this process uses of the machine."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator


def peak_mb() -> int:
    """Return the most memory this process held, in megabytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // 1024 // 1024) if sys.platform == "darwin" else int(peak // 1024)


@contextlib.contextmanager
def few_collections() -> Iterator[None]:
    """Let the collector of cycles look more seldom while millions of plain values come and go: it took a tenth of that.

    What is not in a cycle is freed at once as ever.
    """
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


_SELDOM = 100_000
