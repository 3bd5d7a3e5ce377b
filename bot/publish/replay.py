"""Yesterday's questions against another version: which answers would differ, and what that costs by text message.

Each question is put to both versions in the same way, in a fresh thread that knows the voter's language and state. Where the
older version would not give the answer that was given (a form was open, a person had spoken), the entry that was said is
compared as it stands. No voter's text is kept or shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channel import Capabilities
from bot.engine.decision import Say, Step
from bot.engine.heard import Words
from bot.engine.rules import decide
from bot.engine.segments import segments
from bot.engine.thread import Thread
from bot.message import Reading
from bot.ports import Facts
from bot.store.log import Answered
from bot.work.think import Content

_MOST_SHOWN = 30
_GONE = "(nothing: there is no such entry)"


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one version says: which entries, in which words, in how many segments."""

    entries: tuple[str, ...]
    text: str
    segments: int


class Replay:
    """Asks both versions; counts what differs. `can` names the channels; others are read like the web."""

    def __init__(
        self, before: Content, after: Content, facts: Facts, now: datetime, can: Mapping[str, Capabilities]
    ) -> None:
        self._before, self._after = before, after
        self._facts = facts
        self._now = now
        self._can = can
        self._known: dict[Answered, tuple[_Turn, _Turn]] = {}
        self._differ: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        self.asked = 0
        self.segments_before = self.segments_after = 0

    def ask(self, question: Answered) -> None:
        """Put one question to both versions."""
        before, after = self._answers(question)
        self.asked += 1
        if before.text != after.text:
            self._differ[question.entries[0], question.language][before.text, after.text] += 1
        if question.channel == "sms":
            self.segments_before += before.segments
            self.segments_after += after.segments

    @property
    def differ(self) -> int:
        """Return how many questions would be answered otherwise."""
        return sum(sum(texts.values()) for texts in self._differ.values())

    def lines(self) -> Iterator[str]:
        """Yield the findings, what concerns most messages first."""
        yield f"{self.asked} question{'' if self.asked == 1 else 's'} replayed: {self.differ} would be answered otherwise."
        rows = sorted(self._differ.items(), key=lambda row: (-sum(row[1].values()), row[0]))
        for (entry, language), texts in rows[:_MOST_SHOWN]:
            ((before, after), _), *others = texts.most_common()
            count = sum(texts.values())
            yield f"{entry} ({language}), {count} message{'' if count == 1 else 's'}:"
            yield f"  before: {_indented(before)}"
            yield f"  after:  {_indented(after)}"
            if others:
                yield f"  (and {len(others)} more wordings)"
        if len(rows) > _MOST_SHOWN:
            yield f"... and {len(rows) - _MOST_SHOWN} more entries"
        change = self.segments_after - self.segments_before
        yield f"SMS segments: {self.segments_before} before, {self.segments_after} after ({change:+})"

    def _answers(self, question: Answered) -> tuple[_Turn, _Turn]:
        if question not in self._known:
            before, after = self._decided(self._before, question), self._decided(self._after, question)
            if before is None or after is None or before.entries != question.entries:
                before, after = (self._rendered(content, question) for content in (self._before, self._after))
            self._known[question] = before, after
        return self._known[question]

    def _decided(self, content: Content, question: Answered) -> _Turn | None:
        """Return what a version answers in a fresh thread, or None where it cannot."""
        heard = Words(question.text, Reading(question.intent, question.confidence), self._now)
        try:
            return self._said(content, decide(self._thread(question), heard, content.book, self._now), question)
        except Exception:  # noqa: BLE001 -- one odd text must not end the replay of ten thousand
            return None

    def _rendered(self, content: Content, question: Answered) -> _Turn:
        """Return the entries that were said, as a version says them outside of any thread."""
        spoken = [self._entry(content, name, question) for name in question.entries]
        return _Turn(question.entries, "\n".join(one.text for one in spoken), sum(one.segments for one in spoken))

    def _entry(self, content: Content, name: str, question: Answered) -> _Turn:
        try:
            return self._said(content, Step(self._thread(question), (Say(name),)), question)
        except Exception:  # noqa: BLE001 -- an entry that is gone, or that opens a form
            return _Turn((name,), _GONE if name not in content.book.entries else "", 0)

    def _thread(self, question: Answered) -> Thread:
        known = {"state": question.state} if question.state else {}
        return Thread(0, question.channel, question.language, language_sure=True, known=known, disclosed_at=self._now)

    def _said(self, content: Content, step: Step, question: Answered) -> _Turn:
        can = self._can.get(question.channel, Capabilities(max_chars=4000, buttons=True))
        said = content.voice.say(step, self._facts, can, self._now)
        entries: Sequence[str] = list(dict.fromkeys(one.entry for one in said if one.entry))
        texts = [" ".join([one.text, *(f"[{button.label}]" for button in one.buttons)]) for one in said]
        return _Turn(tuple(entries), "\n".join(texts), sum(segments(one.text).count for one in said))


def _indented(text: str) -> str:
    return text.replace("\n", f"\n{'':10}")
