"""`bot preview`: what voters would get, on every channel and in every language, with segments, cost and buttons."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import click

from bot.channel import CAPABILITIES
from bot.cli.shared import Failed, WrongUse, json_line, right_files, settings
from bot.config import Config
from bot.content.preview import Asked, Shown, alike, cost_in_words, known_names, previews
from bot.content.trouble import did_you_mean, listed


@click.command("preview")
@click.argument("entry", required=False)
@click.option("--channel", "channels", multiple=True, type=click.Choice(list(CAPABILITIES)), help="Only this channel.")
@click.option("--language", "languages", multiple=True, help="Only this language.")
@click.option("--state", help="As for a voter who votes in this state, like OH.")
@click.option("--first", is_flag=True, help="As the first answer of a thread: it also says that a machine writes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def preview_command(
    entry: str | None,
    channels: tuple[str, ...],
    languages: tuple[str, ...],
    state: str | None,
    *,
    first: bool,
    as_json: bool,
) -> None:
    """Show an entry as voters would get it: every wording, channel and language, with segments, cost and buttons.

    Without a name all entries and forms are shown. What stands under `when` or in `fallback` is shown too, with examples
    where nobody has checked the fact; a * marks what a voter who asks now gets.

    \b
    Examples:
      bot preview voting_hours
      bot preview voting_hours --channel sms --language es --state OH
      bot preview --json > preview.jsonl
    """
    config = settings()
    asked = _asked(config, channels, languages, state, first=first)
    known = known_names(asked.voice.library)
    if entry is not None and entry not in {*known, *asked.voice.library.forms}:
        raise Failed(
            f"No entry or form is called '{entry}'.{did_you_mean(entry, known)} 'bot preview' shows all of them."
        )
    shown = [one for name in ([entry] if entry else known) for one in previews(name, asked)]
    price = config.settings.sms.price_per_segment
    if as_json:
        for one in shown:
            json_line(as_row(one, price))
    else:
        for line in _lines(shown, asked, price):
            click.echo(line)
        _sum_up(shown, price)
    if any(one.problem for one in shown):
        raise Failed


def _asked(
    config: Config, channels: Sequence[str], languages: Sequence[str], state: str | None, *, first: bool
) -> Asked:
    from bot.app import now, voice_of
    from bot.civic.facts import OfficialFacts
    from bot.cli.facts import the_place
    from bot.official import NATION

    for language in languages:
        if language not in config.languages:
            raise WrongUse(f"'{language}' is not offered to voters; offered are {listed(config.languages)}.")
    place = the_place(state) if state else None
    if place == NATION:
        raise WrongUse("US is no state: say one like OH.")
    voice = voice_of(config, right_files(config, examples=False))
    return Asked(
        voice=voice,
        facts=OfficialFacts(config.is_practice, _records(config)),
        now=now(),
        channels={name: can for name, can in CAPABILITIES.items() if not channels or name in channels},
        languages=[one for one in config.languages if not languages or one in languages],
        state=place,
        topics=tuple(config.settings.conversation.topics),
        is_first=first,
    )


def _records(config: Config) -> Any:
    """Return what staff have checked, by the database; nothing where there is none yet, which is not made for a look."""
    from bot.cli.shared import the_store
    from bot.official import FactRecords

    if config.is_embedded and not any(config.folder.glob("*.sqlite3")):
        return FactRecords()
    return the_store(config).facts.records()


# --- in the terminal --------------------------------------------------------------------------------------------------


def _lines(shown: list[Shown], asked: Asked, price: float) -> Iterator[str]:
    """Yield the lines for people; channels that show the same are told together."""
    for name, of_entry in groupby(shown, lambda one: one.entry):
        title = asked.voice.library.entries[name].spec.title if name in asked.voice.library.entries else {}
        yield f"{name}{': ' + ' / '.join(title.values()) if title else ''}"
        for wording, of_wording in groupby(of_entry, lambda one: one.wording):
            rows = list(of_wording)
            yield f"  {'*' if any(one.is_said for one in rows) else ' '} {wording}"
            if examples := dict.fromkeys(example for one in rows for example in one.examples):
                yield f"      with examples for {', '.join(examples)}"
            for _, of_language in groupby(rows, lambda one: one.language):
                for same in alike(list(of_language)):
                    yield from _one(same, price)
        yield ""


def _one(same: list[Shown], price: float) -> Iterator[str]:
    first = same[0]
    where = f"      {first.language}  {', '.join(one.channel for one in same)}"
    if first.problem:
        yield f"{where}: cannot be said: {first.problem}"
        return
    for number, bubble in enumerate(first.bubbles):
        lead = where if number == 0 else f"{'':10}then"
        told = cost_in_words(bubble, price)
        yield f"{lead}: {told}" if told else lead
        for line in bubble.text.splitlines():
            yield f"          | {line}"
        for button in bubble.buttons:
            yield f"          [{button.label}]{' ' + button.url if button.url else ''}"


def _sum_up(shown: list[Shown], price: float) -> None:
    counts = [(sum(bubble.cost.count for bubble in one.bubbles if bubble.cost), one) for one in shown]
    most, longest = max(counts, key=lambda pair: pair[0], default=(0, None))
    if longest is not None and most:
        of = f"{longest.entry} ({longest.wording}, {longest.language})"
        click.echo(f"The longest text message is {of}: {most} segments, {most * price * 100:.1f} cents.", err=True)


# --- for programs -----------------------------------------------------------------------------------------------------


def as_row(one: Shown, price: float) -> dict[str, Any]:
    """Return one wording on one channel in one language as it is printed for programs."""
    costs = [bubble.cost for bubble in one.bubbles if bubble.cost]
    count = sum(cost.count for cost in costs) if costs else None
    return {
        "entry": one.entry,
        "wording": one.wording,
        "said_now": one.is_said,
        "channel": one.channel,
        "language": one.language,
        "messages": [
            {
                "text": bubble.text,
                "buttons": [{"label": button.label, "url": button.url or None} for button in bubble.buttons],
                "segments": bubble.cost.count if bubble.cost else None,
                "encoding": bubble.cost.unit if bubble.cost else None,
                "culprit": (bubble.cost.culprit or None) if bubble.cost else None,
            }
            for bubble in one.bubbles
        ],
        "segments": count,
        "dollars": None if count is None else round(count * price, 6),
        "examples": list(one.examples),
        "problem": one.problem or None,
    }
