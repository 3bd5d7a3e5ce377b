"""Check the staff's texts one by one: every language, known names that have a value, no literal fact."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.content.entries import DoneSpec, EntrySpec, FormSpec, OutcomeSpec
from bot.content.library import Library, Placed
from bot.content.template import FILTERS, names_in, needed_in
from bot.content.trouble import Trouble, did_you_mean, listed
from bot.content.voice import WAITS
from bot.official import ELECTION_FIELDS, FACT_KINDS, HOTLINES, SPOKEN_NAMES
from bot.ports import LINK_KEYS, LOOK_UP_SLOTS, ORG_FIELDS

VOTING = frozenset(
    """
    register_to_vote check_registration registration_deadline voter_eligibility polling_place voting_hours early_voting
    mail_ballot ballot_status voter_id sample_ballot ride_to_polls voting_accessibility voting_problem rumor_check
    election_results not_voting
    """.split()
)
"""The intents about voting: what is said to them is official or a link, never a literal."""
_NONE: frozenset[str] = frozenset()
_SLOT_OF = {
    # a reply of the program's own -> the slots that it fills in there
    "ask_resume": ("label",),
    "ask_state": ("state",),
    "back_to_form": ("label",),
    "case_closed": ("case",),
    "case_resolved": ("case",),
    "case_unknown": ("case",),
    "case_waiting": ("case", "wait"),
    "case_with_person": ("case",),
    "desk_introduction": ("name",),
    "fact_checked": ("day", "link"),
    "page_language": ("label",),
    "private_only": ("link",),
    "two_requests": ("first", "second"),
    "wait_minutes": ("minutes",),
    "wait_opening": ("opening",),
}
_CALLED = ("wait", "case")
"""What is known where people are called: how soon one answers, and the number of the case."""
_SLOTS_ALWAYS = frozenset({*_CALLED, "state", *(slot for slots in _SLOT_OF.values() for slot in slots)})
_FEWEST_WORDS_OF_A_COPY = 3
_SOMETIMES = ("slot.", "hotline.", "fact.", "election.")
_NEEDED = _SOMETIMES[1:]
"""Names that have a value only where somebody has told it, or where it may be said."""
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_LITERALS = (
    (re.compile(r"https?://\S+|\b(?:[\w-]+\.)+(?:gov|org|com|net|us|vote)\b", re.IGNORECASE), "a web address"),
    (re.compile(r"\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b1?\d{10}\b|\b\d{3}-[A-Z]{3}-[A-Z]{4}\b"), "a phone number"),
    (re.compile(r"\b\d{1,2}(?::\d{2})?\s?(?:[ap]\.?\s?m\b\.?)|\b\d{1,2}:\d{2}\b", re.IGNORECASE), "a time of day"),
    (
        re.compile(
            rf"\b{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?!\w)"
            r"|\b\d{1,2}\s+de\s+(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
            r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b",
            re.IGNORECASE,
        ),
        "a date",
    ),
)
_STATUS = re.compile(
    r"\b(?:our|the|public|voting) records (?:show|say|indicate)|\byou have(?: not|n['\u2019]t) voted"
    r"|(?<!whether )(?<!where )(?<!if )\byou are (?:not )?registered\b"
    r"|\b(?:nuestros|los) registros (?:muestran|dicen|indican)|\busted (?:no )?(?:ha votado|está registrad[oa])\b",
    re.IGNORECASE,
)
_STATUS_HINTS = ("ecord", "egistr", "voted", "votado", "ECORD", "EGISTR", "VOTED", "VOTADO")
_GAP_SIGN = re.compile(r"[\[<_?TFXl]")
_ONE_BRACE = re.compile(r"(?<!\{)\{\s*(\w+\.\w+)\s*\}(?!\})")
_GAP = re.compile(
    r"\[[A-Z][^\]\[a-z]{2,60}\]|<[A-Z][A-Z _]{2,60}>|\b(?:TODO|TBD|FIXME|XXX+)\b|\blorem ipsum\b|_{3,}|\?\?\?"
)
Keys = tuple[str | int, ...]
_EMERGENCY = re.compile(r"\b(?:911|988)\b")


def check_texts(library: Library, languages: tuple[str, ...]) -> Iterator[Trouble]:
    """Yield what is wrong with the texts of all entries and forms."""
    slots = (
        _SLOTS_ALWAYS
        | frozenset(LOOK_UP_SLOTS)
        | {ask.slot for form in library.forms.values() for ask in form.spec.ask}
    )
    filled = _filled_by_forms(library)
    for name, entry in library.entries.items():
        yield from _languages(entry, ("text",), entry.spec.text, languages, name)
        about_voting = is_voting(name, library)
        for keys, text in _entry_texts(entry.spec):
            yield from _names(entry, keys, text, slots)
            yield from _unfinished(entry, keys, text)
            yield from _valued(entry, keys, text, filled.get(name, _NONE) | _filled_by_us(name, entry.spec, keys))
            if about_voting:
                yield from _literals(entry, keys, text)
        for need_number, need in enumerate(entry.spec.needs):
            yield from _need(entry, ("needs", need_number), need)
        for number, button in enumerate(entry.spec.buttons):
            yield from _languages(entry, ("buttons", number, "label"), button.label, languages, name)
        for number, when in enumerate(entry.spec.when):
            for need_number, need in enumerate(when.needs):
                yield from _need(entry, ("when", number, "needs", need_number), need)
            yield from _condition(entry, ("when", number, "if", "fact"), when.condition.fact)
            yield from _languages(entry, ("when", number, "text"), when.text, languages, name)
            yield from _languages(entry, ("when", number, "sms"), when.sms or None, languages, name)
        yield from _translations(entry)
        for keys, text in _plain_texts(entry.spec):
            yield from _no_names(entry, keys, text)
        for key in ("title", "fallback", "sms"):
            yield from _languages(entry, (key,), getattr(entry.spec, key) or None, languages, name)
    for name, form in library.forms.items():
        about_voting = any(library.entry(intent).form == name for intent in VOTING & library.entries.keys())
        yield from _form_texts(name, form, slots, languages, about_voting=about_voting)


def _form_texts(
    name: str, form: Placed[FormSpec], slots: frozenset[str], languages: tuple[str, ...], *, about_voting: bool
) -> Iterator[Trouble]:
    texts: list[tuple[Keys, Mapping[str, str]]] = [(("confirm",), form.spec.confirm)]
    for number, ask in enumerate(form.spec.ask):
        texts += [(("ask", number, key), getattr(ask, key)) for key in ("label", "prompt", "retry")]
        texts += [(("ask", number, "options", at, "label"), option.label) for at, option in enumerate(ask.options)]
    for keys, words in texts:
        yield from _languages(form, keys, words or None, languages, name)
        before = form.spec.ask[: int(keys[1])] if keys[0] == "ask" else form.spec.ask
        filled = _slots(ask.slot for ask in before if keys == ("confirm",) or not ask.also)
        if keys[0] == "ask" and form.spec.ask[int(keys[1])].on_request:
            filled |= _slots(LOOK_UP_SLOTS)
        for language, text in words.items():
            if keys[-1] == "label":
                yield from _no_names(form, (*keys, language), text)
                continue
            yield from _names(form, (*keys, language), text, slots)
            yield from _unfinished(form, (*keys, language), text)
            yield from _valued(form, (*keys, language), text, filled)
            if about_voting:
                yield from _literals(form, (*keys, language), text)


def _entry_texts(spec: EntrySpec) -> Iterator[tuple[Keys, str]]:
    groups: list[tuple[Keys, Mapping[str, str | list[str]]]] = [
        (("text",), spec.text or {}),
        (("sms",), dict(spec.sms)),
        (("fallback",), dict(spec.fallback)),
    ]
    for number, when in enumerate(spec.when):
        groups += [(("when", number, "text"), when.text), (("when", number, "sms"), dict(when.sms))]
    for keys, texts in groups:
        for language, text in texts.items():
            if isinstance(text, str):
                yield (*keys, language), text
            else:
                yield from (((*keys, language, number), variant) for number, variant in enumerate(text))
    for number, button in enumerate(spec.buttons):
        if button.url is not None:
            yield ("buttons", number, "url"), button.url


def _plain_texts(spec: EntrySpec) -> Iterator[tuple[Keys, str]]:
    """Yield what is shown as it stands: titles and the labels of buttons."""
    for language, text in spec.title.items():
        yield ("title", language), text
    for number, button in enumerate(spec.buttons):
        yield from ((("buttons", number, "label", language), text) for language, text in button.label.items())


def _languages(
    placed: Placed[EntrySpec] | Placed[FormSpec],
    keys: Keys,
    texts: Mapping[str, object] | None,
    languages: tuple[str, ...],
    name: str,
) -> Iterator[Trouble]:
    if texts is None:
        return
    for language in languages:
        if language not in texts:
            message = f"'{name}' has no text in '{language}' here (languages offered: {', '.join(languages)})"
            yield Trouble(placed.mark(*keys), "V120", message)
    for language in texts:
        if language not in languages:
            message = f"'{language}' is not among the languages offered ({', '.join(languages)})"
            yield Trouble(placed.mark(*keys, language), "V121", message)


def _names(
    placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, text: str, slots: frozenset[str]
) -> Iterator[Trouble]:
    names, misuses = names_in(text)
    every = _known_names(slots)
    mark = placed.mark(*keys)
    for misuse in misuses:
        code = "V103" if misuse.name else "V101"
        message = f"{misuse.what} '{misuse.name}'.{did_you_mean(misuse.name, FILTERS)}" if misuse.name else misuse.what
        yield Trouble(mark, code, message)
    for name in names:
        if name not in every:
            yield Trouble(mark, "V102", f"unknown name '{name}'.{did_you_mean(name, every)}")


@lru_cache(maxsize=8)
def _known_names(slots: frozenset[str]) -> tuple[str, ...]:
    known = {
        "org": ORG_FIELDS,
        "link": LINK_KEYS,
        "slot": tuple(sorted(slots)),
        "voter": ("first_name",),
    }
    return (*(f"{root}.{field}" for root, fields in known.items() for field in fields), *SPOKEN_NAMES)


def _unfinished(placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, text: str) -> Iterator[Trouble]:
    """Yield what a voter would read as it stands, and was never meant to."""
    if "{" in text and (found := _ONE_BRACE.search(text)):
        message = f"'{found[0]}' is shown as it stands; a name has two braces on each side: {{{{ {found[1]} }}}}"
        yield Trouble(placed.mark(*keys), "V106", message)
    if _GAP_SIGN.search(text) and (found := _GAP.search(text)):
        yield Trouble(placed.mark(*keys), "V107", f"'{found[0]}' is a gap that somebody meant to fill; write it out")
    if any(hint in text for hint in _STATUS_HINTS) and (found := _STATUS.search(text)):
        message = f"'{found[0]}': nobody here knows whether a voter is registered or has voted; give the official link"
        yield Trouble(placed.mark(*keys), "F302", message)


def _translations(entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    """Yield where one language says the same words as another, or leaves out a link that another has."""
    spec = entry.spec
    groups: list[tuple[Keys, Mapping[str, str | list[str]]]] = [
        (("text",), spec.text or {}),
        (("sms",), dict(spec.sms)),
    ]
    groups += [(("when", number, "text"), when.text) for number, when in enumerate(spec.when)]
    for keys, texts in groups:
        whole = {language: text if isinstance(text, str) else "\n".join(text) for language, text in texts.items()}
        links = {language: _links(text) for language, text in whole.items()}
        for number, (language, text) in enumerate(whole.items()):
            twin = next((other for other in list(whole)[:number] if _is_copy(text, whole[other])), None)
            if twin is not None:
                message = f"the text in '{language}' is the one in '{twin}', word for word; translate it"
                yield Trouble(entry.mark(*keys, language), "V122", message)
            for name in sorted(set().union(*links.values()) - links[language]):
                message = f"another language has {name} here, and '{language}' has not; its voters need it too"
                yield Trouble(entry.mark(*keys, language), "V123", message)


def _links(text: str) -> set[str]:
    names = names_in(text)[0]
    return {f"{{{{ {name} }}}}" for name in names if name.startswith("link.")} | {
        "a hotline" for name in names if name.startswith("hotline.")
    }


def _is_copy(text: str, other: str) -> bool:
    if text.split() != other.split():
        return False
    return len(re.findall(r"[^\W\d_]+", re.sub(r"\{\{[^{}]*\}\}", "", text))) >= _FEWEST_WORDS_OF_A_COPY


def _no_names(placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, text: str) -> Iterator[Trouble]:
    if "{{" in text or "{%" in text:
        yield Trouble(placed.mark(*keys), "V105", "a title or label is shown as it stands: no braces in it")


def _valued(
    placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, text: str, filled: frozenset[str]
) -> Iterator[Trouble]:
    """Yield the names that have no value when this text is said: it could not be said at all then."""
    names, misuses = names_in(text)
    needed = set() if misuses else needed_in(text).intersection(names) - filled
    for name in sorted(name for name in needed if name.startswith(_SOMETIMES)):
        out = f"Name {_need_of(name)!r} under 'needs'" if name.startswith(_NEEDED) else "Leave it out"
        message = f"'{name}' may have no value here. {out}, or say what stands in its place: {name} | default('...')"
        yield Trouble(placed.mark(*keys), "V104", message)


def _filled_by_us(name: str, spec: EntrySpec, keys: Keys) -> frozenset[str]:
    """Return the names that surely have a value in the entry `name`; a state only where it is the condition."""
    slots = [*_SLOT_OF.get(name, ())]
    if spec.hand_off is not None or name in WAITS:
        slots += _CALLED
    needs = [] if keys[0] == "fallback" else [*spec.needs]
    if keys[0] == "when":
        when = spec.when[int(keys[1])]
        slots += ["state"] if when.condition.knows_state else []
        needs += ["election.day"] if when.condition.day == "election" else []
        needs += [*when.needs, *(fact.rpartition(".")[0] for fact in when.condition.fact)]
    return _slots(slots) | {name for need in needs for name in _named_by(need)}


def _named_by(need: str) -> Iterable[str]:
    """Return the names in a text to which a need gives a value: all fields of a fact, or itself."""
    kind = FACT_KINDS.get(need.removeprefix("fact."))
    return [need] if kind is None else [f"fact.{need.removeprefix('fact.')}.{part}" for part in kind.fields]


def _need_of(name: str) -> str:
    """Return under which word of 'needs' a name gets a value."""
    return name.split(".")[1] if name.startswith("fact.") else name


def _filled_by_forms(library: Library) -> dict[str, frozenset[str]]:
    """Return for each entry that forms end in the slots that all of them have asked for by then."""
    found: dict[str, frozenset[str]] = {}
    for form in library.forms.values():
        done = form.spec.done
        sure = _slots(ask.slot for ask in form.spec.ask if not ask.also and not ask.on_request)
        sure |= _slots(LOOK_UP_SLOTS) if done.do is not None else _NONE
        ends: list[DoneSpec | OutcomeSpec] = [done, *(outcome for _, outcome in done.others())]
        for end in ends:
            if end.reply is not None:
                told = sure if end.hand_off is None else sure | _slots(_CALLED)
                found[end.reply] = found.get(end.reply, told) & told
    return found | {form.spec.brief: _NONE for form in library.forms.values() if form.spec.brief}


def _slots(names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"slot.{name}" for name in names)


NEEDS = (
    *FACT_KINDS,
    *(f"election.{name}" for name in ELECTION_FIELDS),
    *(f"hotline.{language}" for language in HOTLINES),
    *(f"link.{key}" for key in LINK_KEYS),
)
"""What 'needs' may name."""


def _need(entry: Placed[EntrySpec], keys: Keys, need: str) -> Iterator[Trouble]:
    if need.removeprefix("fact.") not in NEEDS:
        yield Trouble(entry.mark(*keys), "V102", f"unknown name '{need}'.{did_you_mean(need, NEEDS)}")


def _condition(entry: Placed[EntrySpec], keys: Keys, conditions: Mapping[str, str]) -> Iterator[Trouble]:
    """Yield what is wrong with the facts that a wording is tied to: they must exist and can have that value."""
    every = {f"{key}.{part}": words for key, kind in FACT_KINDS.items() for part, words in kind.fields.items()}
    for name, value in conditions.items():
        words = every.get(name)
        if words is None:
            yield Trouble(entry.mark(*keys, name), "V102", f"unknown name '{name}'.{did_you_mean(name, every)}")
        elif isinstance(words, tuple) and value not in words:
            message = f"'{name}' is '{value}'; expected {listed(words)}.{did_you_mean(value, words)}"
            yield Trouble(entry.mark(*keys, name), "K204", message)


def _literals(entry: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, text: str) -> Iterator[Trouble]:
    bare = re.sub(r"\{\{.*?\}\}", "", _EMERGENCY.sub("", text))
    for pattern, what in _LITERALS:
        if found := pattern.search(bare):
            message = f"{what} stands in a voting answer: '{found[0]}'. Use a name like {{{{ link.polling_place }}}}"
            yield Trouble(entry.mark(*keys), "F301", message)


def is_voting(name: str, library: Library) -> bool:
    if name in VOTING:
        return True
    for intent in VOTING & library.entries.keys():
        valid = library.entry(intent).valid
        if valid is not None and valid.then == name:
            return True
        form = library.forms.get(library.entry(intent).form or "")
        if form is None:
            continue
        if name in (*form.spec.done.replies(), form.spec.brief):
            return True
    return False
