"""Writes every message of a room into its Chinese catalogue, in the order of the files, keeping what is translated.

Needs no system gettext: Python is read by `ast`, templates by Django's own templatizer, catalogues by Babel.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "kepu"
# function: positions of (context, singular, plural) among its arguments
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
IN_TEMPLATE = re.compile(
    r"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(((?:[^()'\"]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")*)\)"
)


@dataclass(frozen=True)
class Message:
    path: str
    line: int
    context: str | None
    singular: str
    plural: str | None


@dataclass(frozen=True)
class NotConstant:
    """A message that is put together at run time: the catalogue can never hold it."""

    path: str
    line: int


def rooms() -> list[Path]:
    return sorted(p.parent for p in SOURCE.glob("*/__init__.py") if p.parent.name != "engines")


def messages_in(room: Path) -> list[Message | NotConstant]:
    found: list[Message | NotConstant] = []
    for path in sorted(room.rglob("*")):
        name = str(path.relative_to(ROOT))
        if path.suffix == ".py" and "migrations" not in path.parts:
            found += sorted(_from_calls(ast.parse(path.read_text(encoding="utf-8")), name), key=lambda m: m.line)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found += _from_template(path, name)
    return found


def _from_calls(tree: ast.AST, name: str) -> Iterator[Message | NotConstant]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if function not in CALLS:
            continue
        values = [_constant(node.args, position) for position in CALLS[function]]
        if any(value is None and position is not None for value, position in zip(values, CALLS[function], strict=True)):
            yield NotConstant(name, node.lineno)
        else:
            yield Message(name, node.lineno, values[0], values[1] or "", values[2])


def _constant(args: list[ast.expr], position: int | None) -> str | None:
    if position is None or position >= len(args):
        return None
    value = args[position]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _from_template(path: Path, name: str) -> Iterator[Message | NotConstant]:
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(encoding="utf-8"))
    for match in IN_TEMPLATE.finditer(text):
        line = text[: match.start()].count("\n") + 1
        # the templatizer leaves Python string literals, then a count that is no Python
        literals = re.sub(r",\s*count\s*$", "", match[2])
        call = ast.parse(f"{match[1]}({literals})", mode="eval")
        for found in _from_calls(call, name):
            yield type(found)(**{**found.__dict__, "line": line})


def tight(text: str) -> str:
    """Without typed spaces between Han and Latin or figures: the style sheet sets that space (CLREQ; quality A20)."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[%A-Za-z0-9.])|(?<=[A-Za-z0-9.)]) (?=[\u4e00-\u9fff])", "", text)


def catalogue_path(room: Path) -> Path:
    return room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def read_catalogue(room: Path) -> Catalog:
    path = catalogue_path(room)
    data = path.read_bytes() if path.exists() else b""
    return read_po(BytesIO(data), locale="zh_Hans", abort_invalid=True)


def merged(room: Path) -> Catalog:
    """The room's catalogue with exactly the messages of its source; new ones are empty."""
    old = read_catalogue(room)
    new = Catalog(locale="zh_Hans", project="Kepu", charset="utf-8")
    for message in messages_in(room):
        if isinstance(message, NotConstant):
            continue
        key = (message.singular, message.plural) if message.plural else message.singular
        # The file without its line, so that an edit elsewhere leaves the catalogue alone.
        new.add(key, locations=[(message.path, 0)], context=message.context)
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        written = known.string if known is not None and known.pluralizable == message.pluralizable else None
        written = written or (("",) if message.pluralizable else "")
        message.string = tight(written) if isinstance(written, str) else tuple(map(tight, written))
    return new


HEADER = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


def write(room: Path) -> int:
    """Write the room's catalogue; returns how many messages still lack Chinese."""
    catalogue = merged(room)
    if not len(catalogue):
        return 0
    out = BytesIO()
    write_po(out, catalogue, width=10_000, omit_header=True, include_lineno=False)
    path = catalogue_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HEADER.encode() + b"\n" + out.getvalue())
    return sum(1 for message in catalogue if message.id and not all(texts(message.string)))


def texts(string: str | tuple[str, ...]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


def main() -> int:
    for room in rooms():
        missing = write(room)
        if missing:
            print(f"{catalogue_path(room).relative_to(ROOT)}: {missing} messages without Chinese")
    return 0


if __name__ == "__main__":
    sys.exit(main())
