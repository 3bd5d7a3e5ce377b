"""What voters would get: every wording of an entry on every channel and in every language, spoken by the voice itself.

A wording is made to be said by an entry that has no other, and by facts that hold as far as it rests on them. Everything
after that is what a voter's message goes through: `Voice.say`, and `fit` for the channel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.channel import Capabilities
from bot.content.entries import EntrySpec, FormSpec, WhenSpec
from bot.content.library import Library
from bot.content.samples import STATE, Supposed, slot_values
from bot.content.template import names_in
from bot.content.voice import NotSayable, Voice
from bot.engine.decision import Ask, AskYesNo, Decision, Disclose, Offer, Say, Step
from bot.engine.segments import Segments, segments
from bot.engine.thread import Asking, Thread
from bot.message import Button
from bot.ports import Facts, Said

Texts = Mapping[str, str | list[str]]
"""By language."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it reaches the phone. `cost` is None where the channel does not charge by segment."""

    text: str
    buttons: tuple[Button, ...]
    cost: Segments | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One wording on one channel in one language."""

    entry: str
    wording: str
    """Which of the entry's texts, in words: "text", "when state is known", "fallback", "asks for address"."""
    channel: str
    language: str
    bubbles: tuple[Bubble, ...]
    examples: tuple[str, ...] = ()
    """What in it is an example: nobody has checked it, no voter has given it."""
    is_said: bool = False
    """Whether a voter who asks now gets just this."""
    problem: str = ""
    """Why it cannot be said."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a preview is made of: `state` is the voter's, None where we do not know it."""

    voice: Voice
    facts: Facts
    now: datetime
    channels: Mapping[str, Capabilities]
    languages: Sequence[str]
    state: str | None = None
    topics: tuple[str, ...] = ()
    is_first: bool = False
    """The first answer of a thread, which says that a machine writes."""


@dataclass(frozen=True, slots=True)
class _Wording:
    label: str
    decisions: tuple[Decision, ...]
    texts: tuple[Texts, ...]
    spec: EntrySpec | None = None
    """The entry with this wording alone."""
    state: str | None = None
    turn: int = 1
    wanted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    aside: tuple[Asking, ...] = ()
    is_answer: bool = True
    """Whether a voter can get it at once; a form's later questions come after others."""


def known_names(library: Library) -> list[str]:
    """Return everything that can be previewed: entries, and forms that are called otherwise than any entry."""
    return [*library.entries, *(name for name in library.forms if name not in library.entries)]


def previews(name: str, asked: Asked) -> Iterator[Shown]:
    """Yield every wording of the entry or form `name`, in the order of the file, for each language and channel."""
    for wording in _wordings(name, asked):
        for language in asked.languages:
            for channel, can in asked.channels.items():
                yield _shown(name, wording, language, channel, can, asked)


def alike(rows: Sequence[Shown]) -> Iterator[list[Shown]]:
    """Yield the rows in groups that show the same on several channels."""
    left = list(rows)
    while left:
        first = left[0]
        same = [one for one in left if one is first or _looks(one) == _looks(first)]
        left = [one for one in left if one not in same]
        yield same


def _looks(one: Shown) -> tuple[object, ...]:
    return (*((bubble.text, bubble.buttons, bubble.cost) for bubble in one.bubbles), one.problem)


def cost_in_words(bubble: Bubble, price: float) -> str:
    """Return what a message costs: "2 segments, GSM-7, 2.4 cents"; nothing where it costs nothing."""
    if bubble.cost is None:
        return ""
    cost = bubble.cost
    many = f"{cost.count} segment{'' if cost.count == 1 else 's'}"
    why = f" because of {cost.culprit!r} (U+{ord(cost.culprit):04X})" if cost.culprit else ""
    return f"{many}, {cost.unit}{why}, {cost.count * price * 100:.1f} cents"


# --- which wordings there are -----------------------------------------------------------------------------------------


def _wordings(name: str, asked: Asked) -> Iterator[_Wording]:
    library = asked.voice.library
    if name not in library.entries:
        yield from _questions(name, library.forms[name].spec, asked)
        return
    spec = library.entry(name)
    if spec.go is not None:
        for wording in _wordings(spec.go, asked):
            yield replace(wording, label=f"goes to {spec.go}: {wording.label}")
    elif spec.form is not None:
        yield from _questions(spec.form, library.forms[spec.form].spec, asked)
    else:
        yield from _texts(name, spec, asked)


def _texts(name: str, spec: EntrySpec, asked: Asked) -> Iterator[_Wording]:
    said = _decisions(name, asked)
    for number, when in enumerate(spec.when, 1):
        # State and facts are supposed; a day, a channel or opening hours would only hold at times.
        condition = when.condition.model_copy(update={"day": None, "channel": None, "hours": None})
        alone = _alone(spec, [when.model_copy(update={"condition": condition})])
        given = when.condition.state
        place = given if given not in (None, "known") else asked.state or STATE
        state = place if when.condition.knows_state else asked.state
        yield _Wording(
            f"when {number}: {_condition(when)}",
            said,
            (when.text, when.sms, *_labels(spec)),
            alone,
            state,
            wanted=_wanted((when.text, when.sms), when.needs, when.condition.fact),
        )
    texts = spec.text or {}
    label = "text, with " + ", ".join(spec.needs) if spec.needs else "text"
    for turn in range(1, 1 + max((len(text) for text in texts.values() if isinstance(text, list)), default=1)):
        yield _Wording(
            label if turn == 1 else f"{label}, said the {_nth(turn)} time",
            said,
            (texts, spec.sms, *_labels(spec)),
            spec.model_copy(update={"when": [], "valid": None}),
            asked.state,
            turn,
            wanted=_wanted((texts, spec.sms), spec.needs, {}),
            aside=_put_aside(name, asked),
        )
    if spec.fallback:
        yield _Wording(
            "fallback",
            said,
            (spec.fallback, *_labels(spec)),
            state=asked.state,
            wanted=_wanted((spec.fallback,), (), {}),
            withheld=frozenset(need.removeprefix("fact.") for need in spec.needs),
        )


def _alone(spec: EntrySpec, when: list[WhenSpec]) -> EntrySpec:
    """Return the entry with these wordings alone, said on every day."""
    return spec.model_copy(update={"when": when, "needs": [], "valid": None})


def _decisions(name: str, asked: Asked) -> tuple[Decision, ...]:
    """Return how the engine has the entry said: some are questions of the conversation itself, with choices of their own."""
    first: tuple[Decision, ...] = (Disclose(),) if asked.is_first else ()
    match name:
        case "rephrase" | "did_you_mean":
            options = asked.topics if name == "rephrase" else asked.topics[:2]
            return (*first, Offer(options, "rephrase" if name == "rephrase" else "close"))
        case "ask_stop":
            return (*first, AskYesNo("stop"))
        case "ask_again":
            return (*first, AskYesNo("again"))
        case "ask_state":
            return (*first, AskYesNo("state"))
        case "ask_resume" if _put_aside(name, asked):
            return (*first, AskYesNo("resume"))
    return (*first, Say(name))


def _put_aside(name: str, asked: Asked) -> tuple[Asking, ...]:
    if name != "ask_resume":
        return ()
    forms = asked.voice.library.forms
    return tuple(Asking(form, one.spec.ask[0].slot, {}, asked.now) for form, one in [*forms.items()][:1])


def _questions(form: str, spec: FormSpec, asked: Asked) -> Iterator[_Wording]:
    first: tuple[Decision, ...] = (Disclose(),) if asked.is_first else ()
    for number, ask in enumerate(spec.ask):
        begins = first if number == 0 else ()
        yield _Wording(
            f"asks for {ask.slot}",
            (*begins, Ask(form, ask.slot, {})),
            (ask.prompt,),
            state=asked.state,
            is_answer=number == 0,
        )
        if ask.retry:
            again = Ask(form, ask.slot, {}, "retry")
            yield _Wording(f"asks for {ask.slot} again", (again,), (ask.retry,), state=asked.state, is_answer=False)
    if spec.confirm:
        right = Ask(form, "confirmation", {})
        yield _Wording("asks whether that is right", (right,), (spec.confirm,), state=asked.state, is_answer=False)


def _condition(when: WhenSpec) -> str:
    parts = [
        f"{key} is {value}" for key, value in when.condition.model_dump(exclude={"fact"}, exclude_unset=True).items()
    ]
    parts += [f"{name} is {value}" for name, value in when.condition.fact.items()]
    return ", ".join([*parts, *(f"with {need}" for need in when.needs)])


def _labels(spec: EntrySpec) -> Iterator[Texts]:
    for button in spec.buttons:
        yield button.label
        if button.url is not None:
            yield {"en": button.url}


def _wanted(texts: Iterable[Texts], needs: Iterable[str], decisive: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Return the facts that a wording rests on, with the fields that they must have."""
    wanted: dict[str, dict[str, str]] = {}
    for name in [*needs, *(name for one in texts for name in _names(one))]:
        root, _, rest = name.partition(".")
        if root in ("election", "hotline"):
            wanted.setdefault(name, {})
        elif root == "fact":
            wanted.setdefault(rest.partition(".")[0], {})
        elif root not in ("link", "org", "slot", "voter"):
            wanted.setdefault(root, {})
    for name, value in decisive.items():
        key, _, part = name.rpartition(".")
        wanted.setdefault(key, {})[part] = value
    return dict(wanted)


def _names(texts: Texts) -> Iterator[str]:
    for text in texts.values():
        for one in [text] if isinstance(text, str) else text:
            yield from names_in(one)[0]


def _nth(turn: int) -> str:
    return {2: "second", 3: "third"}.get(turn, f"{turn}th")


# --- saying them ------------------------------------------------------------------------------------------------------


def _shown(name: str, wording: _Wording, language: str, channel: str, can: Capabilities, asked: Asked) -> Shown:
    facts = Supposed(asked.facts, wording.wanted, wording.withheld)
    names = list(dict.fromkeys(name for texts in wording.texts for name in _names(texts)))
    state = wording.state or (STATE if "slot.state" in names else None)
    slots = slot_values(names, language)
    thread = Thread(
        0,
        channel,
        language,
        known={"state": state} if state else {},
        said={name: wording.turn},
        aside=wording.aside,
    )
    voice = asked.voice if wording.spec is None else _with(asked.voice, name, wording.spec)
    step = Step(thread, tuple(_filled(decision, slots) for decision in wording.decisions))
    try:
        said = voice.say(step, facts, can, asked.now)
    except NotSayable as error:
        return Shown(name, wording.label, channel, language, (), problem=str(error))
    own = {slot: value for slot, value in slots.items() if any(value in one.text for one in said)}
    examples = [*facts.used, *(f"slot.{slot}" for slot in own)]
    if state and not asked.state and wording.state is None:
        examples.append("slot.state")
    return Shown(
        name,
        wording.label,
        channel,
        language,
        tuple(Bubble(one.text, one.buttons, segments(one.text) if can.segments else None) for one in said),
        tuple(examples),
        is_said=wording.is_answer
        and not facts.used
        and _texts_of(said) == _said_now(wording, language, channel, can, asked),
    )


def _with(voice: Voice, name: str, spec: EntrySpec) -> Voice:
    """Return the voice with another entry of this name: the one that has a single wording."""
    library = voice.library
    target = name
    while (go := library.entry(target).go) is not None:
        target = go
    entries = {**library.entries, target: replace(library.entries[target], spec=spec)}
    return replace(voice, library=Library(entries, library.forms))


def _filled(decision: Decision, slots: Mapping[str, str]) -> Decision:
    match decision:
        case Say() | Ask() | AskYesNo():
            return replace(decision, slots=slots)
        case _:
            return decision


def _said_now(wording: _Wording, language: str, channel: str, can: Capabilities, asked: Asked) -> tuple[str, ...]:
    """Return what a voter who asks now gets: by the facts as they are, and by their state only where it was given."""
    known = {"state": asked.state} if asked.state else {}
    step = Step(Thread(0, channel, language, known=known, aside=wording.aside), wording.decisions)
    try:
        return _texts_of(asked.voice.say(step, asked.facts, can, asked.now))
    except NotSayable:
        return ()


def _texts_of(said: Iterable[Said]) -> tuple[str, ...]:
    return tuple(one.text for one in said)
