from __future__ import annotations

import gettext
import io

import pytest

from crosssell_desktop.suggest.evidence import co_purchase
from crosssell_desktop.suggest.model import Pair
from crosssell_desktop.suggest.snapshot import RankSettings
from tests.suggest.shop import TODAY
from tools import catalogues

SETTINGS = RankSettings()


def _russian(singular: str, plural: str, n: int) -> str:
    russian, _ = catalogues.read_translations(catalogues.LOCALE / "ru", [])
    content = catalogues.compile_mo(russian, "ru", catalogues.RU_PLURAL)
    return gettext.GNUTranslations(io.BytesIO(content)).ngettext(singular, plural, n)


def test_e2_97_of_214_reads_as_the_domain_rules_write_it() -> None:
    figures = co_purchase.assess(Pair(97, 214, 300, 2_000, 180, TODAY), SETTINGS)
    assert figures.shown
    text = co_purchase.text(figures, "R50", "карту V30")
    assert str(text) == "97 of 214 buyers of R50 took карту V30 (45%, 39–52%)"
    assert text.plural is not None
    said = _russian(text.message, text.plural, figures.n).format(**text.values)
    assert said.replace("\u00a0", " ") == "97 из 214 купивших R50 взяли карту V30 (45 %, 39–52 %)"


def test_k2_support_confidence_bounds_and_lift() -> None:
    figures = co_purchase.assess(Pair(24, 40, 30, 100, 180, TODAY), SETTINGS)
    assert (figures.support_bps, figures.share_bps, figures.lift_bps) == (2_400, 6_000, 20_000)
    assert (round(figures.low_bps / 100, 1), round(figures.high_bps / 100, 1)) == (44.6, 73.7)
    assert co_purchase.assess(Pair(24, 30, 40, 100, 180, TODAY), SETTINGS).share_bps == 8_000


@pytest.mark.parametrize(
    ("pair", "enough", "shown"),
    [
        (Pair(15, 29, 30, 1_000, 180, TODAY), False, False),
        (Pair(15, 30, 30, 1_000, 180, TODAY), True, True),
        (Pair(60, 100, 510, 1_000, 180, TODAY), True, False),  # lift 1.18
        (Pair(13, 100, 20, 1_000, 180, TODAY), True, False),  # lower bound 7.8 %
        (Pair(3, 4, 30, 100, 180, TODAY), False, False),
        (Pair(0, 0, 0, 0, 180, TODAY), False, False),
    ],
)
def test_e2_is_shown_only_above_its_minima(pair: Pair, enough: bool, shown: bool) -> None:  # noqa: FBT001
    figures = co_purchase.assess(pair, SETTINGS)
    assert (figures.enough, figures.shown) == (enough, shown)


def test_a55_recomputing_gives_the_same_number() -> None:
    pair = Pair(97, 214, 300, 2_000, 180, TODAY)
    assert co_purchase.assess(pair, SETTINGS) == co_purchase.assess(pair, SETTINGS)
