"""Keeps the translations whole: every text of the program has its Russian, and the compiled catalogues are fresh.

Usage (from the root of the checkout)::

    python tools/catalogues.py            # check, then compile the .mo files
    python tools/catalogues.py --check    # check only; exit 1 and say what is wrong
    python tools/catalogues.py --missing  # print .po entries for what has no translation yet

Texts are found in the source by their markers: ``_``, ``gettext``, ``N_`` (first argument), ``ngettext``, ``NP_``
(first two), ``Text`` (first argument, and ``plural``). Translations lie in
``crosssell_desktop/resources/locale/ru/<area>.po``, one file per area, and are merged.
"""

from __future__ import annotations

import argparse
import ast
import string
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "crosssell_desktop"
LOCALE = PACKAGE / "resources" / "locale"
SINGULAR = {"_": 0, "gettext": 0, "N_": 0, "Text": 0}
PLURAL = {"ngettext", "NP_"}
RU_PLURAL = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
EN_PLURAL = "nplurals=2; plural=(n != 1);"
RU_FORMS = 3

Catalogue = dict[str, tuple[str, ...]]
"""Message id (for plurals ``singular NUL plural``) to its translations: one, or one per plural form."""


@dataclass
class Texts:
    """Every text found in the source."""

    singular: dict[str, str] = field(default_factory=dict)
    """Message id to the first place it stands."""
    plural: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def ids(self) -> set[str]:
        """Return the ids as catalogues name them."""
        return set(self.singular) | {"\0".join(pair) for pair in self.plural}


def find_texts(package: Path) -> Texts:
    """Find every marked text in the package."""
    texts = Texts()
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                _take(node, f"{path.relative_to(package.parent).as_posix()}:{node.lineno}", texts)
    return texts


def _take(node: ast.Call, place: str, texts: Texts) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in SINGULAR and name not in PLURAL:
        return
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    first = node.args[0] if node.args else named.get("message", named.get("singular"))
    if name in PLURAL:
        second: ast.expr | None = node.args[1] if len(node.args) > 1 else named.get("plural")
    else:
        second = named.get("plural") or (node.args[2] if name == "Text" and len(node.args) > 2 else None)
    if isinstance(first, ast.JoinedStr) or isinstance(second, ast.JoinedStr):
        texts.faults.append(f"{place}: an f-string cannot be translated; give the values by name")
        return
    message, plural = _literal(first), _literal(second)
    if message and plural:
        texts.plural.setdefault((message, plural), place)
    elif message:
        texts.singular.setdefault(message, place)


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def read_translations(folder: Path, faults: list[str]) -> tuple[Catalogue, dict[str, str]]:
    """Merge the .po files of a language; return the translations and the file each comes from."""
    merged: Catalogue = {}
    origin: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalog: Catalog = read_po(file, locale="ru", abort_invalid=True)
        for message in catalog:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else "\0".join(message.id)
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if message.fuzzy:
                faults.append(f"{path.name}: fuzzy: {_shown(key)}")
            if merged.get(key, forms) != forms:
                faults.append(f"{path.name}: translated otherwise in {origin[key]}: {_shown(key)}")
            merged[key] = forms
            origin.setdefault(key, path.name)
    return merged, origin


def check(texts: Texts, russian: Catalogue, origin: Mapping[str, str]) -> Iterator[str]:
    """Give a line for each fault: not translated, a plural form missing, other parameters, no longer used."""
    for key in sorted(texts.ids()):
        pair = key.split("\0")
        place = texts.singular.get(key) or texts.plural.get((pair[0], pair[-1]), "")
        forms = russian.get(key, ())
        if not forms or not all(forms):
            yield f"{place}: no Russian: {_shown(key)}"
        elif len(pair) == 2 and len(forms) != RU_FORMS:
            yield f"{origin[key]}: {len(forms)} plural forms of {RU_FORMS}: {_shown(key)}"
        else:
            wanted = set().union(*(_parameters(part) for part in pair))
            for form in forms:
                # A form for «one» may leave the number out.
                if not _parameters(form) <= wanted or (len(pair) == 1 and _parameters(form) != wanted):
                    yield f"{origin[key]}: other parameters in «{form}» than in {_shown(key)}"
    for key in sorted(set(russian) - texts.ids()):
        yield f"{origin[key]}: no longer in the program: {_shown(key)}"


def _parameters(message: str) -> set[str]:
    try:
        return {
            name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(message) if name is not None
        }
    except ValueError:
        return {"‹broken braces›"}


def _shown(key: str) -> str:
    return "«" + key.replace("\0", "» / «") + "»"


def compile_mo(catalogue: Catalogue, language: str, plural_rule: str) -> bytes:
    """Return a catalogue in gettext's binary form; equal input gives equal bytes, whatever the library's version."""
    head = f"Language: {language}\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: {plural_rule}\n"
    entries = sorted({"": (head,), **catalogue}.items(), key=lambda entry: entry[0].encode())
    keys = [key.encode() for key, _ in entries]
    values = ["\0".join(forms).encode() for _, forms in entries]
    count = len(entries)
    at = 28 + 16 * count
    tables, body = [], b""
    for texts in (keys, values):
        rows = []
        for text in texts:
            rows.append(struct.pack("<II", len(text), at + len(body)))
            body += text + b"\0"
        tables.append(b"".join(rows))
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, at) + tables[0] + tables[1] + body


def compiled(texts: Texts, russian: Catalogue) -> dict[Path, bytes]:
    """Return what the compiled files must hold, by path; only texts of the program get in."""
    english: Catalogue = {"\0".join(pair): pair for pair in texts.plural}
    kept = {key: forms for key, forms in russian.items() if key in texts.ids() and all(forms)}
    return {
        LOCALE / "ru" / "LC_MESSAGES" / "crosssell.mo": compile_mo(kept, "ru", RU_PLURAL),
        LOCALE / "en" / "LC_MESSAGES" / "crosssell.mo": compile_mo(english, "en", EN_PLURAL),
    }


def missing_entries(texts: Texts, russian: Catalogue) -> Iterator[str]:
    """Give a .po entry, ready to be filled, for each text without a translation."""
    for key in sorted(key for key in texts.ids() if not all(russian.get(key, ("",)))):
        pair = key.split("\0")
        place = texts.singular.get(key) or texts.plural.get((pair[0], pair[-1]), "")
        lines = [f"#: {place}", f"msgid {_po_string(pair[0])}"]
        if len(pair) == 2:
            lines += [f"msgid_plural {_po_string(pair[1])}", *(f'msgstr[{n}] ""' for n in range(RU_FORMS))]
        else:
            lines.append('msgstr ""')
        yield "\n".join(lines) + "\n"


def _po_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def stale(files: Mapping[Path, bytes]) -> Iterable[str]:
    """Name the compiled files that differ from what they must hold."""
    return [
        f"{path.relative_to(ROOT).as_posix()} is stale: run python tools/catalogues.py"
        for path, content in files.items()
        if not path.exists() or path.read_bytes() != content
    ]


def main() -> int:
    """Do what the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(description="Check the translations and compile the catalogues.")
    parser.add_argument("--check", action="store_true", help="check only, write nothing")
    parser.add_argument("--missing", action="store_true", help="print .po entries for what has no translation yet")
    asked = parser.parse_args()
    texts = find_texts(PACKAGE)
    faults = list(texts.faults)
    russian, origin = read_translations(LOCALE / "ru", faults)
    if asked.missing:
        print("\n".join(missing_entries(texts, russian)), end="")
        return 0
    faults += check(texts, russian, origin)
    files = compiled(texts, russian)
    if asked.check:
        faults += stale(files)
    else:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(texts.ids())} texts, {len(russian)} translations, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
