"""Makes the environment of a checkout when it is missing or outdated, then hands on to the program or the tests.

Started by ``./run`` and ``run.cmd``; knows the standard library only. The environment is ``.venv``, made from a lock in
which every package is fixed by hash: ``requirements-demo.lock`` for the program, ``requirements-dev.lock`` for tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = sys.platform == "win32"
STAMP = ".made-from"
BEGUN = ".being-made"
QT_FINE = ".qt-loads"

COMMANDS = ("demo", "test", "crosssell")

USAGE_EN = """\
Usage: ./run demo [--offscreen OUT]   the whole demo shop; with --offscreen without a screen, into OUT
       ./run crosssell …              the command line (./run crosssell --help)
       ./run test [pytest options]    the tests"""
USAGE_RU = """\
Запуск: ./run demo [--offscreen ПАПКА]  весь демонстрационный магазин; с --offscreen без экрана, в ПАПКУ
        ./run crosssell …               командная строка (./run crosssell --help)
        ./run test [ключи pytest]       тесты"""

SAYINGS = {
    "usage": (USAGE_EN, USAGE_RU),
    "unknown": ("There is no command «{0}».", "Команды «{0}» нет."),
    "no_display": (
        "There is no display here. To play the whole day without one:\n  ./run demo --offscreen out",
        "Здесь нет экрана. Чтобы прожить весь день магазина без него:\n  ./run demo --offscreen out",
    ),
    "making": (
        "Preparing the environment in .venv (once; a few minutes, about 1 GB of disk)…",
        "Готовлю окружение в .venv (один раз; несколько минут, около 1 ГБ на диске)…",
    ),
    "waiting": (
        "Another start is preparing the environment; waiting for it…",
        "Окружение готовит другой запуск; жду его…",
    ),
    "no_venv": (
        "This Python cannot make environments (its venv module is not whole). Install it:\n  {0}",
        "Этот Python не умеет создавать окружения (модуль venv неполон). Установите его:\n  {0}",
    ),
    "failed": (
        "The environment could not be prepared (see above). Is there a network and free space? Start again to go on.",
        "Окружение не готово (см. выше). Есть ли сеть и место на диске? Запустите ещё раз, чтобы продолжить.",
    ),
    "no_library": (
        "Qt needs system libraries that are missing here: {0}. Install them:\n  {1}",
        "Для Qt здесь не хватает системных библиотек: {0}. Установите их:\n  {1}",
    ),
    "qt_broken": ("Qt does not load here:\n{0}", "Qt здесь не загружается:\n{0}"),
}

# What Qt's wheels expect of the system: library, package of Debian and Ubuntu, package of Fedora.
LIBRARIES_ALWAYS = (
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    ("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs"),
)
LIBRARIES_FOR_X11 = (
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
)

Call = Callable[[Sequence[str]], int]
"""Runs a command and returns its exit code."""


def say(key: str, *values: str) -> None:
    """Say one of the sayings on stderr, in Russian where the surroundings are."""
    surroundings = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    text = SAYINGS[key][1 if surroundings.lower().startswith("ru") else 0].format(*values)
    # A terminal in an 8-bit locale must not turn a sentence into a traceback.
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()


def stamp_of(root: Path, kind: str) -> str:
    """Return what an environment of a kind is made from: lock, project, Python and place, as one line."""
    made_from = hashlib.sha256()
    for name in (f"requirements-{kind}.lock", "pyproject.toml"):
        made_from.update((root / name).read_bytes())
        made_from.update(b"\0")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    made_from.update(f"{sys.implementation.name} {version} {sysconfig.get_platform()} {root}".encode())
    return f"{kind} {made_from.hexdigest()}"


def venv_python(root: Path) -> Path:
    """Return the interpreter of the environment; it may not be there."""
    return root / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")


def is_made(root: Path, kind: str) -> bool:
    """Say whether the environment is whole and of the day; what tests need is enough for the program too."""
    venv = root / ".venv"
    if (venv / BEGUN).exists() or not venv_python(root).exists():
        return False
    try:
        stamp = (venv / STAMP).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stamp in {stamp_of(root, one) for one in {kind, "dev"}}


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let one start at a time prepare the environment; a killed one leaves no lock, the system takes it back."""
    with (root / ".venv.lock").open("a+b") as file:
        if WINDOWS:
            import msvcrt  # noqa: PLC0415  # Windows only

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds; ask again
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
                    break
        else:
            import fcntl  # noqa: PLC0415  # not on Windows

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("waiting")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(root: Path, kind: str, call: Call) -> bool:
    """Make or renew the environment; return whether it is whole now.

    One that was begun and not finished, or was made by another Python, is made from nothing.
    """
    venv, python = root / ".venv", str(venv_python(root))
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        say("no_venv", venv_package_line())
        return False
    say("making")
    old = _read(venv / STAMP)
    renew = venv_python(root).exists() and not (venv / BEGUN).exists() and (venv / "pyvenv.cfg").exists() and bool(old)
    if not (renew and _same_python(venv)):
        shutil.rmtree(venv, ignore_errors=True)
        if call([sys.executable, "-m", "venv", str(venv)]) != 0:
            shutil.rmtree(venv, ignore_errors=True)
            say("failed")
            return False
    (venv / BEGUN).touch()
    (venv / STAMP).unlink(missing_ok=True)
    (venv / QT_FINE).unlink(missing_ok=True)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--compile"]
    if not sys.stderr.isatty():
        pip += ["-qq", "--progress-bar", "off"]  # errors only
    steps = [
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(root / f"requirements-{kind}.lock")],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(root)],
        [python, "-m", "compileall", "-q", str(root / "crosssell_desktop")],
    ]
    if any(call(step) != 0 for step in steps):
        say("failed")
        return False
    (venv / STAMP).write_text(stamp_of(root, kind), encoding="utf-8")
    (venv / BEGUN).unlink()
    return True


def _same_python(venv: Path) -> bool:
    wanted = f"version = {sys.version_info[0]}.{sys.version_info[1]}."
    return any(line.startswith(wanted) for line in _read(venv / "pyvenv.cfg").splitlines())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def venv_package_line() -> str:
    """Return the command that installs what this Python lacks to make environments."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if shutil.which("apt-get"):
        return f"sudo apt-get install python{version}-venv"
    return f"sudo dnf install python{version}" if shutil.which("dnf") else f"python {version}: venv, ensurepip"


def missing_libraries(*, x11: bool, loads: Callable[[str], bool]) -> list[tuple[str, str, str]]:
    """Return what is missing of the libraries Qt needs on Linux, as rows of the tables above."""
    return [row for row in LIBRARIES_ALWAYS + (LIBRARIES_FOR_X11 if x11 else ()) if not loads(row[0])]


def package_line(missing: Sequence[tuple[str, str, str]]) -> str:
    """Return the command that installs the missing libraries."""
    if shutil.which("dnf") and not shutil.which("apt-get"):
        return "sudo dnf install " + " ".join(row[2] for row in missing)
    return "sudo apt-get install " + " ".join(row[1] for row in missing)


def qt_loads(root: Path, *, x11: bool) -> bool:
    """Say whether Qt can be used, and if not, which package line makes it so; once it loads, it is not asked again."""
    mark = root / ".venv" / QT_FINE
    wanted = "x11" if x11 else "offscreen"
    if _read(mark) in {wanted, "x11"}:
        return True
    probe = [str(venv_python(root)), "-P", "-c", "import PySide6.QtGui, PySide6.QtWidgets, PySide6.QtNetwork"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False, env=environment())
    missing: list[tuple[str, str, str]] = []
    if sys.platform == "linux":

        def loads(name: str) -> bool:
            code = [str(venv_python(root)), "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", name]
            return subprocess.run(code, capture_output=True, check=False).returncode == 0

        missing = missing_libraries(x11=x11, loads=loads)
    if missing:
        say("no_library", ", ".join(row[0] for row in missing), package_line(missing))
        return False
    if done.returncode != 0:
        say("qt_broken", done.stderr.strip()[-500:])
        return False
    mark.write_text(wanted, encoding="utf-8")
    return True


def has_display() -> bool:
    """Say whether a window can be shown."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def environment() -> dict[str, str]:
    """Return the surroundings without what would make another Python of the one in the environment."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    # Without bytecode each start costs seconds.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def call(command: Sequence[str]) -> int:
    """Run a step of the set-up; what it says on stdout goes to stderr, stdout is the program's."""
    return subprocess.run(command, check=False, env=environment(), stdout=sys.stderr.fileno()).returncode


def hand_on(command: list[str]) -> int:
    """Become the command; on Windows run it and return its exit code."""
    if not WINDOWS:
        sys.stderr.flush()
        os.execve(command[0], command, environment())  # noqa: S606  # a list, no shell
    return subprocess.run(command, check=False, env=environment()).returncode


def prepare(root: Path, command: str, *, shows_windows: bool) -> bool:
    """Have the environment made if need be; return whether the command can be started."""
    kind = "dev" if command == "test" else "demo"
    if not is_made(root, kind):
        with alone(root):
            # Whoever waited finds it made; what is there for tests stays good for tests.
            was_for_tests = _read(root / ".venv" / STAMP).startswith("dev ")
            if not is_made(root, kind) and not make(root, "dev" if was_for_tests else kind, call):
                return False
    x11 = shows_windows and sys.platform == "linux" and not os.environ.get("WAYLAND_DISPLAY")
    # Much of the command line works without Qt: there the missing line is said, and it goes on.
    return qt_loads(root, x11=x11) or command == "crosssell"


def side_by_side(options: list[str]) -> list[str]:
    """Return what lets the whole run go on two processors; a chosen part, or looking inside, goes on one."""
    alone_with = ("-n", "-s", "--pdb", "--trace", "--collect-only", "--help", "-h")
    if all(word.startswith("-") and not word.startswith(alone_with) for word in options):
        return ["-n", "2", "--dist", "worksteal"]
    return []


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit code."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command in {"-h", "--help", "help"}:
        say("usage")
        return 0
    if command not in COMMANDS:
        say("unknown", command)
        say("usage")
        return 2
    quiet = any(word in {"-h", "--help", "--offscreen"} or word.startswith("--offscreen=") for word in rest)
    shows_windows = command == "demo" and not quiet
    if shows_windows and not has_display():
        say("no_display")
        return 1
    if not prepare(ROOT, command, shows_windows=shows_windows):
        return 1
    python = [str(venv_python(ROOT)), "-P", "-s", "-m"]
    if command == "test":
        os.chdir(ROOT)
        return hand_on([*python, "pytest", *side_by_side(rest), *rest])
    return hand_on([*python, "crosssell_desktop", *(rest if command == "crosssell" else ["demo", *rest])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
