"""Erased people stay erased, whoever brings them back."""

from __future__ import annotations

import pytest

from crosssell_desktop.services import finding
from crosssell_desktop.store import law_ddl, tombstones
from crosssell_desktop.store.schema import metadata
from tests.shop import Counter, customer, known


def bury(counter: Counter, *keys: tuple[str, str]) -> None:
    with counter.desk.begin() as work:
        secret = tombstones.company_secret(work.connection)
        work.record(
            "customer_erased",
            {
                "tombstone": [
                    {
                        "id": work.new_id(),
                        "counter_id": work.me.counter_id,
                        "made_at": work.now_ms,
                        "person_id": known("person", "dima"),
                        "session_id": work.new_id(),
                        "shift_id": None,
                        "customer_id": customer("olga"),
                        "act_no": "1",
                        "ground": "withdrawn",
                        "asked_at": work.now_ms,
                        "keys": [tombstones.key_hash(secret, *key) for key in keys],
                    }
                ]
            },
        )


def test_a_tombstone_takes_the_person_away_and_lets_no_row_back(photo: Counter) -> None:
    olga = customer("olga").bytes
    assert photo.rows("SELECT count(*) FROM contact_point")[0][0]
    bury(photo)
    assert photo.rows(f"SELECT count(*) FROM contact_point WHERE customer_id = x'{olga.hex()}'") == [(0,)]
    assert photo.rows(f"SELECT display_name, birthday, status FROM customer WHERE id = x'{olga.hex()}'") == [
        ("", "", "erased")
    ]
    assert finding.look_up(photo.desk, photo.session("anna"), "ветр", 5).customers.customers == ()
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO contact_point (id, customer_id, type, value, is_primary, source, ver)"
            " VALUES (?, ?, 'phone', '+79160000000', 0, 'late', 9) ON CONFLICT (id) DO UPDATE SET ver = excluded.ver",
            (b"p" * 16, olga),
        )
        connection.exec_driver_sql(
            "UPDATE customer SET display_name = 'Ольга', status = 'active' WHERE id = ?", (olga,)
        )
    assert photo.rows(f"SELECT count(*) FROM contact_point WHERE customer_id = x'{olga.hex()}'") == [(0,)]
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET display_name = 'Ольга' WHERE id = ?", (olga,))
    assert photo.rows(f"SELECT display_name FROM customer WHERE id = x'{olga.hex()}'") == [("",)]
    # Two offices may bury the same person.
    bury(photo, ("email", "another@example.org"))
    assert photo.rows("SELECT count(*) FROM tombstone_key") == [(1,)]


@pytest.mark.parametrize(
    ("key", "is_theirs"),
    [
        (("phone", "8 (916) 000-00-00"), True),
        (("phone", "+7 916 000 00 00"), True),
        (("email", " Olga@Example.ORG"), True),
        (("external", "1c:000123"), True),
        (("phone", "+79160000001"), False),
        (("card", "79160000000"), False),
    ],
)
def test_an_import_recognises_who_was_erased_by_any_writing_of_a_key(
    photo: Counter, key: tuple[str, str], *, is_theirs: bool
) -> None:
    with photo.desk.look() as connection:
        assert not tombstones.is_tombstoned(connection, [key])
    bury(photo, ("phone", "+79160000000"), ("email", "olga@example.org"), ("external", "1c:000123"))
    with photo.desk.look() as connection:
        assert tombstones.is_tombstoned(connection, [key]) is is_theirs
        assert tombstones.tombstoned(connection, [key, ("phone", "1")]) == (frozenset({key}) if is_theirs else set())
        kept = list(connection.exec_driver_sql("SELECT hash FROM tombstone_key").scalars())
    assert len(kept) == 3
    assert not any("916" in one and "0000000" in one for one in kept)


def test_every_table_that_names_a_customer_is_known_to_erasure() -> None:
    """A register is deleted, a fact keeps the random id and no word, a local table is deleted or said to stay."""
    words = {"Str", "Json"}
    for table in metadata.sorted_tables:
        if "customer_id" not in table.columns or table.info["kind"] != "fact":
            continue
        text = {c.name for c in table.columns if type(c.type).__name__ in words}
        assert text <= CODES, f"{table.name}: {text - CODES} may hold words about a person; facts hold none (ruling 6)"
    assert {"contact_point", "note_text", "need", "ownership"} <= set(law_ddl.personal_names())


CODES = {
    "act_no", "answer", "basis", "business_date", "channel", "code", "event", "evidence", "field_group", "form",
    "gates", "ground", "input_hash", "keys", "kind", "model_version", "number", "purpose", "reason", "relation",
    "result", "situation", "state", "step", "text_hash",
}  # fmt: skip
"""Columns of facts that hold codes, labels, hashes and figures."""
