"""Profile folders, clock, ids, keys and the lock of one instance."""

from __future__ import annotations

import copy
import os
import pickle  # noqa: TID251  # to prove that it is refused
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.instance import holder_pid, take_profile
from crosssell_desktop.system.paths import Profile, open_profile, resource
from crosssell_desktop.system.secrets import KeyringUnavailable, SecretKey, profile_key, system_keyring
from tests.conftest import FixedClock

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")


class MemoryKeyring:
    """A keyring that keeps in memory; ``locked`` makes it refuse."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringUnavailable("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringUnavailable("locked")
        self.kept[service, username] = password


# --- paths


def test_resources_are_found_and_a_missing_one_is_a_bug_with_its_name() -> None:
    assert resource("fonts", "PT_Sans-Web-Regular.ttf").stat().st_size > 100_000
    with pytest.raises(FileNotFoundError, match=r"resources/icons/none\.svg"):
        resource("icons", "none.svg")


@posix_only
def test_a_profile_is_for_this_user_alone(tmp_path: Path) -> None:
    profile = open_profile(tmp_path / "Профиль кассы 1")
    assert stat.S_IMODE(profile.root.stat().st_mode) == 0o700
    assert profile.logs.is_dir()


def test_a_profile_that_cannot_be_made_is_refused_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentTrouble) as refused:
        open_profile(tmp_path / "file" / "profile")
    assert refused.value.code == "profile_unusable"
    assert str(tmp_path / "file") in str(refused.value.text)


# --- clock and ids


def test_the_clock_tells_milliseconds_and_the_monotonic_one_only_grows() -> None:
    clock = SystemClock()
    assert 1_700_000_000_000 < clock.now_ms() < 4_000_000_000_000
    first = clock.monotonic_ms()
    assert clock.monotonic_ms() >= first


@given(st.lists(st.integers(min_value=0, max_value=2**47), min_size=1, max_size=50))
def test_ids_grow_whatever_the_clock_does(times: list[int]) -> None:
    clock = FixedClock()
    source = MonotonicIds(clock)
    made = []
    for at_ms in times:
        clock.at_ms = at_ms
        made += [source.new(), source.new()]
    assert made == sorted(set(made))
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)


def test_ids_grow_over_the_end_of_the_random_field() -> None:
    source = MonotonicIds(FixedClock())
    first = source.new()
    source._last_random = 2**74 - 1
    second, third = source.new(), source.new()
    assert first < second < third


def test_ids_from_many_threads_are_all_different() -> None:
    source = MonotonicIds(SystemClock())
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.extend(source.new() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2_000


# --- keys


def test_without_a_keyring_the_key_lies_beside_the_profile_and_a_person_is_told(profile: Profile) -> None:
    kept = profile_key(profile, None)
    assert kept.place == "file"
    assert kept.notice is not None
    assert str(profile.key_file) in str(kept.notice)
    assert not profile.key_file.is_relative_to(profile.root)
    assert profile_key(profile, None).key.reveal() == kept.key.reveal()
    if sys.platform != "win32":
        assert stat.S_IMODE(profile.key_file.stat().st_mode) == 0o600


def test_with_a_keyring_no_file_is_written_and_nothing_is_said(profile: Profile) -> None:
    keyring = MemoryKeyring()
    kept = profile_key(profile, keyring)
    assert (kept.place, kept.notice) == ("keyring", None)
    assert not profile.key_file.exists()
    assert profile_key(profile, keyring).key.reveal() == kept.key.reveal()
    assert all(kept.key.reveal().hex() not in path.read_text("latin-1") for path in profile.root.rglob("*.*"))


def test_two_profiles_have_two_keys_in_one_keyring(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    first = profile_key(open_profile(tmp_path / "a"), keyring)
    second = profile_key(open_profile(tmp_path / "b"), keyring)
    assert first.key.reveal() != second.key.reveal()


def test_a_moved_profile_still_finds_its_key(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    profile = open_profile(tmp_path / "a")
    kept = profile_key(profile, keyring)
    profile.root.rename(tmp_path / "b")
    assert profile_key(open_profile(tmp_path / "b"), keyring).key.reveal() == kept.key.reveal()


def test_a_new_profile_with_a_locked_keyring_takes_the_file(profile: Profile) -> None:
    keyring = MemoryKeyring()
    keyring.locked = True
    assert profile_key(profile, keyring).place == "file"


def test_a_lost_key_is_never_replaced_while_there_is_a_database(profile: Profile) -> None:
    keyring = MemoryKeyring()
    profile_key(profile, keyring)
    profile.database.write_bytes(b"facts")
    keyring.locked = True
    with pytest.raises(EnvironmentTrouble, match="keyring_unavailable"):
        profile_key(profile, keyring)
    with pytest.raises(EnvironmentTrouble, match="key_missing"):
        profile_key(profile, MemoryKeyring())
    with pytest.raises(EnvironmentTrouble, match="key_missing"):
        profile_key(profile, None)
    assert not profile.key_file.exists()


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_damaged_key_file_is_refused_without_showing_what_is_in_it(profile: Profile, content: str) -> None:
    profile.key_file.write_text(content, encoding="ascii")
    with pytest.raises(EnvironmentTrouble, match="key_unusable") as refused:
        profile_key(profile, None)
    assert not content or content not in str(refused.value)


def test_a_key_does_not_show_itself() -> None:
    key = SecretKey(bytes(range(32)))
    assert key.reveal().hex() not in f"{key!r} {key} {[key]}"
    assert key.sqlcipher_key() == f"x'{bytes(range(32)).hex()}'"
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        copy.copy(key)
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(b"short")


def test_a_machine_without_a_keyring_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    assert system_keyring() is None


# --- one instance


def test_a_profile_is_held_once_and_free_again_after_release(profile: Profile) -> None:
    with take_profile(profile):
        assert holder_pid(profile) == os.getpid()
        with pytest.raises(Refusal, match="profile_in_use"):
            take_profile(profile)
    take_profile(profile).release()


def test_a_killed_program_leaves_no_lock_behind(profile: Profile) -> None:
    code = (
        "import sys; from pathlib import Path; from crosssell_desktop.system.paths import Profile;"
        "from crosssell_desktop.system.instance import take_profile;"
        "held = take_profile(Profile(Path(sys.argv[1]))); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(profile.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Refusal, match="profile_in_use"):
            take_profile(profile)
        assert holder_pid(profile) == other.pid
        other.kill()
    take_profile(profile).release()
