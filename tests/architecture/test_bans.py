"""What no import contract can see: parts of a library, calls, threads and clocks, each with its one home."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, Module, dotted, is_of, package_modules

PURE = ("domain", "ledger", "suggest", "matching", "reports")
LOCKS = {"Lock", "RLock", "local", "get_ident"}  # they guard; they start nothing

Rule = Callable[[Module], Iterable[str]]


def widgets_outside_ui(module: Module) -> Iterable[str]:
    """QtWidgets only in ui and app; QtGui and QtPrintSupport too; presenters and runtime use QtCore and QtNetwork."""
    for name, line in module.imports():
        gui = is_of(name, "PySide6.QtWidgets", "PySide6.QtGui", "PySide6.QtPrintSupport", "PySide6.QtSvg")
        if gui and not module.inside("ui", "app"):
            yield f"{line}: {name}"


def sql_outside_store(module: Module) -> Iterable[str]:
    """SQLAlchemy, SQLCipher and psycopg only in store, migrations and the centre's half of sync."""
    for name, line in module.imports():
        if is_of(name, "sqlalchemy", "sqlcipher3", "sqlite3", "psycopg", "alembic") and not module.inside(
            "store", "migrations", "sync.centre*", "sync.transport*"
        ):
            yield f"{line}: {name}"


def threads_outside_runtime(module: Module) -> Iterable[str]:
    """Threads, pools and child processes of Python are made in runtime alone; a lock is no thread."""
    if module.inside("runtime"):
        return
    for name, line in module.imports():
        if is_of(name, "concurrent", "multiprocessing", "asyncio", "_thread", "sched"):
            yield f"{line}: {name}"
        if is_of(name, "threading") and name.removeprefix("threading.") not in LOCKS:
            yield f"{line}: {name}"
        if name.rpartition(".")[2] in {"QThread", "QThreadPool", "QRunnable", "QtConcurrent"}:
            yield f"{line}: {name}"


def impure(module: Module) -> Iterable[str]:
    """Pure packages touch no file, no clock, no chance and no machine."""
    if not module.inside(*PURE):
        return
    allowed = {"domain.ids": {"secrets"}}.get(module.name, set())
    machine = ("os", "sys", "time", "random", "secrets", "socket", "subprocess", "shutil", "tempfile", "platform")
    more = ("pathlib", "logging", "locale", "gettext", "urllib", "http", "ssl", "importlib", "signal", "ctypes")
    for name, line in module.imports():
        if is_of(name, *machine, *more) and name.partition(".")[0] not in allowed and not module.inside("reports"):
            yield f"{line}: {name}"
        if is_of(name, "os", "time", "random", "secrets", "socket", "subprocess") and module.inside("reports"):
            yield f"{line}: {name}"
    for name, node in module.calls():
        if name in {"open", "input", "print"} or name.endswith((".now", ".today", ".utcnow")):
            yield f"{node.lineno}: {name}()"


def clocks_outside_system(module: Module) -> Iterable[str]:
    """The wall clock is read in system alone, everyone else is handed a Clock; perf_counter and monotonic are free."""
    if module.inside("system"):
        return
    for name, node in module.calls():
        wall = name in {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "QDateTime.currentDateTime"}
        if wall or name.endswith(("datetime.now", "datetime.utcnow", "date.today", "QDate.currentDate")):
            yield f"{node.lineno}: {name}()"
    for name, line in module.imports():
        if name in {"time.time", "time.time_ns"}:
            yield f"{line}: {name}"


def doors_for_code(module: Module) -> Iterable[str]:
    """Nothing that runs code hidden in data, and no shell."""
    for name, line in module.imports():
        if is_of(name, "pickle", "shelve", "marshal", "dill", "joblib", "cloudpickle") or name.rpartition(".")[2] in {
            "QSettings",
            "QDataStream",
        }:
            yield f"{line}: {name}"
    for name, node in module.calls():
        if name in {"eval", "exec", "compile", "os.system", "os.popen", "yaml.load"}:
            yield f"{node.lineno}: {name}()"
        for keyword in node.keywords:
            off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if keyword.arg in {"shell", "allow_pickle"} and not off:
                yield f"{node.lineno}: {keyword.arg}="


def texts_that_could_be_markup(module: Module) -> Iterable[str]:
    """Texts reach the screen as plain text only: labels are PlainLabel, rich views are not used.

    IconLabel shows a picture and no text. ui.asking alone makes a message box, and says that its text is plain.
    """
    if not module.inside("ui", "app", "presenters"):
        return
    rich = {"QTextEdit", "QTextBrowser", "QMessageBox", "QSplashScreen", "QInputDialog", "QProgressDialog"}
    if module.inside("ui.asking") and any(name.endswith(".setTextFormat") for name, _ in module.calls()):
        rich.discard("QMessageBox")
    for name, node in module.calls():
        last = name.rpartition(".")[2]
        if last == "QLabel" or last in rich or name.startswith(("QMessageBox.", "QInputDialog.")):
            yield f"{node.lineno}: {name}()"
    for definition in ast.walk(module.tree):
        if isinstance(definition, ast.ClassDef) and definition.name not in {"PlainLabel", "IconLabel"}:
            for base in definition.bases:
                if dotted(base).rpartition(".")[2] == "QLabel":
                    yield f"{definition.lineno}: class {definition.name}(QLabel)"


def prints(module: Module) -> Iterable[str]:
    """Only the command line speaks to a terminal, and it does so by click."""
    if module.inside("cli"):
        return
    for name, node in module.calls():
        if name == "print":
            yield f"{node.lineno}: print()"


def waits_on_the_screen(module: Module) -> Iterable[str]:
    """The screen's thread never waits: no sleep, no nested event loop."""
    if not module.inside("ui", "presenters", "services"):
        return
    for name, node in module.calls():
        if name in {"time.sleep", "sleep"} or name.endswith((".processEvents", ".exec_", "QEventLoop")):
            yield f"{node.lineno}: {name}()"


RULES: dict[Rule, tuple[str, str]] = {
    widgets_outside_ui: ("presenters.counter", "from PySide6.QtWidgets import QLabel"),
    sql_outside_store: ("sync.round", "import sqlalchemy.orm"),
    threads_outside_runtime: ("services.sell", "from threading import Thread"),
    impure: ("ledger.pools", "def f():\n    return open('x')"),
    clocks_outside_system: ("services.sell", "import time\nnow = time.time()"),
    doors_for_code: ("interchange.csv", "import subprocess\nsubprocess.run('ls', shell=True)"),
    texts_that_could_be_markup: ("ui.screens.counter", "label = QLabel('x')"),
    prints: ("store.engine", "print('x')"),
    waits_on_the_screen: ("ui.main_window", "import time\ntime.sleep(1)"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(rule: Rule) -> None:
    found = [f"{module.name}:{fault}" for module in package_modules() for fault in rule(module)]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "violation"), RULES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_rule_sees_a_violation(rule: Rule, violation: tuple[str, str]) -> None:
    name, source = violation
    assert list(rule(Module(name, Path(), ast.parse(source))))


def test_modules_stay_short() -> None:
    long = {
        module.name: lines
        for module in package_modules(PACKAGE)
        if (lines := len(module.path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long
