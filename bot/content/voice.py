"""Decisions into words: every text that a voter gets is rendered here, from reviewed content and live facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from babel import Locale
from babel.dates import format_datetime
from jinja2 import UndefinedError

from bot.channel import Capabilities
from bot.content.conditions import fits, last_moment, window
from bot.content.entries import AskSpec, ButtonSpec, EntrySpec, FormSpec, Wordings
from bot.content.library import Library
from bot.content.signed import Links
from bot.content.template import rendered, spoken_date
from bot.engine.decision import Ask, AskYesNo, Disclose, HandOff, List, Offer, Purpose, Relay, Say, Step
from bot.engine.fit import Draft, fit
from bot.engine.gate import CONFIRM_WITHIN
from bot.engine.hours import Hours
from bot.engine.playbook import LANGUAGE_CHOICE, LANGUAGE_QUESTION
from bot.engine.thread import Choosing, Thread
from bot.message import Button
from bot.official import Fact, LinkOnly, Why
from bot.ports import CASE_NUMBER, ORG_FIELDS, Facts, Organisation, Said

_TODAY_FROM_MINUTES = 120
"""A wait longer than this is told as "today"."""
YES_NO = {"yes": "affirm", "no": "deny"}
_ONLY_A_TEXT: Final[Mapping[str, object]] = {
    "files": [],
    "sms": {},
    "when": [],
    "needs": [],
    "buttons": [],
    "valid": None,
    "footer": None,
    "does": "help",
}


class NotSayable(Exception):
    """A text needs a value that nobody has; `bot check` finds this before it serves."""


@dataclass(frozen=True, slots=True)
class _Draft(Draft):
    """A draft that knows which facts its shorter text says; those of the longer one stand in its `Said`."""

    short_facts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Names:
    """The names that a text may use, resolved when it uses them, with the facts that were."""

    facts: Facts
    organisation: Organisation
    state: str | None
    slots: Mapping[str, str]
    now: datetime
    year: int
    language: str
    channel: str
    hours: Hours
    foreign: Callable[[tuple[str, ...]], str]
    """Says that a page is in another language."""
    used: list[Fact] = field(default_factory=list)
    frozen: bool = False
    """A fact that a wording needed is frozen: what is said in its place says so."""
    plain: bool = False
    """Links stand alone: on a button there is no room for words about them."""

    def tree(self) -> dict[str, object]:
        shown = dict(self.slots)
        if self.state is not None:
            shown["state"] = self.facts.state_name(self.state)
        return {
            "org": {name: getattr(self.organisation, name) for name in ORG_FIELDS},
            "slot": shown,
            "link": _Official(self._link),
            "hotline": _Official(lambda language: self._said(f"hotline.{language}")),
            "election": _Official(lambda name: self._said(f"election.{name}")),
            "fact": _Official(lambda key: _Official(lambda name: self._said(key, name))),
            "voter": {"first_name": shown.get("name", "").split(" ")[0]},
            "_language": self.language,
            "_year": self.year,
        }

    def has(self, need: str) -> bool:
        """Return whether what a text needs may be said now."""
        return need.startswith("link.") or self.asked(need.removeprefix("fact.")) is not None

    def is_open(self) -> bool:
        """Return whether people answer now."""
        return self.hours.is_open(self.now)

    def election_today(self) -> Fact | None:
        """Return the day of the election that is held in the voter's state today."""
        return self._sayable(self.facts.election_today(self.state, self.now))

    def taken(self) -> tuple[Fact, ...]:
        """Return the facts used since this was last asked, each once."""
        taken = tuple({fact.id: fact for fact in self.used}.values())
        self.used.clear()
        return taken

    def asked(self, key: str) -> Fact | None:
        """Return the fact `key` if it may be said now."""
        return self._sayable(self.facts.say(self.state, key, self.now))

    def _sayable(self, said: Fact | LinkOnly) -> Fact | None:
        if isinstance(said, LinkOnly):
            self.frozen = self.frozen or said.reason == Why.FROZEN
            return None
        return said

    def _link(self, key: str) -> str:
        fact = self.facts.link(key, self.state)
        told = any(one.id.startswith("link:") and self.language not in one.languages for one in self.used)
        self.used.append(fact)
        if self.plain or told or self.language in fact.languages:
            return fact.value
        return f"{fact.value} {self.foreign(fact.languages)}"

    def _said(self, key: str, part: str = "") -> str:
        fact = self.asked(key)
        value = None if fact is None else fact.fields.get(part or self.language, fact.value if not part else None)
        if fact is None or value is None:
            raise KeyError(key)
        self.used.append(fact)
        return value


@dataclass(frozen=True, slots=True)
class _Official:
    """Facts by name, as Jinja asks for them."""

    find: Callable[[str], object]

    def __getitem__(self, key: str) -> object:
        return self.find(key)


@dataclass(frozen=True, slots=True)
class Voice:
    """One version of the content, ready to speak."""

    library: Library
    organisation: Organisation
    languages: tuple[str, ...]
    hours: Hours
    usual_wait_minutes: int = 10
    version: int = 0
    links: Links | None = None
    """Makes the links to files; without it none are shown."""

    def say(self, step: Step, facts: Facts, can: Capabilities, now: datetime) -> tuple[Said, ...]:
        """Return the messages of `step`, in order, in the form of a channel that can do `can`."""
        return tuple(part for said, draft in self._spoken(step, facts, now) for part in _fitted(said, draft, can))

    def phrase(self, name: str, language: str, slots: Mapping[str, str], facts: Facts, now: datetime) -> str:
        """Return the text of the entry `name` outside of any thread; in the first language where `language` is not offered."""
        spoken = language if language in self.languages else self.languages[0]
        return self._entry(name, Thread(0, "", spoken), facts, now, slots)[1].text

    def _spoken(self, step: Step, facts: Facts, now: datetime) -> Iterator[tuple[Said, Draft]]:
        disclosed = False
        calls = any(isinstance(decision, HandOff) for decision in step.decisions)
        listed: List | None = None
        for decision in step.decisions:
            match decision:
                case Disclose():
                    disclosed = True
                    continue
                case List():
                    listed = decision
                    continue
                case Say() | Ask() | Offer() | AskYesNo():
                    spoken = _naming_case(decision) if calls else decision
                    said, draft = self._one(spoken, step.thread, facts, now)
                    if isinstance(decision, Say) and _asks_something_else(step.thread):
                        draft = replace(draft, numbered=False)
                case Relay():
                    said, draft = self._relayed(decision, step.thread, facts, now)
                case _:
                    continue
            if listed:
                draft = self._with_list(listed, draft, step.thread, facts, now)
                listed = None
            if disclosed:
                draft = self._with_disclosure(said, draft, step.thread, facts, now)
                disclosed = False
            yield said, draft

    def _one(
        self, decision: Say | Ask | Offer | AskYesNo, thread: Thread, facts: Facts, now: datetime
    ) -> tuple[Said, Draft]:
        match decision:
            case Say():
                return self._said(decision, thread, facts, now)
            case Ask():
                return self._question(decision, thread, facts, now)
            case Offer():
                name = "rephrase" if decision.why == "rephrase" else "did_you_mean"
                said, draft = self._entry(name, thread, facts, now)
                buttons = tuple(
                    Button(self._word(self.library.entry(option).title, thread.language), f"go:{option}")
                    for option in decision.options
                )
                return said, replace(draft, buttons=buttons)
            case AskYesNo():
                slots = dict(decision.slots)
                if decision.kind == "resume":
                    ask = _ask_of(self.library.forms[thread.aside[-1].form].spec, thread.aside[-1].slot)
                    slots["label"] = self._word(ask.label, thread.language) if ask else ""
                said, draft = self._entry(f"ask_{decision.kind}", thread, facts, now, slots)
                return replace(said, asks="confirmation"), self._with_yes_no(draft)

    def _said(self, say: Say, thread: Thread, facts: Facts, now: datetime) -> tuple[Said, _Draft]:
        """Return an entry with what goes below it."""
        said, draft = self._entry(say.entry, thread, facts, now, say.slots, say.purpose, asks=say.asks)
        if not say.footer:
            return said, draft
        told, below = self._entry(say.footer, thread, facts, now)
        short = f"{draft.short}\n{below.short or below.text}" if draft.short else ""
        draft = replace(draft, text=f"{draft.text}\n{below.text}", short=short)
        draft = replace(draft, short_facts=(*draft.short_facts, *told.facts))
        return replace(said, facts=tuple(dict.fromkeys((*said.facts, *told.facts)))), draft

    def _entry(
        self,
        name: str,
        thread: Thread,
        facts: Facts,
        now: datetime,
        slots: Mapping[str, str] | None = None,
        purpose: Purpose = Purpose.ANSWER,
        *,
        asks: bool = True,
    ) -> tuple[Said, _Draft]:
        name, spec = self._in_force(name, now, asks=asks)
        slots = slots or {}
        if spec.hand_off is not None and "case" not in slots:  # said anew, after its case was opened
            slots = {**slots, "case": CASE_NUMBER}
        names = self._names(thread, facts, now, slots, waits="case" in slots or name in WAITS)
        text, short = self._wording(spec, name, thread, names)
        decisive = names.taken()
        buttons = tuple(
            self._button(button, thread.language, names, name)
            for button in spec.buttons
            if asks or not self._leads_to_ask(button.go, now)
        )
        buttons += self._files(spec, thread, now)
        if name == LANGUAGE_QUESTION:
            buttons = (*buttons, *_language_buttons(self.languages))
        on_buttons = names.taken()
        names.used += decisive
        long, in_text = self._with_source(self._rendered(text, names, name), names)
        names.used += decisive
        brief, in_brief = self._with_source(self._rendered(short, names, name), names) if short else ("", ())
        draft = _Draft(
            text=long,
            short=brief,
            buttons=buttons,
            numbered=name != LANGUAGE_QUESTION,
            language=thread.language,
            short_facts=_ids(in_brief, on_buttons),
        )
        leaves_by = last_moment(window(spec, self.hours.zone))
        if purpose is Purpose.CONFIRM_STOP:
            leaves_by = (thread.heard_at or now) + CONFIRM_WITHIN
        said = Said(
            text="",
            who="bot",
            purpose=purpose,
            entry=name,
            language=thread.language,
            facts=_ids(in_text, on_buttons),
            content_version=self.version,
            leaves_by=leaves_by,
            has_case=slots.get("case") == CASE_NUMBER,
        )
        return said, draft

    def _files(self, spec: EntrySpec, thread: Thread, now: datetime) -> tuple[Button, ...]:
        """Return a link to each file; without an address of our own only our own page can follow one."""
        if self.links is None or not (self.links.base or thread.channel == "web"):
            return ()
        return tuple(Button(name.rpartition("/")[2], url=self.links.to(name, now)) for name in spec.files)

    def _in_force(self, name: str, now: datetime, *, asks: bool = True) -> tuple[str, EntrySpec]:
        """Return the entry that is said at `now` in the place of `name`, and what of it.

        Outside of its window that is its `then`, or its fallback alone; the fallback too where it `asks` and may not.
        """
        spec = self.library.entry(name)
        while not (valid := window(spec, self.hours.zone)).is_open(now) and valid.then is not None:
            name = valid.then
            spec = self.library.entry(name)
        if not valid.is_open(now) or (spec.does == "ask" and not asks and spec.fallback):
            spec = spec.model_copy(update={"text": dict(spec.fallback), **_ONLY_A_TEXT})
        return name, spec

    def _leads_to_ask(self, name: str | None, now: datetime) -> bool:
        while name is not None and (go := self.library.entry(name).go) is not None:
            name = go
        return name is not None and self._in_force(name, now)[1].does == "ask"

    def _wording(self, spec: EntrySpec, name: str, thread: Thread, names: _Names) -> tuple[str, str]:
        if not all(names.has(need) for need in spec.needs):
            return self._word(spec.fallback, thread.language), ""
        texts, shorts = spec.text or {}, spec.sms
        for when in spec.when:
            if (decisive := fits(when, names)) is not None:
                names.used += decisive  # what decided counts as said
                texts, shorts = when.text, when.sms
                break
        return self._turn(texts, name, thread), self._word(shorts, thread.language) if shorts else ""

    def _with_source(self, text: str, names: _Names) -> tuple[str, tuple[Fact, ...]]:
        """Return a text with the line that says when and where its facts were checked, or that one is being changed."""
        facts = names.taken()
        checked = [fact for fact in facts if fact.checked_on is not None and fact.page]
        if checked:
            oldest = min(checked, key=lambda fact: fact.checked_on or date.max)
            link = oldest.page
            if names.language not in oldest.languages:
                link = f"{link} {names.foreign(oldest.languages)}"
            day = spoken_date(str(oldest.checked_on), names.language, names.year)
            return f"{text}\n{self._aside('fact_checked', names, {'day': day, 'link': link})}", facts
        if names.frozen:
            return f"{text}\n{self._aside('fact_frozen', names, {})}", facts
        return text, facts

    def _aside(self, name: str, names: _Names, slots: Mapping[str, str]) -> str:
        """Return a phrase of the program's own that goes beside a text."""
        words = self.library.entry(name).text or {}
        text = words.get(names.language) or words[self.languages[0]]
        return self._rendered(text if isinstance(text, str) else text[0], replace(names, slots=slots, used=[]), name)

    def _turn(self, texts: Wordings, name: str, thread: Thread) -> str:
        text = texts.get(thread.language) or texts[self.languages[0]]
        if isinstance(text, str):
            return text
        return text[(thread.said.get(name, 1) - 1) % len(text)]

    def _question(self, ask: Ask, thread: Thread, facts: Facts, now: datetime) -> tuple[Said, Draft]:
        form = self.library.forms[ask.form].spec
        spec = _ask_of(form, ask.slot)
        names = self._names(thread, facts, now, ask.slots)
        language = thread.language
        prompt = form.confirm if spec is None else (spec.retry or spec.prompt) if ask.how == "retry" else spec.prompt
        text = self._rendered(self._word(prompt, language), names, ask.form)
        if ask.how == "back":
            label = self._word(spec.label, language) if spec else ""
            _, back = self._entry("back_to_form", thread, facts, now, {"label": label})
            text = f"{back.text} {text}"
        draft = Draft(text=text, language=language)
        if spec is None or spec.type == "yes_no":
            draft = self._with_yes_no(draft)
        elif spec.options:
            options = tuple(Button(self._word(option.label, language), option.name) for option in spec.options)
            draft = replace(draft, buttons=options)
        said = Said(
            text="",
            who="bot",
            purpose=Purpose.ANSWER,
            entry=ask.form,
            asks=ask.slot,
            language=language,
            facts=_ids(names.taken()),
            content_version=self.version,
        )
        return said, draft

    def _relayed(self, relay: Relay, thread: Thread, facts: Facts, now: datetime) -> tuple[Said, Draft]:
        text = relay.text
        if relay.introduce:
            _, hello = self._entry("desk_introduction", thread, facts, now, {"name": relay.name})
            text = f"{hello.text} {text}"
        said = Said(
            text="",
            who=relay.who,
            purpose=Purpose.PERSON,
            language=thread.language,
            content_version=self.version,
            hold_until=relay.hold_until,
        )
        return said, Draft(text=text, language=thread.language)

    def _with_list(self, listed: List, draft: Draft, thread: Thread, facts: Facts, now: datetime) -> Draft:
        titles = [self._word(self.library.entry(name).title, thread.language) for name in listed.entries]
        if not all(titles):
            return draft
        _, lead = self._entry("two_requests", thread, facts, now, {"first": titles[0], "second": titles[1]})
        short = f"{lead.short or lead.text}\n{draft.short}" if draft.short else ""
        return replace(draft, text=f"{lead.text}\n{draft.text}", short=short)

    def _with_disclosure(self, said: Said, draft: Draft, thread: Thread, facts: Facts, now: datetime) -> Draft:
        _, hello = self._entry("disclosure", thread, facts, now)
        pair = [hello.text, draft.text]
        if said.purpose is Purpose.CRISIS:
            pair.reverse()  # help first
        short = f"{hello.short or hello.text} {draft.short}" if draft.short else ""
        return replace(draft, text="\n".join(pair), short=short)

    def _with_yes_no(self, draft: Draft) -> Draft:
        buttons = tuple(
            Button(self._word(self.library.entry(entry).title, draft.language), payload)
            for payload, entry in YES_NO.items()
        )
        return replace(draft, buttons=buttons, numbered=False)

    def _button(self, spec: ButtonSpec, language: str, names: _Names, where: str) -> Button:
        label = self._word(spec.label, language)
        if spec.url is not None:
            names.plain = True
            url = self._rendered(spec.url, names, where)
            names.plain = False
            return Button(label, url=url)
        return Button(label, payload=f"go:{spec.go}")

    def _names(
        self, thread: Thread, facts: Facts, now: datetime, slots: Mapping[str, str], *, waits: bool = False
    ) -> _Names:
        state = slots.get("state") or thread.known.get("state")
        if waits:
            slots = {**slots, "wait": self._wait(thread, facts, now)}
        names = _Names(
            facts,
            self.organisation,
            state,
            slots,
            now=now,
            year=now.astimezone(self.hours.zone).year,
            language=thread.language,
            channel=thread.channel,
            hours=self.hours,
            foreign=lambda languages: self._aside(
                "page_language", names, {"label": _called(languages[0], thread.language)}
            ),
        )
        return names

    def _wait(self, thread: Thread, facts: Facts, now: datetime) -> str:
        if self.hours.is_open(now):
            if self.usual_wait_minutes > _TODAY_FROM_MINUTES:
                return self._entry("wait_today", thread, facts, now)[1].text
            return self._entry("wait_minutes", thread, facts, now, {"minutes": str(self.usual_wait_minutes)})[1].text
        opening = self.hours.next_opening(now)
        if opening is None:
            return self._entry("wait_today", thread, facts, now)[1].text
        pattern = "EEEE HH:mm" if thread.language == "es" else "EEEE h:mm a"
        told = format_datetime(opening, pattern, tzinfo=self.hours.zone, locale=thread.language)
        return self._entry("wait_opening", thread, facts, now, {"opening": told.replace("\u202f", " ")})[1].text

    def _word(self, words: Mapping[str, str], language: str) -> str:
        return words.get(language) or words.get(self.languages[0], "")

    def _rendered(self, text: str, names: _Names, where: str) -> str:
        try:
            return rendered(text, names.tree())
        except UndefinedError as error:
            raise NotSayable(f"'{where}': {error.message}") from error


def _ids(*facts: tuple[Fact, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.id for some in facts for fact in some))


def _called(language: str, spoken: str) -> str:
    """Return what a language is called in another: "inglés"."""
    return Locale.parse(language).get_display_name(spoken) or language


WAITS = frozenset(
    {"handed_off", "media_unread", "already_waiting", "language_not_offered", "apology", "speak_to_human"}
)


def _naming_case(decision: Say | Ask | Offer | AskYesNo) -> Say | Ask | Offer | AskYesNo:
    """Return what is said in a step that calls people, able to name the case that is opened with it."""
    if not isinstance(decision, Say):
        return decision
    return replace(decision, slots={**decision.slots, "case": CASE_NUMBER})


def _language_buttons(languages: tuple[str, ...]) -> tuple[Button, ...]:
    """Return a button for each offered language, in its own name: whoever looks for it may read no other."""
    names = {language: Locale.parse(language).get_display_name(language) or language for language in languages}
    return tuple(
        Button(name[:1].upper() + name[1:], f"{LANGUAGE_CHOICE}{language}") for language, name in names.items()
    )


def _asks_something_else(thread: Thread) -> bool:
    """Return whether "1" answers an open question and would pick none of an entry's choices."""
    return thread.question is not None and not (
        isinstance(thread.question, Choosing) and thread.question.kind == "entry"
    )


def _ask_of(form: FormSpec, slot: str) -> AskSpec | None:
    """Return the question for `slot`; None for the confirmation."""
    return next((ask for ask in form.ask if ask.slot == slot), None)


def _fitted(said: Said, draft: Draft, can: Capabilities) -> Iterator[Said]:
    if isinstance(draft, _Draft) and can.segments and draft.short:
        said = replace(said, facts=tuple(dict.fromkeys(draft.short_facts)))
    for part in fit(draft, can):
        yield replace(said, text=part.text, buttons=part.buttons)
