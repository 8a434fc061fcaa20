"""The demo shop holds together, speaks both languages and knows the products of the stories."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fit import FitAnswer
from crosssell_desktop.domain.gtin import check_digit
from crosssell_desktop.interchange import demo_shop_check, demo_shop_read
from crosssell_desktop.interchange.demo_fit import attribute_values, judge_pair
from crosssell_desktop.interchange.demo_shop import DemoCombination, DemoShop, TwoLanguages, load_shop


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return load_shop("electronics")


def combination(shop: DemoShop, core: str, periphery: str) -> DemoCombination:
    return next(c for c in shop.combinations if (c.core, c.periphery) == (core, periphery))


def test_the_shop_has_the_size_that_was_promised(shop: DemoShop) -> None:
    assert len(shop.products) == 300
    assert len(shop.cores) == 15
    assert Counter(c.status for c in shop.combinations)["approved"] == 80
    assert len(shop.departments) == 5
    assert len(shop.people) == 10
    assert len(shop.stores) >= 2


def test_two_counters_stand_in_different_departments_of_one_store(shop: DemoShop) -> None:
    at_first = {c.department for c in shop.counters if c.store == shop.stores[0].code}
    assert len(at_first) >= 2


def test_every_access_level_has_a_person_with_an_own_demo_pin(shop: DemoShop) -> None:
    assert {p.level for p in shop.people} == {1, 2, 3, 4, 5}
    assert len({p.pin for p in shop.people}) == 10
    assert all(p.pin_is_demo and p.pin.isdecimal() and len(p.pin) == 6 for p in shop.people)


def test_everything_is_marked_as_invented(shop: DemoShop) -> None:
    assert shop.company.invented
    assert "вымышлены" in shop.company.notice.ru
    papers = {s.code: s for s in shop.sources}
    own = {a.source for p in shop.products if p.brand not in {"Canon", "Apple"} for a in p.attributes}
    assert all(papers[code].invented for code in own)


def test_store_hours_are_told_in_the_offset_of_their_time_zone(shop: DemoShop) -> None:
    for store in shop.stores:
        offset = datetime(2026, 7, 1, tzinfo=ZoneInfo(store.timezone)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == store.utc_offset_minutes * 60


def test_every_barcode_is_an_in_store_number_with_the_right_check_digit(shop: DemoShop) -> None:
    codes = [code for p in shop.products for code in p.barcodes]
    assert len(codes) == len(set(codes)) > 280
    assert all(code[:2] == "29" and int(code[-1]) == check_digit(code[:-1]) for code in codes)
    assert any(len(p.barcodes) > 1 for p in shop.products)


def test_goods_carry_vat_and_earn_something(shop: DemoShop) -> None:
    for product in shop.products:
        assert product.vat_bps == 2200
        assert 0 < product.cost_minor < product.price_minor * 10_000 // 12_200, product.sku


def test_every_text_is_there_in_both_languages(shop: DemoShop) -> None:
    texts = list(demo_shop_check.all_texts(shop, "shop"))
    assert len(texts) > 2_000
    for place, text in texts:
        assert text.ru.strip(), place
        assert text.en.strip(), place


def test_a7_every_cell_that_is_not_approved_has_a_reason(shop: DemoShop) -> None:
    others = [c for c in shop.combinations if c.status != "approved"]
    assert {c.status for c in others} == {"rejected", "undecided"}
    assert all(c.reason is not None for c in others)


def test_a5_every_product_of_an_approved_combination_has_an_approved_benefit(shop: DemoShop) -> None:
    proud = {b.sku for b in shop.benefits if b.approved}
    assert {s for c in shop.combinations if c.status == "approved" for s in (c.core, c.periphery)} <= proud


def test_a8_what_appears_only_together_is_not_what_either_brings(shop: DemoShop) -> None:
    own = {b.sku: {b.feature, b.advantage, b.benefit} for b in shop.benefits}
    seen: set[TwoLanguages] = set()
    for cell in shop.combinations:
        if cell.status == "approved":
            assert cell.emergent_benefit is not None
            assert cell.emergent_benefit not in own[cell.core] | own[cell.periphery]
            seen.add(cell.emergent_benefit)
    assert len(seen) == 80, "each emergent benefit is written for its own pair"


def test_every_approved_combination_says_how_to_do_without(shop: DemoShop) -> None:
    for cell in shop.combinations:
        if cell.status == "approved":
            assert cell.without is not None
            assert cell.without.ru.startswith("Можно без этого: ")
            assert cell.phrase is not None
            assert cell.approver not in {None, cell.owner}


def test_an_approved_pair_never_breaks_a_fit_rule_and_a_rejected_one_says_what_breaks(shop: DemoShop) -> None:
    for cell in shop.combinations:
        answer = judge_pair(shop, cell.core, cell.periphery).answer
        if cell.status == "approved":
            assert answer.passes, (cell.core, cell.periphery)
            assert (answer is FitAnswer.FITS) == (cell.fit_rule is not None), (cell.core, cell.periphery)
        if cell.relation == "incompatible":
            assert answer is FitAnswer.DOES_NOT_FIT, (cell.core, cell.periphery)


def test_arithmetic_in_the_evidence_is_right(shop: DemoShop) -> None:
    price = {p.sku: p.price_minor for p in shop.products}

    def value(core: str, periphery: str, code: str) -> Decimal:
        cell = combination(shop, core, periphery)
        return Decimal(next(e.value for e in cell.evidence if e.type == code and e.value is not None))

    assert value("PRN-L210", "CRT-OT210", "E5") == (Decimal(price["CRT-OT210"]) / 97_500).quantize(Decimal("0.01"))
    assert value("COF-A1", "BEA-1K", "E5") * 10_000 == price["BEA-1K"]
    assert value("WSH-7", "DET-GEL", "E5") * 4_000 == price["DET-GEL"]
    assert value("HOB-I4", "POT-SET3", "E4") * 100 == 3 * price["POT-3L"] - price["POT-SET3"]
    focal, eyepiece = (
        int(shop.product(s).values(a)[0]) for s, a in (("TEL-130", "focal_mm"), ("EYE-10", "eyepiece_focal_mm"))
    )
    assert value("TEL-130", "EYE-10", "E1") == focal // eyepiece == 90
    assert value("TEL-130", "EYE-BAR2", "E1") == 180 <= 2 * int(shop.product("TEL-130").values("aperture_mm")[0])


def test_prices_said_in_the_texts_are_the_prices_on_the_shelf(shop: DemoShop) -> None:
    price = {p.sku: p.price_minor for p in shop.products}
    found = 0
    for cell in (c for c in shop.combinations if c.status == "approved"):
        known = {price[cell.core], price[cell.periphery], price["BLB-E27-9N"], 358}
        for text in (cell.emergent_benefit, cell.without, cell.phrase):
            assert text is not None
            russian = re.findall(r"(\d[\d\u00a0]*(?:,\d\d)?)\u00a0₽", text.ru)
            english = re.findall(r"₽(\d[\d,]*(?:\.\d\d)?)", text.en)
            said = [Decimal(n.replace("\u00a0", "").replace(",", ".")) * 100 for n in russian]
            assert said == [Decimal(n.replace(",", "")) * 100 for n in english], text
            assert text.ru.count("₽") == len(said), text
            assert set(said) <= known, text
            found += len(said)
    assert found >= 10


def test_t1_the_camera_has_one_uhs_i_slot_and_the_dearer_card_is_no_gain(shop: DemoShop) -> None:
    camera = attribute_values(shop, "CAM-R50")
    assert (camera["mount"], camera["batteries"], camera["card_bus"], camera["card_slots"]) == (
        "RF",
        ("LP-E17",),
        "UHS-I",
        1,
    )
    assert shop.product("SD-V90-128").price_minor > shop.product("SD-V30-128").price_minor
    assert combination(shop, "CAM-R50", "SD-V30-128").status == "approved"
    assert combination(shop, "CAM-R50", "SD-V90-128").status == "rejected"


def test_t2_ef_m_does_not_fit_and_ef_s_needs_the_adapter(shop: DemoShop) -> None:
    assert judge_pair(shop, "CAM-R50", "LEN-EFM22").answer is FitAnswer.DOES_NOT_FIT
    assert judge_pair(shop, "CAM-R50", "LEN-EFS24").answer is FitAnswer.DOES_NOT_FIT
    assert shop.product("ADP-EFEOSR").values("lens_mounts") == ("EF", "EF-S")
    assert combination(shop, "CAM-R50", "ADP-EFEOSR").relation == "required"


def test_t3_two_situations_lead_to_different_things(shop: DemoShop) -> None:
    assert combination(shop, "CAM-R50", "BAT-LPE17").situations == ("travel",)
    assert combination(shop, "CAM-R50", "MIC-CAM35").situations == ("blog",)


def test_t4_and_t5_cases_are_not_interchangeable(shop: DemoShop) -> None:
    sizes = {
        sku: tuple(attribute_values(shop, sku)[a] for a in ("length_mm", "width_mm", "depth_mm"))
        for sku in ("PHN-IP14", "PHN-IP15", "PHN-IP15P")
    }
    assert sizes["PHN-IP15"] == (Decimal("147.6"), Decimal("71.6"), Decimal("7.8"))
    assert sizes["PHN-IP14"] == (147, 72, Decimal("7.8"))
    assert sizes["PHN-IP15P"] == (Decimal("146.6"), Decimal("70.6"), Decimal("8.25"))
    assert judge_pair(shop, "PHN-IP15", "CAS-IP14").answer is FitAnswer.DOES_NOT_FIT
    assert judge_pair(shop, "PHN-IP15P", "CAS-IP15").answer is FitAnswer.DOES_NOT_FIT
    assert judge_pair(shop, "PHN-IP15", "CAS-IP15").answer is FitAnswer.FITS


def test_t6_the_weak_bracket_is_refused_by_load_though_its_holes_match(shop: DemoShop) -> None:
    assert "300x200" in shop.product("BRK-A15").values("vesa")
    verdict = judge_pair(shop, "TV-55", "BRK-A15")
    assert verdict.answer is FitAnswer.DOES_NOT_FIT
    assert verdict.findings[0].predicate.left.attribute == "kg"
    assert judge_pair(shop, "TV-55", "BRK-B30").answer is FitAnswer.FITS
    assert shop.product("SRV-TVWALL").kind == "service"


def test_t7_aluminium_is_not_seen_by_induction_and_steel_is(shop: DemoShop) -> None:
    assert judge_pair(shop, "HOB-I4", "PAN-AL26").answer is FitAnswer.DOES_NOT_FIT
    assert judge_pair(shop, "HOB-I4", "PAN-F28").answer is FitAnswer.FITS
    assert judge_pair(shop, "HOB-I4", "POT-SET3").answer is FitAnswer.FITS


def test_t8_the_coffee_machine_has_its_filter_and_descaler(shop: DemoShop) -> None:
    assert judge_pair(shop, "COF-A1", "FLT-TF1").answer is FitAnswer.FITS
    assert judge_pair(shop, "COF-A1", "DSC-COF").answer is FitAnswer.FITS
    assert attribute_values(shop, "FLT-TF1")["litres"] == 50


def test_t9_the_printer_has_a_cartridge_a_cable_and_set_up(shop: DemoShop) -> None:
    for sku in ("CRT-OT210", "CBL-AB2", "SRV-SETUP-P"):
        assert combination(shop, "PRN-L210", sku).status == "approved"
    assert judge_pair(shop, "PRN-L210", "CRT-OT330").answer is FitAnswer.DOES_NOT_FIT


def test_t10_progressive_lenses_need_height_and_the_phrase_warns_before_yes(shop: DemoShop) -> None:
    cell = combination(shop, "FRM-T1", "LNS-PROG")
    assert cell.phrase is not None
    assert "обмену" in cell.phrase.ru
    assert "48" in cell.phrase.ru
    assert attribute_values(shop, "LNS-PROG")["made_to_order"] is True
    assert judge_pair(shop, "FRM-K1", "LNS-PROG").answer is FitAnswer.DOES_NOT_FIT


def test_t11_daily_lenses_need_no_solution(shop: DemoShop) -> None:
    assert judge_pair(shop, "CLE-DAY30", "SOL-360").answer is FitAnswer.DOES_NOT_FIT
    assert judge_pair(shop, "CLE-MON6", "SOL-360").answer is FitAnswer.FITS
    reason = combination(shop, "CLE-DAY30", "SOL-360").reason
    assert reason is not None
    assert "не требуется" in reason.ru


def test_t12_a_quarter_of_the_telescope_buys_the_barlow_or_the_moon_filter_but_not_both(shop: DemoShop) -> None:
    quarter = shop.product("TEL-130").price_minor // 4
    barlow, moon = shop.product("EYE-BAR2").price_minor, shop.product("EYE-MOON").price_minor
    assert max(barlow, moon) <= quarter < barlow + moon


def test_t13_the_desk_lamp_takes_the_right_base_within_its_power(shop: DemoShop) -> None:
    assert attribute_values(shop, "LMP-D60")["max_w"] == 60
    assert judge_pair(shop, "LMP-D60", "BLB-E27-9N").answer is FitAnswer.FITS
    for wrong in ("BLB-E27-75H", "BLB-E14-6"):
        assert judge_pair(shop, "LMP-D60", wrong).answer is FitAnswer.DOES_NOT_FIT


def test_a_fact_nobody_confirmed_is_unknown_and_not_a_fit(shop: DemoShop) -> None:
    assert judge_pair(shop, "PHN-IP15", "PWR-20").answer is FitAnswer.UNKNOWN
    assert combination(shop, "PHN-IP15", "PWR-20").status == "undecided"


def test_t15_there_is_a_cheaper_washing_machine_of_the_same_type(shop: DemoShop) -> None:
    assert shop.product("WSH-5").price_minor < shop.product("WSH-7").price_minor
    assert shop.product("WSH-5").type == shop.product("WSH-7").type


def test_goods_lie_somewhere_in_both_stores_and_some_are_sold_out(shop: DemoShop) -> None:
    goods = {p.sku for p in shop.products if p.kind == "goods"}
    for store in shop.stores:
        assert {s.sku for s in shop.stock if s.store == store.code} == goods
    assert all(s.place.ru.startswith("зал ") and "стеллаж" in s.place.ru for s in shop.stock)
    assert any(s.qty_milli == 0 for s in shop.stock)


def test_an_unknown_shop_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(Refusal) as refused:
        load_shop("bakery")
    assert refused.value.code == "demo_shop_unknown"
    assert "electronics" in str(refused.value.text)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda s: replace(s, products=s.products[:-1]), "no such product"),
        (lambda s: replace(s, products=(*s.products, s.products[0])), "times"),
        (lambda s: replace(s, benefits=s.benefits[1:]), "no approved benefit"),
        (lambda s: replace(s, sources=()), "no source"),
        (lambda s: replace(s, situations=()), "no situation"),
        (lambda s: replace(s, people=s.people[5:]), "no person"),
        (
            lambda s: replace(s, products=(replace(s.products[0], barcodes=("2900000000019",)), *s.products[1:])),
            "check digit",
        ),
        (
            lambda s: replace(s, combinations=(replace(s.combinations[0], emergent_benefit=None), *s.combinations[1:])),
            "no emergent benefit",
        ),
        (
            lambda s: replace(s, benefits=(replace(s.benefits[0], benefit=TwoLanguages("Да", " ")), *s.benefits[1:])),
            "no text in en",
        ),
        (
            lambda s: replace(
                s, benefits=(replace(s.benefits[0], benefit=TwoLanguages("Лучший звук", "Fine")), *s.benefits[1:])
            ),
            "boasts",
        ),
    ],
)
def test_a_shop_that_does_not_hold_together_is_refused_with_the_place(shop: DemoShop, harm: object, said: str) -> None:
    assert callable(harm)
    damaged = harm(shop)
    assert any(said in problem for _, _, problem in demo_shop_check.problems(damaged))
    with pytest.raises(Refusal) as refused:
        demo_shop_check.refuse_if_damaged(damaged)
    assert refused.value.code == "demo_shop_damaged"


def test_a_row_without_a_field_is_refused_with_file_and_row() -> None:
    with pytest.raises(Refusal) as refused:
        demo_shop_read._each("stock.csv", [{"store": "center"}], demo_shop_read._stock)
    assert refused.value.text.values["file"] == "stock.csv"
    assert refused.value.text.values["place"] == "1"
    assert "sku" in str(refused.value.text.values["problem"])
