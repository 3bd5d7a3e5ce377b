"""Check the staff's files as a whole: what is named must exist, be reachable, and be taught by examples that agree."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.entries import EntrySpec, FormSpec
from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.library import Library, Placed, read_library
from bot.content.texts import check_texts
from bot.content.trouble import Mark, Severity, Trouble, did_you_mean
from bot.content.voice import YES_NO
from bot.engine.playbook import REPLIES
from bot.engine.words import plain, whole

FEW_EXAMPLES = 10
Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The files as read, and every mistake in them, in the order of files and lines."""

    library: Library
    examples: list[Example]
    troubles: list[Trouble]


def check(files: Mapping[str, bytes], languages: tuple[str, ...], topics: tuple[str, ...] = ()) -> Checked:
    """Return what stands in the staff's `files` and all that is wrong with it."""
    library, troubles = read_library(files)
    examples, more = read_examples(files)
    troubles += more
    intents = {example.intent for example in examples}
    troubles += check_texts(library, languages)
    troubles += _references(library, topics)
    if intents:
        troubles += _reachable(library, intents, topics)
        troubles += _intents(library, examples)
    return Checked(library, examples, sorted(set(troubles)))


# --- references -------------------------------------------------------------------------------------------------------


def _references(library: Library, topics: tuple[str, ...]) -> Iterator[Trouble]:
    for name, entry in library.entries.items():
        yield from _to_entry(library, entry, ("go",), entry.spec.go)
        for number, button in enumerate(entry.spec.buttons):
            yield from _to_entry(library, entry, ("buttons", number, "go"), button.go)
        if entry.spec.form is not None and entry.spec.form not in library.forms:
            hint = did_you_mean(entry.spec.form, library.forms)
            yield Trouble(entry.mark("form"), "R402", f"no form is called '{entry.spec.form}'.{hint}")
        yield from _circle(library, name, entry)
    for form in library.forms.values():
        done = form.spec.done
        yield from _to_text(library, form, ("done", "reply"), done.reply)
        if done.not_found is not None:
            yield from _to_text(library, form, ("done", "not_found", "reply"), done.not_found.reply)
        yield from _to_text(library, form, ("brief",), form.spec.brief)
    yield from _keywords(library)
    missing = [name for name in REPLIES if name not in library.entries]
    for name in missing:
        message = f"the reply '{name}' is missing; the bot cannot do without it.{did_you_mean(name, library.entries)}"
        yield Trouble(Mark("responses/system.yml"), "R405", message)
    for name in REPLIES:
        if name in library.entries and library.entry(name).text is None:
            yield Trouble(library.entries[name].mark(), "R403", f"the reply '{name}' needs a 'text' of its own")
    for name in YES_NO.values():
        if name in library.entries and not library.entry(name).title:
            yield Trouble(library.entries[name].mark(), "R403", f"'{name}' needs a 'title': it stands on a button")
    for topic in topics:
        if topic not in library.entries or not library.entry(topic).title:
            hint = did_you_mean(topic, library.entries)
            message = f"'conversation.topics' names '{topic}', which is no entry with a title.{hint}"
            yield Trouble(Mark("config.yaml"), "R406", message)


def _to_entry(
    library: Library, placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, name: str | None
) -> Iterator[Trouble]:
    if name is not None and name not in library.entries:
        yield Trouble(placed.mark(*keys), "R401", f"no entry is called '{name}'.{did_you_mean(name, library.entries)}")


def _to_text(library: Library, form: Placed[FormSpec], keys: Keys, name: str | None) -> Iterator[Trouble]:
    yield from _to_entry(library, form, keys, name)
    if name in library.entries and library.entry(str(name)).text is None:
        yield Trouble(form.mark(*keys), "R403", f"a form ends in a text, and '{name}' has none of its own")


def _circle(library: Library, name: str, entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    seen = [name]
    go = entry.spec.go
    while go is not None and go in library.entries:
        if go in seen:
            yield Trouble(entry.mark("go"), "R404", f"'go' leads in a circle: {' -> '.join([*seen, go])}")
            return
        seen.append(go)
        go = library.entry(go).go


def _keywords(library: Library) -> Iterator[Trouble]:
    first: dict[str, str] = {}
    for name, entry in library.entries.items():
        for number, word in enumerate(entry.spec.keywords):
            if (other := first.setdefault(whole(word), name)) != name:
                message = f"the keyword '{word}' belongs to '{other}' already"
                yield Trouble(entry.mark("keywords", number), "R407", message)


def _reachable(library: Library, intents: set[str], topics: tuple[str, ...]) -> Iterator[Trouble]:
    named = {*REPLIES, *topics, *intents}
    for entry in library.entries.values():
        named |= {button.go for button in entry.spec.buttons if button.go} | {entry.spec.go or ""}
    for form in library.forms.values():
        done = form.spec.done
        named |= {done.reply or "", (done.not_found and done.not_found.reply) or "", form.spec.brief or ""}
    for name, entry in library.entries.items():
        if name not in named and not entry.spec.keywords and not entry.spec.always:
            message = f"nothing leads to '{name}': no intent, keyword, button or form.{did_you_mean(name, intents)}"
            yield Trouble(entry.document.key_mark(entry.path), "R408", message, Severity.WARN)
    used = {entry.spec.form for entry in library.entries.values()}
    for name, form in library.forms.items():
        if name not in used:
            yield Trouble(
                form.document.key_mark(form.path), "R408", f"nothing leads to the form '{name}'", Severity.WARN
            )


# --- intents ----------------------------------------------------------------------------------------------------------


def _wording(text: str) -> str:
    """Return what two examples share that differ in case, accents, apostrophes and punctuation only."""
    letters = unicodedata.normalize("NFKD", text.replace("'", "").replace("\u2019", ""))
    return plain("".join(char for char in letters if not unicodedata.combining(char))) or text


def _intents(library: Library, examples: list[Example]) -> Iterator[Trouble]:
    first: dict[str, Example] = {}
    counts: dict[tuple[str, str], int] = {}
    for example in examples:
        counts[example.intent, example.language] = counts.get((example.intent, example.language), 0) + 1
        before = first.setdefault(_wording(example.text), example)
        if before is example:
            continue
        where = f"{before.mark.file}:{before.mark.line}"
        if before.intent != example.intent:
            message = f"'{example.text[:60]}' is also under {before.intent} ({where})"
            yield Trouble(example.mark, "I501", message)
        elif (before.language, before.hand) == (example.language, example.hand):  # two people may say the same
            yield Trouble(example.mark, "I502", f"'{example.text[:60]}' stands twice ({where})", Severity.WARN)
    places = {example.intent: example.mark for example in reversed(examples) if example.intent != OUT_OF_SCOPE}
    for intent, mark in places.items():
        if intent not in library.entries:
            hint = did_you_mean(intent, library.entries)
            yield Trouble(mark, "R409", f"the intent '{intent}' has no entry in responses/.{hint}")
    for intent, mark in places.items():
        for language in sorted({language for _, language in counts}):
            count = counts.get((intent, language), 0)
            if count < FEW_EXAMPLES:
                message = f"'{intent}' has {count} examples in '{language}'; {FEW_EXAMPLES} at least teach it"
                yield Trouble(mark, "I503", message, Severity.WARN)
