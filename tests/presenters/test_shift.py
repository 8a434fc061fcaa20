"""What the shift's place says stays said, whatever answer comes late."""

from __future__ import annotations

from typing import cast

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.places import ShiftPresenter
from crosssell_desktop.presenters.ports import ShiftPort
from crosssell_desktop.presenters.state import ShiftState
from tests.presenters.test_counter import SlowLanes, answer


class Refusing:
    """A port that refuses to open and says nothing of it when it is asked how the shift stands."""

    def state(self) -> ShiftState:
        return ShiftState(unsent=3)

    def open(self, _opening: object) -> ShiftState:
        raise Refusal("no_responsible", Text("Say why nobody is responsible."))


def test_an_answer_asked_for_before_a_refusal_does_not_wipe_it(qapp: object) -> None:
    del qapp
    lanes = SlowLanes()
    shift = ShiftPresenter(cast("ShiftPort", Refusing()), lanes)
    shift.refresh()
    late = lanes.take("shift")
    shift.open("")
    answer(lanes.take("write"))
    answer(late)
    assert shift.state.unsent == 3
    assert str(shift.state.trouble) == "Say why nobody is responsible."
    assert not shift.state.is_busy
    shift.refresh()
    answer(lanes.take("shift"))
    assert shift.state.trouble is None, "what was asked afterwards says how it stands"
