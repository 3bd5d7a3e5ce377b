"""`bot preview`: what voters get, for people and for programs."""

import json


def rows(said):
    return [json.loads(line) for line in said.out.splitlines()]


def test_every_channel_and_language_of_every_wording(bot):
    found = rows(said := bot("preview", "voting_hours", "--json"))
    assert (said.code, said.err) == (0, "")
    assert {row["channel"] for row in found} == {"sms", "web", "telegram", "whatsapp", "messenger", "email"}
    assert {row["language"] for row in found} == {"en", "es"}
    wordings = list(dict.fromkeys(row["wording"] for row in found))
    assert [wording.partition(":")[0] for wording in wordings] == ["when 1", "when 2", "when 3", "when 4", "text"]
    assert len(found) == len(wordings) * 6 * 2


def test_who_asks_now_gets_the_wording_of_their_state(bot):
    def said_now(*more):
        return {row["wording"] for row in rows(bot("preview", "voting_hours", "--json", *more)) if row["said_now"]}

    assert said_now() == {"text"}
    assert said_now("--state", "ohio") == {"when 4: state is known"}


def test_cost_and_examples_are_said(bot):
    (row,) = rows(
        bot("preview", "ask_state", "--json", "--channel", "sms", "--language", "en", BOT_SMS__PRICE_PER_SEGMENT="0.02")
    )
    assert (row["segments"], row["dollars"], row["problem"]) == (1, 0.02, None)
    (message,) = row["messages"]
    assert (message["encoding"], message["culprit"], message["buttons"]) == ("GSM-7", None, [])


def test_people_read_which_sign_costs(bot, own_staff):
    own_staff("pricey: {keywords: [DEAR], text: {en: 'Where? Aquí.', es: 'Aquí'}}\n")
    said = bot("preview", "pricey", "--channel", "sms", "--language", "en", **own_staff.settings)
    assert (
        "  * text\n      en  sms: 1 segment, UCS-2 because of 'í' (U+00ED), 1.2 cents\n          | Where? Aquí.\n"
        in said.out
    )


def test_channels_that_show_the_same_are_told_together(bot):
    lines = bot("preview", "greet", "--language", "en").out.splitlines()
    assert [line.strip() for line in lines if line.startswith("      en  ")] == [
        "en  sms: 2 segments, GSM-7, 2.4 cents",
        "en  web, telegram, whatsapp, messenger",
        "en  email",
    ]


def test_a_form_shows_its_questions_in_order(bot):
    found = rows(bot("preview", "polling_place", "--json", "--channel", "web", "--language", "en"))
    wordings = [row["wording"] for row in found]
    assert (wordings[:2], wordings[-1]) == (
        ["asks for address", "asks for address again"],
        "asks whether that is right",
    )
    assert [row["said_now"] for row in found] == [True] + [False] * (len(found) - 1)
    assert [button["label"] for button in found[-1]["messages"][0]["buttons"]] == ["Yes", "No"]


def test_the_first_answer_says_that_a_machine_writes(bot):
    (row,) = rows(bot("preview", "thanks", "--first", "--json", "--channel", "sms", "--language", "en"))[:1]
    assert row["messages"][0]["text"].startswith("Hi, this is Rivera for Riverton's automated assistant.")


def test_everything_can_be_said(bot):
    """Every text of the shipped content, with every condition met and unmet."""
    found = rows(said := bot("preview", "--json"))
    assert (said.code, [row for row in found if row["problem"]]) == (0, [])
    assert len({row["entry"] for row in found}) > 80
    assert [row["entry"] for row in found if row["segments"] and row["segments"] > 3] == []


def test_what_is_not_there_is_named_with_the_nearest(bot):
    said = bot("preview", "voting_huors")
    assert (
        said.code,
        said.err.startswith("No entry or form is called 'voting_huors'. Did you mean 'voting_hours'?"),
    ) == (
        1,
        True,
    )
    assert bot("preview", "greet", "--language", "fr").err == "'fr' is not offered to voters; offered are en or es.\n"
    assert (bot("preview", "greet", "--state", "XX").code, bot("preview", "greet", "--state", "US").code) == (2, 2)
