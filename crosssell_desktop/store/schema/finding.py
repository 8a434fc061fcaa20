"""What customers are found by, beside their rows: words, keys and the last visit, by the card's local number.

None of it travels and all of it can be made anew from the cards: ``store.find_index`` alone writes it.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, text

from crosssell_desktop.store.schema.base import Id, Int, Str, may, need, table

customer_found = table(
    "customer_found",
    "local",
    Column("no", Integer, primary_key=True),
    need("family", Str),
    need("given", Str),
    need("more", Str),
    need("keys", Str),
    may("household_id", Id),
    Index("ix_customer_found_household_id", "household_id", sqlite_where=text("household_id IS NOT NULL")),
)
"""The folded words and the keys under which a card stands in the index, so that they can be taken out again.

``family``, ``given`` (with patronymic and whatever else the name has) and ``more`` (street, last four digits, given
names of the household) are the columns of the word index ``customer_words``, which keeps no words of its own. Cards
that were merged stand together, by the number of the one that stands for all.
"""

customer_key = table(
    "customer_key",
    "local",
    need("kind", Str),
    need("value", Str),
    need("customer_no", Int),
    PrimaryKeyConstraint("kind", "value", "customer_no"),
    without_rowid=True,
)
"""What a customer is found by exactly: phone, tail (last four digits), email, card, external."""

customer_seen = table(
    "customer_seen",
    "local",
    Column("no", Integer, primary_key=True),
    need("at", Int),
)
"""The last visit known here (UTC ms); apart from the words, so that ordering thousands of cards reads few pages."""

find_word = table(
    "find_word",
    "local",
    # Numbers are never given out again: who has read up to one has read all before it.
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("word", Str, unique=True),
    need("sound", Str),
    need("cards", Int),
    Index("ix_find_word_sound", "sound"),
)
"""Every word of names and streets with how many cards have it, for typing errors and other scripts.

``sound`` is the word as ``domain.sound`` writes it; a word that no card has any more goes, so that nothing of an
erased person stays.
"""
