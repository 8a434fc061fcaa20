"""The subject's extract holds everything, is logged, and the act names nobody."""

from __future__ import annotations

import io
import json

import pytest
from pypdf import PdfReader

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import access_log, customers, erasure, extracts
from crosssell_desktop.store.queries.access_log import LogFilter
from crosssell_desktop.system.i18n import translator
from tests.shop import Counter, customer

OLGA = customer("olga")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_subject_gets_everything_as_paper_and_as_json(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    customers.add_note(photo.desk, photo.session("anna"), OLGA, "who", "фотограф")
    access_log.reveal(photo.desk, photo.session("anna"), OLGA, "check_identity")
    maria = photo.session("maria")
    made = extracts.subject_extract(photo.desk, maria, OLGA, speaker=translator("ru")).value
    told = json.loads(made.json)["tables"]
    assert told["customer"][0]["display_name"] == "Ольга Ветрова"
    assert {one["value"] for one in told["contact_point"]} == {"+79160000000", "olga@example.org"}
    assert [one["text"] for one in told["note_text"]] == ["фотограф"]
    assert [one["sku"] for one in told["sale_line"]] == ["CAM-1"]
    assert [one["reason"] for one in told["access"]] == ["check_identity"]
    paper = text_of(made.pdf)
    for part in ("Ольга Ветрова", "+79160000000", "фотограф", "CAM-1", "check_identity"):
        assert part in paper
    log = access_log.entries(photo.desk, maria, LogFilter(customer_id=OLGA))
    assert [one.field_group for one in log] == ["extract", "contact"]
    with pytest.raises(Refusal, match="no_such_customer"):
        extracts.subject_extract(photo.desk, maria, customer("nobody"), speaker=translator("ru"))


def test_the_act_says_what_was_destroyed_and_names_nobody(photo: Counter) -> None:
    erasure.ask(photo.desk, photo.session("anna"), OLGA)
    erasure.decide(photo.desk, photo.session("maria"), OLGA, approved=True)
    dima = photo.session("dima")
    names = [erasure.waiting(photo.desk, photo.session(who))[0].name for who in ("maria", "dima")]
    assert names == ["Ольга Ветрова", "О•• В••"]
    done = erasure.execute(photo.desk, dima, OLGA).value
    assert erasure.clean(photo.desk) == 1
    assert erasure.clean(photo.desk) == 0
    paper = text_of(extracts.erasure_act(photo.desk, dima, done, speaker=translator("ru")))
    assert done.act_no in paper
    assert str(OLGA) in paper
    assert "согласие отозвано" in paper
    assert "Ветрова" not in paper
    assert "916" not in paper.replace(str(OLGA), "").replace(done.act_no, "")
    with pytest.raises(Refusal, match="no_such_customer"):
        customers.card(photo.desk, dima, OLGA)


def test_a_refused_wish_is_no_wish(photo: Counter) -> None:
    erasure.ask(photo.desk, photo.session("anna"), OLGA, "subject_asked")
    erasure.decide(photo.desk, photo.session("maria"), OLGA, approved=False)
    assert erasure.waiting(photo.desk, photo.session("maria")) == ()
    with pytest.raises(Refusal, match="not_asked"):
        erasure.execute(photo.desk, photo.session("dima"), OLGA)
