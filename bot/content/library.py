"""Read `responses/` into one checked whole: entries and forms with the place of everything in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.content.entries import DeskSpec, EntrySpec, FormSpec
from bot.content.files import DESK, FORMS, RESPONSES
from bot.content.marked import Document, read_bytes
from bot.content.schema import parsed
from bot.content.trouble import Mark, Trouble
from bot.content.types import Name, Spec

_NAME = TypeAdapter(Name)
_Spec = TypeVar("_Spec", bound=Spec)


@dataclass(frozen=True, slots=True)
class Placed(Generic[_Spec]):
    """A spec with the document that it stands in and its path there."""

    spec: _Spec
    document: Document
    path: tuple[str | int, ...]

    def mark(self, *keys: str | int) -> Mark:
        """Return the place of what `keys` lead to."""
        return self.document.mark((*self.path, *keys))


@dataclass(slots=True)
class Library:
    """All entries, forms and volunteers' replies of one folder of responses."""

    entries: dict[str, Placed[EntrySpec]] = field(default_factory=dict)
    forms: dict[str, Placed[FormSpec]] = field(default_factory=dict)
    desk: dict[str, Placed[DeskSpec]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Names that stand there, with mistakes in them."""
    is_whole: bool = True
    """Every file could be read: what is not there is missing."""

    def entry(self, name: str) -> EntrySpec:
        return self.entries[name].spec


def read_library(files: Mapping[str, bytes]) -> tuple[Library, list[Trouble]]:
    """Return the library in `files` (their names begin with `responses/`), and every mistake in their form."""
    library = Library()
    troubles: list[Trouble] = []
    for name, raw in files.items():
        if name.startswith(FORMS):
            troubles += _read_into(FormSpec, library, library.forms, raw, name)
        elif name == DESK:
            troubles += _read_into(DeskSpec, library, library.desk, raw, name)
        elif name.startswith(RESPONSES):
            troubles += _read_into(EntrySpec, library, library.entries, raw, name)
    if not library.entries and not troubles:
        troubles.append(Trouble(Mark("responses"), "Y101", "holds no .yml file with an entry in it"))
    return library, troubles


def _read_into(
    kind: type[_Spec], library: Library, found: dict[str, Placed[_Spec]], raw: bytes, name: str
) -> Iterator[Trouble]:
    document, troubles = read_bytes(raw, name)
    yield from troubles
    library.is_whole = library.is_whole and not troubles
    if document.value is not None and not isinstance(document.value, Mapping):
        yield Trouble(document.mark(()), "K202", "a name with keys below it is expected, like 'greet:'")
    for key, value in _items(document):
        spec, mistakes = parsed(kind, document, (key,), value)
        yield from (*mistakes, *_name_troubles(document, key))
        if key in found:
            first = found[key].document.key_mark((key,))
            yield Trouble(document.key_mark((key,)), "Y106", f"'{key}' stands also in {first.file}:{first.line}")
        elif spec is not None:
            found[key] = Placed(spec, document, (key,))
        else:
            library.broken.add(key)


def _items(document: Document) -> Iterator[tuple[str, object]]:
    if isinstance(document.value, Mapping):
        yield from document.value.items()


def _name_troubles(document: Document, key: str) -> Iterator[Trouble]:
    try:
        _NAME.validate_python(key)
    except ValidationError:
        message = f"'{key}' is no name: a name has small letters, digits and _ and begins with a letter"
        yield Trouble(document.key_mark((key,)), "K206", message)
