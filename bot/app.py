"""The one place where the parts are put together, and the only one that reads the clock."""

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

import structlog
from flask import Flask

from bot import metrics
from bot.channel import CanCheck, CanListen, Channel, Desk, Tools
from bot.civic import places
from bot.civic.facts import OfficialFacts
from bot.civic.lookup import Guarded, LinkOnlyLookup, PollingPlaces
from bot.civic.polling.answers import Source
from bot.civic.polling.democracy_works import DemocracyWorks
from bot.civic.polling.google import GoogleCivic
from bot.config import EXAMPLE_NAME, Config, PollingService, SlackSecrets
from bot.content.book import playbook
from bot.content.desk import desk_replies
from bot.content.library import Library
from bot.content.signed import Links
from bot.content.voice import Voice
from bot.desk.console import ConsoleDesk
from bot.message import Event, Outcome
from bot.ports import FORGET_LOOK_UPS, LOOK_UP, RECOVER, Classifier, FaultPoint, Lookup, Work
from bot.publish.shelf import Follower, Shelf
from bot.publish.start import NothingToServe, begin, take_files
from bot.publish.watch import FolderWatch
from bot.store.cases import Cases
from bot.store.database import Database
from bot.store.leases import SqlLeases
from bot.store.log import Log
from bot.store.look_ups import SqlLookUps
from bot.store.policy import Policy
from bot.store.schema import SchemaError, refuse_unless_current, settle_owner, upgrade
from bot.store.sessions import SqlSessions
from bot.store.store import SqlStore
from bot.store.versions import TOPIC as CONTENT
from bot.understanding.classifier import BuiltIn
from bot.understanding.loader import Loading
from bot.understanding.rasa import RasaServer, WithRasa
from bot.understanding.values import Places
from bot.web import create_web
from bot.web.site import Site, Streams
from bot.work.accept import Acceptor, Backlog
from bot.work.bell import MemoryBell, RedisBell
from bot.work.chores import leaving, reading_again
from bot.work.clock import Ticker, look
from bot.work.effects import CHECK_DESK, checking, forgetting, looking_up, recovering, run_effects
from bot.work.listen import Listener
from bot.work.pace import Paces
from bot.work.send import Outlets, Sender
from bot.work.think import GATHER_S, Content, Mind, think
from bot.work.wake import Drain, Wakes, memory_wakes, redis_wakes
from channels import open_channel

Role = Literal["all", "web", "worker"]
PLACES = Places(places.state_in, places.state_of_zip, places.state_like)
_FOLDER = "store.folder (BOT_STORE__FOLDER) names another."
log = structlog.get_logger()


class StartError(Exception):
    """The product cannot start; the message says why and what to do."""


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- here, and nowhere else


def fault_from_environment() -> Callable[[str], None]:
    """Return what happens at a fault point: nothing, or the end of this process where a test has asked for it.

    BOT_DIE_AT=think.after:3 kills the process (SIGKILL) at the third passing of that point.
    """
    wanted, _, nth = os.environ.get("BOT_DIE_AT", "").partition(":")
    if not wanted:
        return lambda where: None
    left = [int(nth or 1)]

    def die(where: str) -> None:
        if where == wanted:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return die


def open_database(config: Config) -> Database:
    """Return the database of `config`, not looked at yet; raise `StartError` if it has no place."""
    if config.is_embedded:
        try:
            config.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"{config.folder} cannot be the database's folder: {error.strerror}. {_FOLDER}") from error
    return Database(config.database_url, pool_size=config.settings.store.pool_size, fault=fault_from_environment())


def open_store(config: Config, database: Database, policy: Policy | None = None) -> SqlStore:
    """Return the store, after the schema fits and the database is this organisation's.

    An embedded database is brought to the newest schema; a shared one is refused until `bot db upgrade` has run.
    """
    if config.is_embedded:
        upgrade(database)
    refuse_unless_current(database)
    about = config.settings.organisation
    with database.writing(FaultPoint.STAFF) as connection:
        settle_owner(connection, about.kind, about.name, EXAMPLE_NAME, now())
    return SqlStore(database, policy or Policy(), now)


# --- content ----------------------------------------------------------------------------------------------------------


def content_of(config: Config, library: Library, version: int, *, key: bytes = b"") -> Content:
    """Return one version of the staff's files, ready to decide and to speak with; `key` signs its links to files."""
    desk, conversation = config.settings.desk, config.settings.conversation
    book = playbook(
        library,
        languages=config.languages,
        topics=tuple(conversation.topics),
        thresholds=config.thresholds,
        answer_stopped=conversation.answer_stopped,
        hold=desk.hold,
        lease=desk.lease,
        fallback_team=desk.fallback_team,
        zone=config.hours.zone,
    )
    return Content(book, voice_of(config, library, version, key), desk_replies(library, config.organisation))


def voice_of(config: Config, library: Library, version: int = 0, key: bytes = b"") -> Voice:
    """Return what speaks with the texts of `library`; links to files are signed with `key`."""
    return Voice(
        library,
        config.organisation,
        config.languages,
        config.hours,
        config.settings.desk.usual_wait_minutes,
        version=version,
        links=Links(key, config.public_base_url),
    )


def open_shelf(config: Config, store: SqlStore, role: Role) -> Shelf:
    """Return what is in service; `bot run` over its own database takes the staff's files first, if they are right."""
    takes = role == "all" and config.is_embedded
    try:
        return begin(config, store, partial(content_of, config, key=store.hash_key), today(config), takes_files=takes)
    except NothingToServe as error:
        raise StartError(str(error)) from error


def today(config: Config) -> date:
    """Return the organisation's own day."""
    return now().astimezone(config.hours.zone).date()


# --- the whole --------------------------------------------------------------------------------------------------------


@dataclass
class App:
    """A running product, or the half of it that this process is."""

    config: Config
    role: Role
    store: SqlStore
    shelf: Shelf
    log: Log
    sessions: SqlSessions
    channels: dict[str, Channel]
    desks: dict[str, Desk]
    classifier: Classifier
    bell: MemoryBell
    wakes: Wakes
    acceptor: Acceptor
    backlog: Backlog
    paces: Paces
    sender: Sender
    said: Callable[[str], None] = lambda text: None
    """Tells who sits at the terminal."""
    stopping: threading.Event = field(default_factory=threading.Event)
    _ticker: Ticker | None = None
    _again: threading.Timer | None = None
    _followers: list[Follower | FolderWatch] = field(default_factory=list)
    _listeners: list[Listener] = field(default_factory=list)

    # --- running --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work, as far as this process's role goes."""
        if self.role == "web":
            self._ticker = Ticker(self.backlog.count)
        else:
            jobs = self._jobs()
            if self.config.is_embedded:
                with self.store.unit(FaultPoint.SWEEP) as unit:
                    unit.sweep(alone=self.config.settings.sms.ask_after)  # the lock says that nobody else holds a lease
            self.wakes.start(jobs)
            self._begin_standing_work()
            self._ticker = Ticker(self._tick)
            self._listen()
        self._ticker.start()
        self._follow()

    def stop(self) -> None:
        """Claim nothing more, finish and settle what is in hand; ten seconds at most."""
        self.stopping.set()
        for listener in self._listeners:
            listener.stop()
        self.bell.close()
        self.sender.stop()
        if self._ticker is not None:
            self._ticker.stop()
        self.wakes.stop()
        for listener in self._listeners:
            listener.join()
        for follower in self._followers:
            follower.stop()
        self.acceptor.stop()
        self.sender.close()
        self.store.database.close()

    def web(self) -> Flask:
        """Return the WSGI application."""
        settings = self.config.settings.web
        site = Site(
            config=self.config,
            replies=lambda: self.shelf.content.replies,
            store=self.store,
            log=self.log,
            sessions=self.sessions,
            channels=self.channels,
            desks=self.desks,
            accept=self.acceptor.accept,
            listen=self.bell.listen,
            now=now,
            wrong=self.wrong,
            notes=self.notes,
            ring=self.bell.ring,
            stopping=self.stopping,
            streams=Streams(settings.threads),
        )
        return create_web(site)

    def wrong(self) -> list[str]:
        """Return what keeps this process from being ready."""
        found = []
        try:
            self.store.backlog()
        except Exception as error:  # noqa: BLE001 -- whatever the database raises, it is not ready
            found.append(f"the database is away ({type(error).__name__})")
        if self.role != "web" and isinstance(self.classifier, Loading) and not self.classifier.ready.is_set():
            found.append(self.classifier.failed or "the classifier is loading")
        if self.backlog.is_full():
            found.append("the backlog is full")
        return found

    def notes(self) -> list[str]:
        """Return what somebody should look at although this process does its work."""
        return [self.shelf.failed] if self.shelf.failed else []

    def mind(self) -> Mind:
        """Return the parts that thinking needs."""
        return Mind(
            store=self.store,
            classifier=self.classifier,
            content=lambda: self.shelf.content,
            facts=self.facts,
            can={name: channel.can for name, channel in self.channels.items()},
            now=now,
            wake=self.wakes.wake,
        )

    def facts(self) -> OfficialFacts:
        """Return what may be said, by what staff have recorded up to now."""
        return OfficialFacts(self.config.is_practice, self.store.facts.records())

    def _jobs(self) -> Mapping[Work, Callable[[], None]]:
        mind = self.mind()
        handlers = {
            LOOK_UP: looking_up(open_lookup(self.config, self.store)),
            FORGET_LOOK_UPS: forgetting(SqlLookUps(self.store).forget),
            RECOVER: recovering(self.channels, self._accept_recovered, now),
            CHECK_DESK: checking(self.desks),
            "leave": leaving(self.channels, self._says_where_to_write),
            "read_again": reading_again(self.channels, self._accept_recovered, now),
        }

        def answer() -> int:
            if isinstance(self.classifier, Loading) and not self.classifier.ready.is_set():
                return 0
            return think(mind)

        def carry_out() -> int:
            done = run_effects(self.store, handlers)
            if done:
                self.wakes.wake("think")
            return done

        sending = Drain("send", self.sender.drain, self.stopping)

        def send() -> None:
            self.sender.poke()
            sending()
            self._send_again()

        return {
            "think": Drain("think", answer, self.stopping, GATHER_S),
            "send": send,
            "effects": Drain("effects", carry_out, self.stopping),
        }

    def _says_where_to_write(self, channel: str, language: str) -> Callable[[str], str] | None:
        """Return what is said in a chat of many, given the link to a private one; in practice strangers hear nothing."""
        if self.config.is_practice and not self.channels[channel].is_simulated:
            return None
        voice = self.shelf.content.voice
        return lambda link: voice.phrase("private_only", language, {"link": link}, self.facts(), now())

    def _listen(self) -> None:
        """Let every channel and desk that fetches its events itself begin; one process of all does for each of them."""
        leases = SqlLeases(self.store)
        if self.config.is_embedded:
            leases.clear()
        holder = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(4)}"
        for name, line in {**self.channels, **self.desks}.items():
            if isinstance(line, CanListen):
                self._listeners.append(Listener(name, line, self.acceptor.accept, leases, holder))
        for listener in self._listeners:
            listener.start()

    def _follow(self) -> None:
        """Serve what is put in service from now on; `bot run` over its own database also takes what is saved."""
        self._followers.append(Follower(self.shelf, self.bell.listen))
        if self.role == "all" and self.config.is_embedded and not self.config.settings.content.approval:
            self._followers.append(FolderWatch(self.config.staff, self._take_files))
        for follower in self._followers:
            follower.start()

    def _take_files(self) -> None:
        for line in take_files(self.config, self.store, today(self.config)):
            self.said(line)
        self.shelf.look()
        self.bell.ring(CONTENT)

    def _send_again(self) -> None:
        """Let a desk's next call leave as soon as it may, not at the next tick; one timer at a time."""
        wait = self.paces.opens_in()
        if wait is None or self.stopping.is_set() or (self._again is not None and self._again.is_alive()):
            return
        self._again = threading.Timer(wait + 0.01, self.wakes.wake, ("send",))
        self._again.daemon = True
        self._again.start()

    def _accept_recovered(self, events: Sequence[Event]) -> list[Outcome]:
        return self.acceptor.accept(events)

    def _tick(self) -> None:
        look(self.store, self.wakes.wake)
        self.backlog.count()

    def _begin_standing_work(self) -> None:
        """Let every channel that can be asked say at once what came while nobody listened, and every desk who is there."""
        with self.store.unit(FaultPoint.STAFF) as unit:
            unit.standing(FORGET_LOOK_UPS, "all", {}, now())
            if "sms" in self.channels:
                unit.standing(RECOVER, "sms", {"channel": "sms", "since": now().isoformat()}, now())
            for name, desk in self.desks.items():
                if isinstance(desk, CanCheck):
                    unit.standing(CHECK_DESK, name, {"desk": name}, now())


def open_app(config: Config, role: Role = "all", said: Callable[[str], None] = lambda text: None) -> App:
    """Return the product for `config`, ready to start; raise `StartError` with one plain sentence if it cannot be."""
    database = open_database(config)
    bell = RedisBell(config.redis_url, config.settings.store.redis_prefix) if config.redis_url else MemoryBell()
    found: dict[str, Channel] = {}
    policy = Policy(
        language=config.languages[0],
        practice=config.is_practice,
        test_addresses=frozenset(config.settings.test_addresses),
        answer_stopped=config.settings.conversation.answer_stopped,
        reaches_people=lambda name: name not in found or not found[name].is_simulated,
        desks=("console", "slack") if config.slack is not None else ("console",),
        fallback_team=config.settings.desk.fallback_team,
        still=lambda records, ids, at: OfficialFacts(config.is_practice, records).still(ids, at),
    )
    try:
        store = open_store(config, database, policy)
    except SchemaError as error:
        raise StartError(str(error)) from error
    sessions = SqlSessions(store)
    tools = Tools(
        sessions=lambda token: sessions.subject_of("chat", token),
        ring=bell.ring,
        now=now,
        count=lambda what: metrics.odd.labels(what).inc(),
    )
    found |= open_channels(config, tools)
    kept = Log(database, store.hash_key)
    desks: dict[str, Desk] = {"console": ConsoleDesk(lambda token: sessions.subject_of("console", token), bell.ring)}
    if config.slack is not None:
        desks["slack"] = open_slack(config, config.slack, store, kept)
    wakes = redis_wakes(config.redis_url, config.settings.store.redis_prefix) if config.redis_url else memory_wakes()
    backlog = Backlog(store, config.settings.limits.backlog)
    paces = _paces(config, found)
    classifier = Loading(config.staff, config.folder, PLACES, said, lambda own: reader(config, own))
    return App(
        config=config,
        role=role,
        store=store,
        shelf=open_shelf(config, store, role),
        log=kept,
        sessions=sessions,
        channels=found,
        desks=desks,
        classifier=classifier,
        bell=bell,
        wakes=wakes,
        acceptor=Acceptor(store, backlog.is_full, lambda: wakes.wake("think")),
        backlog=backlog,
        paces=paces,
        said=said,
        sender=Sender(
            store,
            Outlets(found, desks, paces),
            now,
            threads=config.settings.limits.send_threads,
            ask_after=config.settings.sms.ask_after,
            fault=database.fault,
        ),
    )


def reader(config: Config, own: BuiltIn) -> Classifier:
    """Return what reads texts by `understanding.backend`; behind a Rasa server stands `own`, the built-in classifier."""
    if config.rasa is None or not config.reads_with_rasa:
        return own
    return WithRasa(RasaServer(config.rasa.url, config.rasa.token), own, own.model.intents)


def open_lookup(config: Config, store: SqlStore, clock: Callable[[], datetime] = now) -> Lookup:
    """Return what finds polling places: the services whose keys are set, else the official links alone."""
    if not config.polling:
        return LinkOnlyLookup()
    services = [Guarded(partial(open_polling, service, clock)) for service in config.polling]

    def votes_on(state: str, day: date) -> bool:
        return any(election.day == day for election in store.facts.records().elections.get(state, ()))

    return PollingPlaces(services, SqlLookUps(store), store.hash_key, clock, votes_on)


def open_polling(
    service: PollingService, clock: Callable[[], datetime] = now, hurt: Callable[[str], None] = lambda reason: None
) -> Source:
    """Return one service of polling places; `hurt` hears of each try that failed on the line."""
    match service.name:
        case "google":
            return GoogleCivic(service.key, clock, service.base_url, hurt=hurt)
        case "democracy_works":
            return DemocracyWorks(service.key, clock, service.base_url, hurt=hurt)


def open_channels(config: Config, tools: Tools) -> dict[str, Channel]:
    """Return every channel that is set up, by name."""
    opened: dict[str, Mapping[str, Any]] = {"web": {}}
    if config.twilio is not None:
        secrets = config.twilio
        opened["sms"] = {
            "account_sid": secrets.account_sid,
            "auth_token": secrets.auth_token,
            "public_base_url": config.public_base_url,
            "sender": secrets.sender,
            "service_sid": secrets.service_sid,
            "base_url": secrets.base_url,
            "holds_stops": config.settings.sms.holds_stops,
        }
    if config.telegram is not None:
        bot = config.telegram
        opened["telegram"] = {
            "token": bot.token,
            "secret": bot.secret,
            "base_url": bot.base_url,
            "polling": config.settings.telegram.polling,
        }
    return {name: open_channel(name, settings, tools) for name, settings in opened.items()}


def open_slack(config: Config, secrets: SlackSecrets, store: SqlStore, log: Log) -> Desk:
    """Return the desk in Slack; nothing is asked of Slack here, which may be away."""
    from bot.desk.slack.api import SlackApi
    from bot.desk.slack.desk import SlackDesk
    from bot.desk.slack.people import People

    api = SlackApi(secrets.token, secrets.base_url)
    return SlackDesk(
        secret=secrets.secret,
        channel=secrets.channel,
        api=api,
        people=People(store, api, frozenset(config.settings.desk.volunteers), now),
        cases=Cases(store, log),
        zone=ZoneInfo(config.settings.desk.zone),
        hold=config.hold,
        console=config.public_base_url,
    )


def _paces(config: Config, channels: Mapping[str, Channel]) -> Paces:
    shared = None
    if config.redis_url:
        from limits.storage import RedisStorage

        shared = RedisStorage(
            config.redis_url,
            key_prefix=config.settings.store.redis_prefix,
            socket_timeout=0.2,
            socket_connect_timeout=0.2,
        )
    can = {name: channel.can for name, channel in channels.items()}
    per_second = {
        "sms": config.settings.sms.segments_per_second,
        "telegram": config.settings.telegram.messages_per_second,
    }
    desks = {"slack": config.settings.slack.messages_per_second} if config.slack is not None else {}
    return Paces(per_second, can, now, shared, per_voter={"telegram": 1}, desks=desks)
