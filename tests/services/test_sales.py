from __future__ import annotations

from tests.shop import Counter


def test_smoke(photo: Counter) -> None:
    photo.open_shift()
    done = photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert done.number.startswith("K1-000001-")
