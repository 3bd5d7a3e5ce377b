"""Who is writing, a machine or a person: statements C28 to C30 of docs/compliance.md."""

import pytest

from bot.message import ActKind

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # decided before anything is stored
ANA = "+15550100101"
DISCLOSURE = {
    "en": "Hi, this is Rivera for Riverton's automated assistant. Reply PERSON to reach a person.",
    "es": "Soy el asistente automatizado de Rivera for Riverton. Para hablar con alguien: PERSONA.",
}
SAYS_SO_ITSELF = ("are_you_a_bot", "stop_confirmed", "privacy_noted", "opt_out")
"""Entries whose own words say that this is automated."""
HELP_FIRST = ("crisis",)
"""Where a life is in danger, help comes before it."""


def said(world):
    """Return what left, as (entry, text), oldest first."""
    return world.rows("SELECT entry, text FROM message WHERE direction = 'out' AND state = 'sent' ORDER BY id")


# --- C28 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("channel", ["sms", "web"])
def test_c28_whatever_comes_first_says_that_it_is_automated(world, channel, language):
    """C28: the first automated text in a thread, any channel, says so in V's language, before anything else."""
    world.script.language = language
    book = world.mind.content().book
    ends = [
        one
        for form in book.forms.values()
        for one in (form.done.found, form.done.not_found, *form.done.outcomes.values())
    ]
    never_first = {*SAYS_SO_ITSELF, *(end.reply for end in ends if end is not None)}
    intents = [name for name in book.entries if name not in never_first]
    for number, intent in enumerate(intents):
        world.script.meanings[f"text {number:03}"] = intent
        world.text(f"voter-{number:03}", f"text {number:03}", channel=channel)
    while world.think():
        pass
    world.work(60)
    first = {voter: world.texts_to(voter)[:1] for voter in (f"voter-{number:03}" for number in range(len(intents)))}
    late = [
        intent
        for intent, (*texts,) in zip(intents, first.values(), strict=True)
        if intent not in HELP_FIRST and texts and not texts[0].startswith(DISCLOSURE[language])
    ]
    assert late == []
    assert sum(bool(texts) for texts in first.values()) > len(intents) * 0.8, "this test must hear most of them"


@pytest.mark.parametrize(
    "text", ["HELP", "START", "1", "?", "🗳️", "person", "español", "help me", "what is the weather on mars"]
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_c28_also_where_nothing_was_asked_or_understood(world, language, text):
    """C28: a keyword, a number, a sign: whatever the machine answers first."""
    world.script.language = language
    world.script.meanings["weather"] = ""
    world.text(ANA, text)
    world.work()
    first = world.texts_to(ANA)[0]
    assert first.startswith((DISCLOSURE[language], DISCLOSURE["es" if text == "español" else language]))


@pytest.mark.parametrize("language", ["en", "es"])
def test_c28_what_confirms_a_stop_says_it_in_its_own_words(world, language):
    """C28: a confirmation may hold nothing else (C11), so it says so itself."""
    world.script.language = language
    world.text(ANA, "alto")
    world.work()
    assert {"en": "automated message", "es": "mensaje automatizado"}[language] in world.texts_to(ANA)[0]


def test_c28_it_is_said_once_a_week(world):
    """C28: the first text of each week in a thread."""
    shown = []
    for days in (0, 1, 7):
        world.later(days=days)
        world.text(ANA, "when do the polls close?")
        world.work()
        shown.append(world.line.taken[-1].text.startswith(DISCLOSURE["en"]))
    assert shown == [True, False, True]


def test_c28_after_a_person_the_machine_says_so_when_it_speaks_for_the_first_time(world):
    """C28: a thread in which only a person has written has had no automated text yet."""
    world.text(ANA, "hello")
    world.act(ActKind.CLAIM, "Maria", 1)
    world.act(ActKind.SAY, "Maria", 1, "Hello Ana!")
    world.later(seconds=10)
    world.work()
    world.act(ActKind.RESOLVE, "Maria", 1)
    world.work()
    world.text(ANA, "when do the polls close?")
    world.work()
    own = [text for text in world.texts_to(ANA) if "Maria" not in text]
    assert "automated assistant" in own[0]


# --- C29 --------------------------------------------------------------------------------------------------------------

QUESTIONS = [
    ("en", "are you a bot?"),
    ("en", "Are you a robot"),
    ("en", "is this a bot"),
    ("en", "am i talking to a real person"),
    ("en", "is this a real person?? hello"),
    ("es", "¿eres un robot?"),
    ("es", "eres una persona real?"),
    ("es", "¿es usted un robot?"),
    ("es", "¿estoy hablando con una persona o con una máquina?"),
]
TRUTH = {"en": "I am an automated assistant", "es": "asistente automatizado"}


def truth_in(world, voter=ANA):
    return world.texts_to(voter)[-1]


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
@pytest.mark.parametrize("understood", ["voting_hours", "donate", ""])
def test_c29_who_asks_whether_this_is_a_machine_is_told_by_rule(world, language, question, understood):
    """C29: a truthful answer by rule, never by classifier threshold: this classifier is sure of something else."""
    world.script.language = language
    world.script.meanings = {question.casefold(): understood}
    world.text(ANA, question)
    world.work()
    assert [entry for entry, _ in said(world)] == ["are_you_a_bot"]
    assert TRUTH[language] in truth_in(world)


@pytest.mark.parametrize(
    "before",
    [["volunteer"], ["where do i vote"], ["hello"], ["weather"], ["a person please"]],
    ids=[
        "in a form that takes any text",
        "in a form",
        "beside choices",
        "after a misunderstanding",
        "while people wait",
    ],
)
@pytest.mark.parametrize(("language", "question"), [QUESTIONS[0], QUESTIONS[5]])
def test_c29_in_the_middle_of_anything(world, language, question, before):
    """C29: by rule, before forms and choices."""
    world.script.language = language
    world.script.meanings |= {
        "volunteer": "volunteer",
        "where do i vote": "polling_place",
        "hello": "greet",
        "weather": "",
        "person please": "speak_to_human",
    }
    for text in (*before, question):
        world.text(ANA, text)
        world.work()
    answered = [text for _, text in said(world)][-2:]
    assert any(TRUTH[language] in text for text in answered), answered


@pytest.mark.parametrize(("language", "question"), [QUESTIONS[0], QUESTIONS[5]])
def test_c29_also_to_who_has_stopped_us(world, language, question):
    """C29: the one direct answer that C13 allows is the truth, whatever the classifier thinks."""
    world.script.language = language
    world.text(ANA, "alto")
    world.work()
    world.text(ANA, question)
    world.work()
    assert TRUTH[language] in truth_in(world)


# --- C30 --------------------------------------------------------------------------------------------------------------

INTRODUCED = {
    "en": "Hi, this is {} with the Rivera campaign. ",
    "es": "Hola, le escribe {} del equipo de Rivera for Riverton. ",
}


def says(world, who, *words):
    for text in words:
        world.act(ActKind.SAY, who, 1, text)
        world.work()
        world.later(seconds=6)
        world.work()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("channel", ["sms", "web"])
@pytest.mark.parametrize("end", [ActKind.RELEASE, ActKind.RESOLVE])
def test_c30_a_person_says_so_and_the_machine_is_silent_until_the_end(world, end, channel, language):
    """C30: a volunteer takes over: his first text says a person is writing; the bot is silent until release."""
    world.script.language = language
    world.text(ANA, "when do the polls close?", channel=channel)
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    says(world, "Maria", "Let me look.", "Still looking.")
    for text in ("when do the polls close?", "hello?", "are you a bot?", "1"):
        world.text(ANA, text, channel=channel)
        world.work()
    world.later(hours=1)
    assert world.texts_to(ANA)[1:] == [INTRODUCED[language].format("Maria") + "Let me look.", "Still looking."]
    world.act(end, "Maria", 1)
    world.work()
    world.text(ANA, "when do the polls close?", channel=channel)
    world.work()
    back = {ActKind.RELEASE: "desk_released", ActKind.RESOLVE: "desk_back"}[end]
    assert [entry for entry, _ in said(world) if entry][1:] == [back, "voting_hours"]


def test_c30_what_the_machine_had_ready_does_not_leave_once_a_person_has_taken_over(world):
    """C30: also what was decided before the claim and not sent yet."""
    world.text(ANA, "when do the polls close?")
    world.think()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.work()
    assert (world.texts_to(ANA), world.rows("SELECT state, error FROM message WHERE direction = 'out'")) == (
        [],
        [("cancelled", "epoch")],
    )


def test_c30_the_next_person_says_who_writes_too(world):
    """C30: each volunteer's first text."""
    world.text(ANA, "hello")
    for who in ("Maria", "Joe", "Maria"):
        world.act(ActKind.CLAIM, who, 1)
        says(world, who, f"{who} speaking.")
        world.act(ActKind.RELEASE, who, 1)
        world.work()
    introduced = [text for text in world.texts_to(ANA) if "speaking." in text]
    assert introduced == [INTRODUCED["en"].format(who) + f"{who} speaking." for who in ("Maria", "Joe", "Maria")]
