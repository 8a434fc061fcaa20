"""Errors a person can act on, told apart from bugs.

A :class:`Refusal` says what was refused, where, and what to do; it is shown as it is and changes
nothing. Anything else that is raised is our bug and goes to the crash report.
"""

from __future__ import annotations

from crosssell_desktop.domain.text import Text


class Refusal(Exception):  # noqa: N818  # not an error of the program: the answer is «no, because»
    """The act is refused with a sentence for the person; nothing was changed.

    ``code`` is a stable snake_case name for tests, logs and ``--json``.
    """

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class EnvironmentTrouble(Refusal):
    """The surroundings failed (disk full, no network, file locked); the same act may work later."""
