"""What this process has used of the machine."""

from __future__ import annotations

import sys


def peak_mb() -> int:
    """Return the most memory this process held, in megabytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // 1024 // 1024) if sys.platform == "darwin" else int(peak // 1024)
