"""Every text of the library with its place, for checks that look at one text at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.entries import DeskSpec, EntrySpec, FormSpec
from bot.content.library import Library, Placed
from bot.content.trouble import Mark

Keys = tuple[str | int, ...]
AnyPlaced = Placed[EntrySpec] | Placed[FormSpec] | Placed[DeskSpec]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text that a voter may read. `owner` is the entry or form that says it; a label stands on a button."""

    owner: str
    placed: AnyPlaced
    keys: Keys
    language: str
    text: str
    is_label: bool = False

    @property
    def mark(self) -> Mark:
        return self.placed.mark(*self.keys)

    @property
    def spec(self) -> EntrySpec | FormSpec | DeskSpec:
        return self.placed.spec


def spoken(library: Library) -> Iterator[Spoken]:
    """Yield every text of all entries, forms and volunteers' replies."""
    for name, entry in library.entries.items():
        for keys, texts in _of_entry(entry.spec):
            yield from _each(name, entry, keys, texts)
    for name, form in library.forms.items():
        for keys, texts in _of_form(form.spec):
            yield from _each(name, form, keys, texts)
    for name, reply in library.desk.items():
        yield from _each(name, reply, ("text",), dict(reply.spec.text))


def _each(name: str, placed: AnyPlaced, keys: Keys, texts: Mapping[str, str | list[str]]) -> Iterator[Spoken]:
    is_label = (keys[-1] in ("label", "title") and keys[0] != "ask") or "options" in keys
    for language, text in texts.items():
        if isinstance(text, str):
            yield Spoken(name, placed, (*keys, language), language, text, is_label)
        else:
            for number, variant in enumerate(text):
                yield Spoken(name, placed, (*keys, language, number), language, variant, is_label)


def _of_entry(spec: EntrySpec) -> Iterator[tuple[Keys, Mapping[str, str | list[str]]]]:
    yield ("title",), dict(spec.title)
    yield ("text",), spec.text or {}
    yield ("sms",), dict(spec.sms)
    yield ("fallback",), dict(spec.fallback)
    for number, when in enumerate(spec.when):
        yield ("when", number, "text"), when.text
        yield ("when", number, "sms"), dict(when.sms)
    for number, button in enumerate(spec.buttons):
        yield ("buttons", number, "label"), dict(button.label)


def _of_form(spec: FormSpec) -> Iterator[tuple[Keys, Mapping[str, str | list[str]]]]:
    yield ("confirm",), dict(spec.confirm)
    for number, ask in enumerate(spec.ask):
        yield ("ask", number, "label"), dict(ask.label)
        yield ("ask", number, "prompt"), dict(ask.prompt)
        yield ("ask", number, "retry"), dict(ask.retry)
        for at, option in enumerate(ask.options):
            yield ("ask", number, "options", at, "label"), dict(option.label)
