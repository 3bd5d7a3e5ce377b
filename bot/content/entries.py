"""The shape of `responses/`: entries, forms, volunteers' replies. `docs/staff.md` explains each key to staff."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.content.trouble import listed
from bot.content.types import (
    Count,
    DangerWords,
    FileName,
    Language,
    Moment,
    Name,
    Span,
    Spec,
    StateCode,
    Text,
    Until,
    YesNo,
)
from bot.engine.fields import SLOT_TYPES
from bot.ports import LOOK_UP_OUTCOMES

LookUpOutcome = Literal[
    "found",
    "found_many",
    "found_notice",
    "mail_only",
    "mail_only_dropoff",
    "early_only",
    "several",
    "several_listed",
    "no_address",
    "not_posted",
    "unread",
    "nothing",
    "down",
    "election_day",
    "missing",
]
assert LookUpOutcome.__args__ == LOOK_UP_OUTCOMES  # type: ignore[attr-defined]
SlotType = Literal["us_address", "zip", "state", "phone", "email", "date", "yes_no", "choice", "number", "name", "text"]
assert SlotType.__args__ == SLOT_TYPES  # type: ignore[attr-defined]

Words = dict[Language, Text]
Wordings = dict[Language, Text | Annotated[list[Text], Field(min_length=1)]]
"""One text a language, or several that are said in turn."""


class ButtonSpec(Spec):
    """A choice beside a text: it leads to another entry, or to a link."""

    label: Words
    go: Name | None = None
    url: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.go is None) == (self.url is None):
            raise ValueError("a button has either 'go' (an entry) or 'url' (a link)")
        return self


class HandOffSpec(Spec):
    """Which people take the thread, and how soon."""

    team: Name = "general"
    priority: Literal["normal", "urgent"] = "normal"


class ValidSpec(Spec):
    """From when until when an entry is said, local to the desk's zone, and which entry is said outside of that."""

    since: Moment | None = Field(default=None, alias="from")
    until: Until | None = None
    """The first moment at which it is no longer said; a day without a time counts to its end."""
    then: Name | None = None

    @model_validator(mode="after")
    def _an_end(self) -> Self:
        if self.since is None and self.until is None:
            raise ValueError("'valid' has 'from', 'until' or both")
        return self


class ConditionSpec(Spec):
    """When a wording is said: all that is named here must hold."""

    state: StateCode | None = None
    """One state, or 'known' for whichever it is."""
    day: Literal["election"] | None = None
    """The day of an election in the voter's state, in all of it, by a record that staff have entered."""
    channel: Literal["sms", "telegram", "web", "whatsapp", "messenger", "email"] | None = None
    hours: Literal["open", "closed"] | None = None
    """Whether people answer at that moment (`desk.hours`)."""
    fact: dict[Text, Text] = {}
    """Facts that are checked and say just this: `voter_id.asked: "no"`."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("'if' names a condition: state, day, channel, hours or fact")
        return self

    @property
    def knows_state(self) -> bool:
        """Whether it can hold only where the voter's state is known."""
        return self.state is not None or self.day is not None or bool(self.fact)


class WhenSpec(Spec):
    """Another wording under a condition; the first that fits, and whose `needs` may be said, is said."""

    condition: ConditionSpec = Field(alias="if")
    needs: list[Text] = []
    text: Wordings
    sms: Words = {}


class EntrySpec(Spec):
    """What the bot says and does for one intent or named reply."""

    title: Words = {}
    keywords: list[Text] = []
    owner: Text | None = None
    always: list[DangerWords] = []
    needs: list[Text] = []
    fallback: Words = {}
    when: list[WhenSpec] = []
    text: Wordings | None = None
    sms: Words = {}
    buttons: list[ButtonSpec] = []
    form: Name | None = None
    go: Name | None = None
    hand_off: HandOffSpec | None = None
    does: Literal["help", "ask", "thank"] = "help"
    valid: ValidSpec | None = None
    files: list[FileName] = []
    """Files below responses/files/: each is a link beside the text, good for a week."""
    footer: Name | None = None
    """An entry whose text goes below this one: once a day in a thread, and never in one with trouble."""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        given = [key for key in ("text", "form", "go") if getattr(self, key) is not None]
        if len(given) != 1:
            found = " and ".join(f"'{key}'" for key in given) or "none of them"
            raise ValueError(f"an entry has exactly one of 'text', 'form' or 'go'; here is {found}")
        if self.needs and not self.fallback:
            raise ValueError("an entry with 'needs' says in 'fallback' what is said without them")
        if self.files and self.text is None:
            raise ValueError("'files' stand beside a 'text'")
        if self.go is not None and (self.valid is not None or self.footer is not None):
            raise ValueError("an entry with 'go' says nothing itself: 'valid' and 'footer' belong where it leads to")
        return self


class OptionSpec(Spec):
    """One option of a choice."""

    name: Name
    label: Words


class AskSpec(Spec):
    """One question of a form."""

    slot: Name
    type: SlotType
    also: list[SlotType] = []
    label: Words
    """What is asked for, in mid-sentence: "your address"."""
    prompt: Words
    retry: Words = {}
    options: list[OptionSpec] = []
    tries: Count = 2
    on_request: YesNo = False
    """Asked only where an outcome of the look-up asks for it."""
    said_first: YesNo = False
    """What the voter wrote to get here is the answer, unless it was no more than "I have a complaint"."""

    @model_validator(mode="after")
    def _options_for_choices(self) -> Self:
        if (self.type == "choice") != bool(self.options):
            raise ValueError("'options' belong to a question of the type 'choice', and only there")
        if self.said_first and self.type != "text":
            raise ValueError("'said_first' belongs to a question of the type 'text', and only there")
        return self


class OutcomeSpec(Spec):
    """What is said and who is called when something was not found; or what is asked for instead, once."""

    reply: Name | None = None
    hand_off: HandOffSpec | None = None
    ask: Name | None = None


class DoneSpec(Spec):
    """What a filled form leads to."""

    do: Literal["look_up_polling_place"] | None = None
    reply: Name | None = None
    not_found: OutcomeSpec | None = None
    outcomes: dict[LookUpOutcome, OutcomeSpec] = {}
    hand_off: HandOffSpec | None = None

    def others(self) -> Iterator[tuple[tuple[str, ...], OutcomeSpec]]:
        """Yield every outcome but the first, with its keys."""
        if self.not_found is not None:
            yield ("not_found",), self.not_found
        yield from ((("outcomes", name), outcome) for name, outcome in self.outcomes.items())

    def replies(self) -> list[str]:
        """Return the entries that are said at the end."""
        named = (self.reply, *(outcome.reply for _, outcome in self.others()))
        return [name for name in named if name is not None]

    @model_validator(mode="after")
    def _outcomes_of_a_look_up(self) -> Self:
        if self.outcomes and self.do is None:
            raise ValueError("'outcomes' are those of a look-up: without 'do' nothing is looked up")
        return self


class FormSpec(Spec):
    """Questions in order, and what their answers lead to."""

    expires: dict[Name, Span] = {}
    keep: Span | None = None
    ask: list[AskSpec] = Field(min_length=1)
    confirm: Words = {}
    done: DoneSpec
    brief: Name | None = None

    @model_validator(mode="after")
    def _asks_what_it_asks(self) -> Self:
        known = [ask.slot for ask in self.ask]
        for keys, outcome in self.done.others():
            if outcome.ask is not None and outcome.ask not in known:
                where = ".".join(("done", *keys, "ask"))
                raise ValueError(
                    f"'{where}' is '{outcome.ask}', which this form does not ask for; expected {listed(known)}"
                )
        return self


class BlankSpec(Spec):
    """One blank of a volunteer's reply: what is asked of the volunteer, and which answers there are if not any."""

    ask: Text
    one_of: Annotated[list[Text], Field(min_length=1)] | None = None


class DeskSpec(Spec):
    """A reply that only volunteers send. Its texts may name `org.FIELD` and `fill.BLANK`."""

    title: Text | None = None
    """What volunteers find it by, beside its name."""
    owner: Text | None = None
    text: Words
    fill: dict[Name, BlankSpec] = {}
