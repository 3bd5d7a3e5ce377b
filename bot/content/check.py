"""Check the staff's files as a whole: what is named must exist, be reachable, and be taught by examples that agree."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import covers
from bot.content.days import check_days, check_spans, check_windows
from bot.content.desk import check_desk
from bot.content.entries import EntrySpec, FormSpec, WhenSpec
from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.lengths import check_lengths
from bot.content.library import Library, Placed, read_library
from bot.content.marked import MAX_BYTES
from bot.content.plainly import check_plainly
from bot.content.private import check_examples, check_private
from bot.content.promised import check_conversations
from bot.content.promises import check_promises
from bot.content.spoken import spoken
from bot.content.texts import check_texts, is_voting
from bot.content.trouble import Mark, Trouble, did_you_mean, listed
from bot.content.voice import YES_NO
from bot.engine.playbook import REPLIES
from bot.engine.words import carrier_word, plain, whole

FEW_EXAMPLES = 10
LONGEST_EXAMPLE = 320
"""Two text messages; nobody learns from a letter."""
LONGEST_READ = 20_000
"""A longer text is too long anyway (S205); patterns with many ways to fit would look at it for minutes."""
TEAMS = ("casework", "general", "protect", "urgent", "volunteers")
"""The teams of the shipped files; a campaign may name others."""
_ABSENT = frozenset("R401 R402 R405 R406 R408 R409 C806 T951 T952".split())
"""What is said of names that are not there."""
_BROKEN_MARK = re.compile(r"\][ ]?[({]|\[[^\]]*$|^[^\[]*\]")
Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The files as read, and every mistake in them, in the order of files and lines."""

    library: Library
    examples: list[Example]
    troubles: list[Trouble]


def check(
    files: Mapping[str, bytes],
    languages: tuple[str, ...],
    topics: tuple[str, ...] = (),
    *,
    kind: str | None = None,
    today: date | None = None,
    overlooked: Iterable[str] = (),
    attached: frozenset[str] | None = None,
) -> Checked:
    """Return what stands in the staff's `files` and all that is wrong with it.

    `kind` is the organisation's. Days are compared only where `today` is given. `overlooked` are names of files that
    nobody reads; `attached` those below `responses/files/`, None where nobody has looked. Conversation tests among the
    files are held against the content.
    """
    library, troubles = read_library(files)
    examples, more = read_examples(files)
    troubles += more
    intents = {example.intent for example in examples}
    troubles += (Trouble(Mark(name), "Y110", _why_overlooked(name)) for name in overlooked)
    troubles += check_texts(library, languages)
    troubles += check_desk(library, languages)
    texts = list(spoken(library))
    troubles += check_lengths(library, texts)
    troubles += check_promises(library, texts, kind)
    voting = {name for name in library.entries if is_voting(name, library)}
    for said in (text for text in texts if len(text.text) <= LONGEST_READ):
        troubles += check_days(said, today)
        troubles += check_plainly(said, is_voting=said.owner in voting)
    for form in library.forms.values():
        troubles += check_spans(form)
    for name, entry in library.entries.items():
        troubles += check_windows(name, entry, today)
    troubles += _references(library, topics)
    if attached is not None:
        troubles += _attached(library, attached)
    if intents:
        troubles += _reachable(library, intents, topics)
        troubles += _intents(library, examples, languages)
        troubles += _examples(examples, languages)
    troubles += check_private({name: raw for name, raw in files.items() if len(raw) <= MAX_BYTES})
    troubles += check_examples(examples)
    troubles += check_conversations(files, library, languages)
    return Checked(library, examples, sorted(_sure(set(troubles), library)))


def _sure(troubles: Iterable[Trouble], library: Library) -> Iterator[Trouble]:
    """Yield the mistakes themselves, without those that only follow from a file that could not be read."""
    return (trouble for trouble in troubles if library.is_whole or trouble.code not in _ABSENT)


def _why_overlooked(name: str) -> str:
    if not name.endswith(".yml"):
        return f"nobody reads this file: its name must end in .yml, like {name.rpartition('.')[0]}.yml"
    return "nobody reads this file: the places are responses/, responses/forms/ and intents/LANGUAGE/"


# --- references -------------------------------------------------------------------------------------------------------


def _references(library: Library, topics: tuple[str, ...]) -> Iterator[Trouble]:
    for name, entry in library.entries.items():
        yield from _to_entry(library, entry, ("go",), entry.spec.go)
        for number, button in enumerate(entry.spec.buttons):
            yield from _to_entry(library, entry, ("buttons", number, "go"), button.go)
        if entry.spec.form is not None and entry.spec.form not in {*library.forms, *library.broken}:
            hint = did_you_mean(entry.spec.form, library.forms)
            yield Trouble(entry.mark("form"), "R402", f"no form is called '{entry.spec.form}'.{hint}")
        yield from _circle(library, name, entry)
        yield from _circle_in_time(library, name, entry)
        yield from _below(library, entry)
        yield from _never(name, entry)
    yield from _teams(library)
    yield from _danger_words(library)
    for form in library.forms.values():
        done = form.spec.done
        yield from _asked_twice(form)
        yield from _to_text(library, form, ("done", "reply"), done.reply)
        for keys, outcome in done.others():
            yield from _to_text(library, form, ("done", *keys, "reply"), outcome.reply)
        yield from _to_text(library, form, ("brief",), form.spec.brief)
    yield from _keywords(library)
    missing = [name for name in REPLIES if name not in library.entries and name not in library.broken]
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
        if topic not in library.broken and (topic not in library.entries or not library.entry(topic).title):
            hint = did_you_mean(topic, library.entries)
            message = f"'conversation.topics' names '{topic}', which is no entry with a title.{hint}"
            yield Trouble(Mark("config.yaml"), "R406", message)


def _to_entry(
    library: Library, placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, name: str | None
) -> Iterator[Trouble]:
    if name is not None and name not in library.entries and name not in library.broken:
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


def _never(name: str, entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    """Yield what in the entry `name` leads nowhere, or is never said."""
    for number, button in enumerate(entry.spec.buttons):
        if button.go == name:
            yield Trouble(
                entry.mark("buttons", number, "go"), "R411", f"this button leads to '{name}', where it stands"
            )
    before: list[WhenSpec] = []
    for number, when in enumerate(entry.spec.when):
        wider = next((other for other in before if covers(other, when)), None)
        if wider is not None:
            other = _told(wider)
            message = f"never said: '{other}' above it fits first. Put the narrower condition above the wider"
            yield Trouble(entry.mark("when", number, "if", *_first_key(when)), "R412", message)
        before.append(when)
    for number, word in enumerate(entry.spec.keywords):
        if carrier_word(word) is not None and name not in REPLIES:
            message = f"'{word}' never comes here: the program itself answers words that stop, start or ask for help"
            yield Trouble(entry.mark("keywords", number), "R413", message)


def _told(when: WhenSpec) -> str:
    """Return the first condition of a wording as staff have written it."""
    key = _first_key(when)[0]
    return f"{key}: {getattr(when.condition, key)}" if key != "fact" else "fact"


def _first_key(when: WhenSpec) -> tuple[str, ...]:
    fields = type(when.condition).model_fields
    return tuple(key for key in fields if key in when.condition.model_fields_set)[:1]


def _circle_in_time(library: Library, name: str, entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    """Yield where what is said outside of a window is not there, has no text, or leads back."""
    seen, valid = [name], entry.spec.valid
    if valid is None or valid.then is None:
        return
    yield from _to_entry(library, entry, ("valid", "then"), valid.then)
    if valid.then in library.entries and library.entry(valid.then).text is None:
        message = f"'{valid.then}' is said in its place, and has no text of its own"
        yield Trouble(entry.mark("valid", "then"), "R403", message)
    then: str | None = valid.then
    while then is not None and then in library.entries:
        if then in seen:
            way = " -> ".join([*seen, then])
            yield Trouble(entry.mark("valid", "then"), "R404", f"'then' leads in a circle: {way}")
            return
        seen.append(then)
        after = library.entry(then).valid
        then = after.then if after is not None else None


def _below(library: Library, entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    """Yield what is wrong with the footer: the entry behind it holds one text and nothing else."""
    footer = entry.spec.footer
    if footer is None:
        return
    yield from _to_entry(library, entry, ("footer",), footer)
    if footer not in library.entries:
        return
    spec = library.entry(footer)
    if spec.text is None:
        yield Trouble(entry.mark("footer"), "R403", f"a footer is a text, and '{footer}' has none of its own")
        return
    more = [key for key in ("buttons", "needs", "when", "hand_off", "footer") if getattr(spec, key)]
    if more:
        also = " and ".join(f"'{key}'" for key in more)
        message = f"only the text of '{footer}' goes below another, and it has {also} too"
        yield Trouble(entry.mark("footer"), "R416", f"{message}. Make an entry for the footer alone")


def _attached(library: Library, attached: frozenset[str]) -> Iterator[Trouble]:
    for entry in library.entries.values():
        for number, name in enumerate(entry.spec.files):
            if name not in attached:
                hint = did_you_mean(name, attached)
                yield Trouble(entry.mark("files", number), "R417", f"there is no file responses/files/{name}.{hint}")


def _teams(library: Library) -> Iterator[Trouble]:
    named = [
        (entry.spec.hand_off.team, entry.mark("hand_off", "team"))
        for entry in library.entries.values()
        if entry.spec.hand_off is not None
    ]
    for form in library.forms.values():
        done = form.spec.done
        if done.hand_off is not None:
            named.append((done.hand_off.team, form.mark("done", "hand_off", "team")))
        for keys, outcome in done.others():
            if outcome.hand_off is not None:
                named.append((outcome.hand_off.team, form.mark("done", *keys, "hand_off", "team")))
    counts = Counter(team for team, _ in named)
    known = {*TEAMS, *(team for team, count in counts.items() if count > 1)}
    for team, mark in named:
        if team not in known and (hint := did_you_mean(team, known)):
            yield Trouble(mark, "R410", f"no other entry hands over to the team '{team}'.{hint}")


def _danger_words(library: Library) -> Iterator[Trouble]:
    first: dict[str, str] = {}
    for name, entry in library.entries.items():
        for number, words in enumerate(entry.spec.always):
            if (other := first.setdefault(" ".join(words.casefold().split()), name)) != name:
                message = f"the danger words '{words}' belong to '{other}' already, and one of the two must answer"
                yield Trouble(entry.mark("always", number), "R414", message)


def _asked_twice(form: Placed[FormSpec]) -> Iterator[Trouble]:
    seen: set[str] = set()
    for number, ask in enumerate(form.spec.ask):
        if ask.slot in seen:
            message = f"'{ask.slot}' is asked for above already; two questions need two names"
            yield Trouble(form.mark("ask", number, "slot"), "R415", message)
        seen.add(ask.slot)


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
        named |= {entry.spec.footer or "", (entry.spec.valid and entry.spec.valid.then) or ""}
    for form in library.forms.values():
        named |= {*form.spec.done.replies(), form.spec.brief or ""}
    for name, entry in library.entries.items():
        if name not in named and not entry.spec.keywords and not entry.spec.always:
            message = f"nothing leads to '{name}': no intent, keyword, button or form.{did_you_mean(name, intents)}"
            yield Trouble(entry.document.key_mark(entry.path), "R408", message)
    used = {entry.spec.form for entry in library.entries.values()}
    for name, form in library.forms.items():
        if name not in used:
            yield Trouble(form.document.key_mark(form.path), "R408", f"nothing leads to the form '{name}'")


# --- intents ----------------------------------------------------------------------------------------------------------


def _wording(text: str) -> str:
    """Return what two examples share that differ in case, accents, apostrophes and punctuation only."""
    letters = text.replace("'", "").replace("\u2019", "")
    if letters.isascii():
        return plain(letters) or text
    letters = unicodedata.normalize("NFKD", letters)
    return plain("".join(char for char in letters if not unicodedata.combining(char))) or text


def _intents(library: Library, examples: list[Example], languages: tuple[str, ...]) -> Iterator[Trouble]:
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
            yield Trouble(example.mark, "I502", f"'{example.text[:60]}' stands twice ({where})")
    places = {example.intent: example.mark for example in reversed(examples) if example.intent != OUT_OF_SCOPE}
    for intent, mark in places.items():
        if intent not in library.entries and intent not in library.broken:
            hint = did_you_mean(intent, library.entries)
            yield Trouble(mark, "R409", f"the intent '{intent}' has no entry in responses/.{hint}")
    taught = {language for _, language in counts}.intersection(languages)
    for intent, mark in places.items():
        for language in sorted(taught) if intent in library.entries else ():
            count = counts.get((intent, language), 0)
            if count < FEW_EXAMPLES:
                message = f"'{intent}' has {count} examples in '{language}'; {FEW_EXAMPLES} at least teach it"
                yield Trouble(mark, "I503", message)


def _examples(examples: list[Example], languages: tuple[str, ...]) -> Iterator[Trouble]:
    told: set[str] = set()
    for example in examples:
        if example.language not in languages and example.mark.file not in told:
            told.add(example.mark.file)
            message = f"the language '{example.language}' of this folder is not offered; expected {listed(languages)}"
            yield Trouble(Mark(example.mark.file), "I505", message)
        if len(example.text) > LONGEST_EXAMPLE:
            message = f"{len(example.text)} characters; an example is one message, {LONGEST_EXAMPLE} at most"
            yield Trouble(example.mark, "I506", message)
        if ("[" in example.text or "]" in example.text) and _BROKEN_MARK.search(example.text[:LONGEST_EXAMPLE]):
            message = f"a mark is broken in '{example.text[:60]}'; it is written like [Ohio](state)"
            yield Trouble(example.mark, "I504", message)
