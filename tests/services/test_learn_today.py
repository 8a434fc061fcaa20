"""What was sold today counts in today's suggestions, and evidence stays that of the learned period."""

from __future__ import annotations

from crosssell_desktop.services import learning
from tests.shop import Counter, product


def test_nothing_learned_is_nothing_added(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", "BAT-1")
    photo.desk.model = photo.desk.base_model = None
    assert learning.learn_today(photo.desk).value == 0
    assert photo.desk.model is None


def test_a_sale_since_the_learning_counts_at_once_and_only_once(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", "BAT-1")
    photo.sell("anna", "CAM-1", "BAT-1")
    learning.learn_all(photo.desk)
    learned = photo.desk.model
    assert learned is not None
    camera, battery = learned.index(product("CAM-1")), learned.index(product("BAT-1"))
    before = learned.joint_all(camera, battery)
    assert before is not None
    photo.sell("anna", "CAM-1", "BAT-1")
    assert learning.learn_today(photo.desk).value == 1
    assert learning.learn_today(photo.desk).value == 1
    now = photo.desk.model
    assert now is not None
    assert now.joint_all(camera, battery) == before + 1
    assert now.pair(camera, battery) == learned.pair(camera, battery)
    assert now.digest != learned.digest


def test_learning_again_takes_over_what_today_added(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", "BAT-1")
    photo.sell("anna", "CAM-1", "BAT-1")
    learning.learn_all(photo.desk)
    photo.sell("anna", "CAM-1", "BAT-1")
    learning.learn_today(photo.desk)
    added = photo.desk.model
    learning.learn_all(photo.desk)
    assert learning.learn_today(photo.desk).value == 0
    assert photo.desk.model is not None
    assert added is not None
    assert photo.desk.model.support.tolist() == added.support.tolist()
    assert photo.desk.model.joint.tolist() == added.joint.tolist()
    assert photo.desk.model.second_look is not None
