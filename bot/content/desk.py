"""Replies for volunteers: found by name, their blanks filled in, shown as they will be sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.entries import DeskSpec
from bot.content.library import Library, Placed
from bot.content.template import FILTERS, names_in, rendered
from bot.content.trouble import Trouble, did_you_mean
from bot.ports import ORG_FIELDS, Organisation

LONGEST_BLANK = 200


class NotFilled(Exception):
    """A blank is left empty, or holds what it may not; the message says which."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank: what a volunteer is asked, and the answers to choose from; any where there are none."""

    name: str
    ask: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskReply:
    """One reply of `responses/desk.yml`."""

    name: str
    title: str
    texts: Mapping[str, str]
    """Language -> template."""
    blanks: tuple[Blank, ...]
    organisation: Organisation

    def is_like(self, wanted: str) -> bool:
        """Return whether every word that is looked for stands in its name, title or texts."""
        heap = " ".join((self.name.replace("_", " "), self.title, *self.texts.values())).casefold()
        return all(word in heap for word in wanted.casefold().replace("_", " ").split())

    def text(self, language: str, given: Mapping[str, str]) -> str:
        """Return the text as a voter will read it; raise `NotFilled` where a blank is not filled rightly.

        In another language than those that are offered it is the first one.
        """
        filled = {blank.name: _value(blank, given.get(blank.name, "")) for blank in self.blanks}
        return self._rendered(language, filled)

    def preview(self, language: str) -> str:
        """Return the text with its blanks shown as such."""
        return self._rendered(language, {blank.name: f"[{blank.ask}]" for blank in self.blanks})

    def _rendered(self, language: str, filled: Mapping[str, str]) -> str:
        text = self.texts.get(language) or next(iter(self.texts.values()))
        org = {name: getattr(self.organisation, name) for name in ORG_FIELDS}
        return rendered(text, {"org": org, "fill": filled, "_language": language, "_year": 0})


def _value(blank: Blank, typed: str) -> str:
    value = " ".join(typed.split())
    if not value:
        raise NotFilled(f"'{blank.ask}' is still to be filled in.")
    if blank.options and value not in blank.options:
        raise NotFilled(f"'{blank.ask}' takes one of these: {', '.join(blank.options)}.")
    if len(value) > LONGEST_BLANK:
        raise NotFilled(f"'{blank.ask}' takes {LONGEST_BLANK} characters at most.")
    return value


def desk_replies(library: Library, organisation: Organisation) -> dict[str, DeskReply]:
    """Return the volunteers' replies by name, in the order of the file."""
    return {name: _reply(name, placed.spec, organisation) for name, placed in library.desk.items()}


def _reply(name: str, spec: DeskSpec, organisation: Organisation) -> DeskReply:
    blanks = tuple(Blank(key, blank.ask, tuple(blank.one_of or ())) for key, blank in spec.fill.items())
    return DeskReply(name, spec.title or name.replace("_", " ").capitalize(), spec.text, blanks, organisation)


# --- checking ---------------------------------------------------------------------------------------------------------


def check_desk(library: Library, languages: tuple[str, ...]) -> Iterator[Trouble]:
    """Yield what is wrong with the volunteers' replies: languages, names, blanks that nobody sees."""
    for name, reply in library.desk.items():
        yield from _languages(name, reply, languages)
        known = [f"org.{field}" for field in ORG_FIELDS] + [f"fill.{blank}" for blank in reply.spec.fill]
        for language, text in reply.spec.text.items():
            mark = reply.mark("text", language)
            names, misuses = names_in(text)
            for misuse in misuses:
                hint = did_you_mean(misuse.name, FILTERS) if misuse.name else ""
                what = f"{misuse.what} '{misuse.name}'." if misuse.name else misuse.what
                yield Trouble(mark, "V103" if misuse.name else "V101", f"{what}{hint}")
            for used in names:
                if used not in known:
                    yield Trouble(mark, "V102", f"unknown name '{used}'.{did_you_mean(used, known)}")
            for blank in reply.spec.fill:
                if f"fill.{blank}" not in names:
                    message = f"'{blank}' is filled in and stands nowhere in the text in '{language}'"
                    yield Trouble(reply.mark("fill", blank), "V124", f"{message}: write {{{{ fill.{blank} }}}} there")


def _languages(name: str, reply: Placed[DeskSpec], languages: tuple[str, ...]) -> Iterator[Trouble]:
    for language in languages:
        if language not in reply.spec.text:
            message = f"'{name}' has no text in '{language}' here (languages offered: {', '.join(languages)})"
            yield Trouble(reply.mark("text"), "V120", message)
    for language in reply.spec.text:
        if language not in languages:
            message = f"'{language}' is not among the languages offered ({', '.join(languages)})"
            yield Trouble(reply.mark("text", language), "V121", message)
