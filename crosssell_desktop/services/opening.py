"""Opening a profile: its key, its database, its identity and the learned model become one Desk."""

from __future__ import annotations

import contextlib
import logging
import mmap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import opening, unit
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import Profile
from crosssell_desktop.system.secrets import Keyring, profile_key

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.suggest.model import Model

MODEL_FILE = "learned.model"

log = logging.getLogger(__name__)


def open_store(profile: Profile, *, keyring: Keyring | None, create: bool) -> tuple[Database, bytes]:
    """Open the database of a profile with its key.

    Raises:
        Refusal: ``no_database``, ``database_newer``, ``wrong_key_or_damaged``, ``key_missing``.
    """
    key = profile_key(profile, keyring).key.reveal()
    return opening.open_database(profile.database, key, create=create), key


def open_desk(
    profile: Profile,
    *,
    keyring: Keyring | None = None,
    create: bool = False,
    clock: Clock | None = None,
    ids: IdSource | None = None,
) -> Desk:
    """Open a profile for services.

    Raises:
        Refusal: those of :func:`open_store`, and ``not_enrolled`` when the counter has no identity yet.
    """
    database, key = open_store(profile, keyring=keyring, create=create)
    the_clock = clock or SystemClock()
    try:
        with database.read() as connection:
            me = unit.me_of(connection)
        model, trouble = _model_or_trouble(profile)
        return Desk(
            database=database,
            clock=the_clock,
            ids=ids or MonotonicIds(the_clock),
            pepper=key,
            folder=profile.root,
            me=me,
            model=model,
            model_trouble=trouble,
        )
    except BaseException:
        database.close()
        raise


def _model_or_trouble(profile: Profile) -> tuple[Model | None, Refusal | None]:
    # A damaged file of counts must stop no sale; who needs the counts asks for the trouble.
    try:
        return load_model(profile), None
    except Refusal as refused:
        log.warning("the learned model is not used: %s", refused.code)
        return None, refused


def load_model(profile: Profile) -> Model | None:
    """Map the learned model into memory; None when nothing was learned yet.

    Raises:
        Refusal: ``model_damaged`` or ``model_version``: learn again.
    """
    from crosssell_desktop.suggest.model import Model  # noqa: PLC0415  # numpy costs a start without a model nothing

    path = profile.root / MODEL_FILE
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return Model.from_buffer(memoryview(mapped))


@contextlib.contextmanager
def opened(profile: Profile, *, keyring: Keyring | None = None, create: bool = False) -> Iterator[Desk]:
    """Open a desk and close it afterwards."""
    desk = open_desk(profile, keyring=keyring, create=create)
    try:
        yield desk
    finally:
        desk.database.close()
