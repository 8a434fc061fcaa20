"""The whole schema as statements: tables, indexes, the word indexes, and the triggers that guard facts."""

from __future__ import annotations

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from crosssell_desktop.store import law_ddl
from crosssell_desktop.store.schema.base import metadata

CUSTOMER_WORDS = (
    (
        "CREATE VIRTUAL TABLE customer_words USING fts5(family, given, more, content='customer_found', "
        "content_rowid='no', prefix='1 2 3', detail='column', columnsize=0, tokenize='ascii')"
    ),
    "INSERT INTO customer_words(customer_words, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO customer_words(customer_words, rank) VALUES ('pgsz', 3900)",
)
"""Folded words by ``customer.no``. The words themselves stay in ``customer_found``, and words taken out leave the file
at once, because a person may have to be erased. SQLCipher takes 80 bytes of each page for itself: a leaf of the index
must fit into the rest. The words are folded already, so the tokenizer need not know letters.
"""

PRODUCT_WORDS = (
    "CREATE VIRTUAL TABLE product_words USING fts5(words, content='', contentless_delete=1, "
    "prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
)
"""Folded words of SKU, names, brand and type by ``product.no``."""


def fact_tables() -> list[str]:
    """Return the names of the tables that are appended only."""
    return [t.name for t in metadata.sorted_tables if t.info["kind"] == "fact"]


def statements() -> list[str]:
    """Return every statement that makes an empty counter database, in order."""
    dialect = sqlite.dialect()
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        made += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda i: str(i.name))
        ]
    made += [*CUSTOMER_WORDS, PRODUCT_WORDS]
    for name in fact_tables():
        for act in ("UPDATE", "DELETE"):
            over = law_ddl.TERM_NOT_OVER if (name, act) in law_ddl.WITH_TERM else ""
            made.append(
                f'CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON "{name}" {over}'
                "BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END"
            )
    return made + law_ddl.counter_statements()
