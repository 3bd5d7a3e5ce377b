"""`bot doctor`: every setting, secret, database, model and provider: ok, or what to do."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import click
from sqlalchemy.exc import DatabaseError

from bot.app import StartError, now, open_channels, open_database, open_polling, today
from bot.channel import CanListen, CanMend, CanProbe, SendError, Tools
from bot.civic.due import due, looked_after
from bot.civic.facts import OfficialFacts
from bot.cli.presence import NoPresence, presence_of
from bot.cli.shared import Failed, WrongUse, unreachable
from bot.config import Config, ConfigError, PollingService, RasaSecrets, SlackSecrets, load
from bot.content.check import Checked, check
from bot.content.files import staff_files
from bot.content.trouble import Severity, has_errors
from bot.official import Fact
from bot.publish.files import judged
from bot.store import versions
from bot.store.facts import FactShelf
from bot.store.schema import check as check_database
from bot.store.schema import current
from bot.store.stops import stopped_by_providers
from bot.work.send import MANY_STOPS

_RASA_WAYS_OUT = {
    "no_line": "is it running, and is RASA_URL right?",
    "status_401": "RASA_TOKEN is not the one of its --auth-token",
    "status_409": "it runs without a model: start it with -m",
    "time_out": "it is too slow: is its machine busy, or is something else at RASA_URL?",
}
_POLLING_WAYS_OUT = {
    "refused": "the key is wrong, or used up for today; docs/setup/polling-place.md",
    "no_line": "can this machine reach it?",
    "too_many": "asked too often; voters get the official link until it answers again",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and the way out where it is not well."""

    about: str
    state: Literal["ok", "note", "fixed", "wrong"]
    says: str


@click.command("doctor")
@click.option("--online", is_flag=True, help="Also ask the providers how they see us.")
@click.option("--fix", is_flag=True, help="With --online: set at the providers what is not as we want it.")
def doctor_command(online: bool, fix: bool) -> None:
    """Look at every setting, secret, database, model and provider, and say what to do.

    \b
    Examples:
      bot doctor
      bot doctor --online
      bot doctor --online --fix
    """
    if fix and not online:
        raise WrongUse("--fix changes what the providers hold, so it needs --online: bot doctor --online --fix")
    wrong = 0
    for finding in _findings(online, fix):
        mark = {"ok": "ok   ", "note": "note ", "fixed": "FIXED", "wrong": "WRONG"}[finding.state]
        click.echo(f"{mark}  {finding.about:14} {finding.says}")
        wrong += finding.state == "wrong"
    if wrong:
        raise Failed(f"{wrong} to mend.")


def _findings(online: bool, fix: bool) -> Iterator[Finding]:
    try:
        config = load()
    except ConfigError as error:
        yield Finding("settings", "wrong", str(error).replace("\n", f"\n{'':22}"))
        return
    yield Finding("settings", "ok", f"config.yaml in {config.home}; staff files in {config.staff}")
    for look in (
        _organisation,
        _files,
        _database,
        _content,
        _stops,
        _facts,
        _redis,
        _understanding,
        _rasa,
        _polling,
        _twilio,
        _telegram,
        _slack,
        _port,
    ):
        yield look(config)
    if online:
        yield from _providers(config, fix)


def _checked(config: Config) -> Checked:
    """Return the staff's files as `bot check` sees them, without the conversation tests."""
    topics = tuple(config.settings.conversation.topics)
    return check(
        staff_files(config.staff), config.languages, topics, kind=config.organisation.kind, today=today(config)
    )


def _organisation(config: Config) -> Finding:
    name = config.settings.organisation.name
    if config.is_practice:
        return Finding("organisation", "note", f"{name}, the shipped example: practice mode, test_addresses only")
    return Finding("organisation", "ok", f"{name} ({config.settings.organisation.kind})")


def _files(config: Config) -> Finding:
    found = _checked(config)
    errors = [trouble for trouble in found.troubles if trouble.severity is Severity.ERROR]
    if errors:
        return Finding("staff files", "wrong", f"{len(errors)} mistakes, first: {errors[0]}; 'bot check' names all")
    said = f"{len(found.library.entries)} entries, {len(found.examples)} examples, {len(found.troubles)} warnings"
    return Finding("staff files", "ok", said)


def _content(config: Config) -> Finding:
    """Say what is in service, and whether the files of this folder are that."""
    try:
        placed = versions.in_service(open_database(config))
    except (StartError, DatabaseError):
        placed = None
    if placed is None:
        return Finding("content", "note", "nothing is in service yet; 'bot run' or 'bot publish' puts the files there")
    said = f"version {placed.version} is in service ({placed.how} by {placed.actor})"
    if judged(config, today(config)).is_version(placed):
        return Finding("content", "ok", f"{said}: the files here")
    return Finding("content", "note", f"{said}; the files here are others: bot publish --dry-run")


def _database(config: Config) -> Finding:
    kind = "SQLite" if config.is_embedded else "PostgreSQL"
    try:
        database = open_database(config)
        with database.reading() as connection:
            if current(connection) is None:
                return Finding("database", "note", f"{kind}, still empty; 'bot run' or 'bot db upgrade' makes it")
    except StartError as error:
        return Finding("database", "wrong", str(error))
    except DatabaseError as error:
        return Finding("database", "wrong", f"{kind}: {unreachable(error)}")
    if wrong := check_database(database):
        return Finding("database", "wrong", "; ".join(wrong))
    return Finding("database", "ok", f"{kind}, schema and triggers")


def _stops(config: Config) -> Finding:
    """Say how many stops of the last hour passed us by (C15)."""
    try:
        with open_database(config).reading() as connection:
            count = stopped_by_providers(connection, now() - timedelta(hours=1))
    except (StartError, DatabaseError):
        return Finding("stops", "note", "none to count yet")
    if count > MANY_STOPS:
        said = f"{count} voters of the last hour had stopped at the provider only: is the webhook set? is a list stale?"
        return Finding("stops", "wrong", said)
    return Finding("stops", "ok", f"{count} of the last hour that only a provider told us of")


def _facts(config: Config) -> Finding:
    """Say how many facts may be said now, and how many need a look within a fortnight."""
    try:
        records = FactShelf(open_database(config)).records()
    except (StartError, DatabaseError):
        return Finding("facts", "note", "none is checked yet; voters get official links")
    facts = OfficialFacts(config.is_practice, records)
    said = sum(isinstance(facts.say(state, key, now()), Fact) for state, key in records.checks)
    soon = len(due(facts, looked_after(facts), now(), timedelta(14)))
    told = f"{said} checked facts are said; without one voters get the official link"
    return Finding("facts", "note" if soon else "ok", f"{told}. {soon} need a look: 'bot facts due'" if soon else told)


def _redis(config: Config) -> Finding:
    if not config.redis_url:
        state: Literal["ok", "note"] = "ok" if config.is_embedded else "note"
        return Finding("redis", state, "not set; wake-ups stay within each process, others find work within a second")
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        Redis.from_url(config.redis_url, socket_timeout=1, socket_connect_timeout=1).ping()
    except (RedisError, ValueError) as error:
        return Finding("redis", "wrong", f"does not answer: {error}; answers come, up to a second later")
    return Finding("redis", "ok", "answers")


def _understanding(config: Config) -> Finding:
    from bot.understanding.encoder import encoder_name
    from bot.understanding.loader import learned_in
    from bot.understanding.model import load as load_model

    if encoder_name() == "none":
        return Finding("understanding", "wrong", "the encoder is missing: by words alone. Run 'make install' again")
    path = learned_in(config.staff, config.folder)
    if path is None:
        return Finding("understanding", "note", "the examples have changed; 'bot run' learns them, or 'bot nlu train'")
    return Finding("understanding", "ok", f"{len(load_model(path).intents)} intents learned")


def _rasa(config: Config) -> Finding:
    if config.rasa is None:
        return Finding("rasa", "note", "off: understanding.backend is builtin; docs/understanding.md")
    if not config.reads_with_rasa:
        return Finding("rasa", "note", f"off: {config.rasa.host} is set, but understanding.backend is builtin")
    return Finding("rasa", "ok", f"on: {config.rasa.host}; the built-in classifier stands behind it")


def _polling(config: Config) -> Finding:
    if not config.polling:
        said = "off: no GOOGLE_CIVIC_KEY, no DEMOCRACY_WORKS_KEY: the official link; docs/setup/polling-place.md"
        return Finding("polling places", "note", said)
    names = ", then ".join(service.name for service in config.polling)
    return Finding("polling places", "ok", f"set: {names}; --online shows whether the key is taken, without an address")


def _twilio(config: Config) -> Finding:
    if config.twilio is None:
        return Finding("twilio", "note", "off: no TWILIO_ secrets; docs/setup/twilio.md")
    sender = config.twilio.sender or config.twilio.service_sid
    return Finding("twilio", "ok", f"set: ...{sender[-4:]}, webhook {config.public_base_url}/webhooks/twilio")


def _telegram(config: Config) -> Finding:
    if config.telegram is None:
        return Finding("telegram", "note", "off: no TELEGRAM_ secrets; docs/setup/telegram.md")
    if config.settings.telegram.polling:
        unused = (
            "; TELEGRAM_WEBHOOK_SECRET is set too and not used: polling comes first" if config.telegram.secret else ""
        )
        return Finding("telegram", "note" if unused else "ok", f"set: bot {config.telegram.bot_id}, polling{unused}")
    where = f"{config.public_base_url or 'PUBLIC_BASE_URL'}/webhooks/telegram"
    return Finding("telegram", "ok", f"set: bot {config.telegram.bot_id}, webhook {where}")


def _slack(config: Config) -> Finding:
    roster = config.settings.desk.volunteers
    if config.slack is None:
        return Finding("slack", "note", "off: no SLACK_ secrets; docs/setup/slack.md. The console is the desk")
    if not roster:
        return Finding("slack", "wrong", "nobody is on the roster: set desk.volunteers to Slack member ids (U012AB3CD)")
    if not config.public_base_url:
        return Finding("slack", "wrong", "PUBLIC_BASE_URL is not set: Slack has nowhere to send clicks and words")
    said = f"set: channel {config.slack.channel}, {len(roster)} on the roster, events {config.public_base_url}"
    return Finding("slack", "ok", f"{said}/webhooks/slack/events")


def _port(config: Config) -> Finding:
    with socket.socket() as probe:
        busy = probe.connect_ex(("127.0.0.1", config.port)) == 0
    said = f"{config.port} answers: a desk or another program runs there" if busy else f"{config.port} is free"
    return Finding("port", "note" if busy else "ok", said)


def _providers(config: Config, fix: bool) -> Iterator[Finding]:
    """Ask each provider how it sees us, and look at what is ours to set there."""
    for name, channel in open_channels(config, Tools()).items():
        try:
            if isinstance(channel, CanProbe):
                yield Finding(f"{name} online", "ok", channel.probe())
            if isinstance(channel, CanMend):
                yield from _set_up(config, name, channel, fix)
        except SendError as error:
            yield Finding(f"{name} online", "wrong", f"{error.detail}; check the secrets and that the provider is up")
    if config.slack is not None:
        yield from _slack_online(config, config.slack)
    if config.rasa is not None:
        yield _rasa_online(config, config.rasa)
    yield from (_polling_online(service) for service in config.polling)


def _polling_online(service: PollingService) -> Finding:
    """Ask for the list of elections: it takes the key, and no voter's address."""
    why = open_polling(service).probe()
    if not why:
        return Finding("polling online", "ok", f"{service.name}: the key is taken")
    out = _POLLING_WAYS_OUT.get(why, "is the service up? Voters get the official link meanwhile")
    return Finding("polling online", "wrong", f"{service.name}: {why}; {out}")


def _rasa_online(config: Config, secrets: RasaSecrets) -> Finding:
    """Ask Rasa how it is, and let it read a text as the circuit breaker of a running desk would see it."""
    from bot.understanding.rasa import RasaError, RasaServer

    server = RasaServer(secrets.url, secrets.token)
    try:
        probed = server.probe()
    except RasaError as error:
        why = _RASA_WAYS_OUT.get(error.reason, "docs/understanding.md says how it is started")
        return Finding("rasa online", "wrong", f"{error.reason}: the built-in classifier reads instead; {why}")
    finally:
        server.close()
    said = f"version {probed.version}, model {probed.model}, a text read in {probed.seconds * 1000:.0f} ms"
    examples = _checked(config).examples
    if not probed.intents & {example.intent for example in examples}:
        return Finding("rasa online", "wrong", f"{said}; it knows none of our intents: 'bot nlu train --backend rasa'")
    return Finding("rasa online", "ok", said)


def _slack_online(config: Config, secrets: SlackSecrets) -> Iterator[Finding]:
    """Ask Slack how it sees the bot, and whether everybody on the roster may answer."""
    from bot.desk.slack.api import SlackApi
    from bot.desk.slack.people import WHY, standing_of

    api = SlackApi(secrets.token, secrets.base_url)
    try:
        yield Finding("slack online", "ok", api.probe(secrets.channel))
        team = str(api.ourselves().get("team_id", ""))
    except SendError as error:
        yield Finding("slack online", "wrong", f"{error.detail}; docs/setup/slack.md")
        return
    for who in config.settings.desk.volunteers:
        try:
            standing = standing_of(api.user(who), team)
        except SendError as error:
            yield Finding("slack roster", "wrong", f"{who}: {error.detail}; member ids look like U012AB3CD")
            continue
        if standing != "full":
            yield Finding("slack roster", "wrong", f"{who}: {WHY[standing]}")


def _set_up(config: Config, name: str, channel: CanMend, fix: bool) -> Iterator[Finding]:
    found = _checked(config)
    if has_errors(found.troubles):
        yield Finding(name, "wrong", "its texts are in staff files with mistakes: mend those first")
        return
    try:
        presence = presence_of(config, found.library, f"/webhooks/{name}")
    except NoPresence as error:
        yield Finding(name, "wrong", str(error))
        return
    if presence.url is None and not isinstance(channel, CanListen):
        yield Finding(name, "wrong", "PUBLIC_BASE_URL is not set: the provider cannot be told where to call")
    for mended in channel.mend(presence, change=fix):
        about = f"{name}: {mended.about}"
        match mended.state:
            case "right":
                yield Finding(about, "ok", mended.says)
            case "changed":
                yield Finding(about, "fixed", mended.says)
            case "differs" | "wrong":
                state: Literal["note", "wrong"] = "wrong" if mended.state == "wrong" else "note"
                yield Finding(about, state, f"{mended.says}; 'bot doctor --online --fix' sets it")
