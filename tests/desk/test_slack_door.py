"""What Slack sends, file by file: which acts it makes. None of it needs Slack to answer."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from providers.slack import BEN, DESK, GUEST, MARIA, STRANGER
from sqlalchemy import text as sql
from support.desks import CARD, CASE, THREAD, from_slack, slack_desk

from bot.channel import Malformed, NotYet, Refused
from bot.desk.slack.people import NOT_ON_THE_ROSTER, WHY
from bot.message import Ack, ActKind, Outcome
from bot.ports import FaultPoint

PAYLOADS = Path(__file__).parent / "payloads" / "slack"
_EVENTS = ("event_callback", "url_verification", "app_rate_limited")
WORDS = f"{DESK}:1731000000.000300"
NOTHING: list[tuple[str, ...]] = []
LIBRARY = "Your polling place is the library on Main Street. It is open from 7 to 8."
SPANISH = "Sí, está en la biblioteca \N{EN DASH} “Main Street”.\n¿Algo más?"
FILES = "not sent: files cannot go to voters yet. Write the words alone"
GUESTS = WHY["guest"]


def request(name):
    body = (PAYLOADS / f"{name}.json").read_bytes()
    payload = json.loads(body)
    if payload.get("type") in _EVENTS:
        return from_slack(body)
    return from_slack(urlencode({"payload": json.dumps(payload)}).encode(), form=True)


def read(desk, hook):
    desk.verify(hook)
    return desk.parse(hook)


def told(act):
    """Return what an act is: its kind, whose, its text or what it takes back, and why it is barred."""
    kind = f"{act.kind} or note" if act.or_note else str(act.kind)
    return (kind, act.who, act.text or act.undoes or "", act.barred)


@pytest.mark.parametrize(
    "name, acts",
    [
        ("click_claim", [("claim", MARIA, "", "")]),
        ("click_release", [("release", MARIA, "", "")]),
        ("click_resolve", [("resolve", MARIA, "", "")]),
        ("click_undo", [("undo", MARIA, WORDS, "")]),
        ("click_value_huge", [("claim", MARIA, "", "")]),
        ("click_by_guest", [("claim", GUEST, "", GUESTS)]),
        ("click_by_a_stranger", [("claim", STRANGER, "", NOT_ON_THE_ROSTER)]),
        ("message_in_thread", [("say or note", MARIA, LIBRARY, "")]),
        ("message_by_ben", [("say or note", BEN, "I know this one", "")]),
        ("message_command_done", [("say or note", MARIA, "!done", "")]),
        ("message_private_channel", [("say or note", MARIA, "The library on Main Street.", "")]),
        ("message_custom_emoji", [("say or note", MARIA, "Done", "")]),
        ("message_note", [("note", MARIA, "// she called twice already", "")]),
        ("message_here", [("note", MARIA, "who knows the new precinct?", "")]),
        ("message_mention", [("note", MARIA, "can you take this one?", "")]),
        ("message_only_emoji", [("note", MARIA, "👍🎉", "")]),
        ("message_without_blocks", [("say or note", MARIA, "Typed by an old client & sent", "")]),
        ("thread_broadcast", [("note", MARIA, "We open at 7 tomorrow", "")]),
        ("message_deleted", [("undo", MARIA, WORDS, "")]),
        ("file_share", [("say or note", MARIA, "Here is the map", FILES)]),
        ("file_share_without_words", [("say or note", MARIA, "", FILES)]),
        ("submit_reply_spanish", [("claim", MARIA, "", ""), ("say", MARIA, SPANISH, "")]),
    ],
)  # fmt: skip
def test_what_people_do_becomes_an_act(desk, name, acts):
    parsed = read(desk, request(name))
    assert [told(act) for act in parsed.events] == acts
    assert {(act.desk, act.conversation_id, act.case) for act in parsed.events} == {("slack", THREAD, CASE)}
    assert parsed.ack == Ack(200)


@pytest.mark.parametrize(
    "name",
    """
    app_home_opened app_rate_limited app_uninstalled block_suggestion bot_message channel_join channel_topic
    click_in_another_channel click_no_actions click_select click_unknown_action click_value_huge_number
    click_value_no_json click_value_numbers_as_words click_value_of_another_kind click_without_value close_reply
    me_message member_joined_channel message_action message_by_guest message_changed message_changed_our_card
    message_changed_unfurl message_deleted_card message_in_a_direct_chat message_in_a_strange_thread
    message_in_another_channel message_of_a_foreign_workspace message_of_a_workflow message_of_another_app
    message_of_our_bot message_replied message_without_a_thread message_without_ts
    message_without_user reaction_added shortcut submit_metadata_no_json submit_unknown_form tokens_revoked
    unknown_interaction unknown_subtype unknown_type
    """.split(),
)
def test_what_is_none_of_our_business_is_answered_and_forgotten(desk, name):
    parsed = read(desk, request(name))
    assert (parsed.events, parsed.ack.status) == ((), 200)


def test_every_payload_file_is_looked_at():
    source = Path(__file__).read_text()
    assert [path.stem for path in PAYLOADS.glob("*.json") if path.stem not in source] == []


def test_links_lists_and_styles_become_plain_text(desk):
    (links,) = read(desk, request("message_with_links")).events
    assert links.kind is ActKind.NOTE  # it mentions a colleague
    assert links.text.startswith("Two things : bring ID & check")
    (listed,) = read(desk, request("message_with_list")).events
    assert listed.text == "Bring:\n- a photo ID\n- your letter\npolls close at 8\nRoom 2"
    (spanish,) = read(desk, request("message_spanish")).events
    assert spanish.text.startswith("Sí, su casilla está en “La Peña”, calle 5")


def test_a_challenge_is_answered_with_its_own_words(desk):
    answer = read(desk, request("url_verification")).ack
    assert (answer.status, answer.body) == (
        200,
        json.loads((PAYLOADS / "url_verification.json").read_text())["challenge"].encode(),
    )


# --- forms ------------------------------------------------------------------------------------------------------------


def test_a_form_closes_once_it_is_stored_and_stays_with_the_reason(desk):
    parsed = read(desk, request("submit_reply"))
    assert parsed.answer([Outcome("applied"), Outcome("applied")]) == Ack(200)
    assert parsed.answer([Outcome("repeated"), Outcome("repeated")]) == Ack(200)
    kept = parsed.answer(
        [Outcome("refused", "Ben has claimed this thread"), Outcome("refused", "this thread is with Ben")]
    )
    assert json.loads(kept.body) == {"response_action": "errors", "errors": {"words": "This thread is with Ben."}}
    assert kept.content_type.startswith("application/json")


@pytest.mark.parametrize(
    "name, why",
    [
        ("submit_reply_empty", "There is nothing to send."),
        ("submit_without_state", "There is nothing to send."),
        ("submit_reply_long", "Not sent: the text is longer than 1500 characters."),
    ],
)
def test_a_form_with_a_mistake_stays_open(desk, name, why):
    parsed = read(desk, request(name))
    assert parsed.events == ()
    assert json.loads(parsed.ack.body) == {"response_action": "errors", "errors": {"words": why}}


def test_a_form_that_slack_does_not_open_is_told(desk):
    (act,) = read(desk, request("click_claim_and_reply")).events
    assert told(act) == ("claim", MARIA, "", "Slack did not open the form. Claim the thread and write in it")


# --- strangers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["foreign_app", "foreign_team", "click_foreign_app", "click_foreign_team"])
def test_what_is_for_another_app_or_workspace_is_refused(desk, name):
    with pytest.raises(Refused) as refused:
        read(desk, request(name))
    assert refused.value.status == 403


BODY = (PAYLOADS / "click_claim.json").read_bytes()


@pytest.mark.parametrize(
    "hook",
    [
        from_slack(BODY, x_slack_signature="v0=" + "0" * 64),
        from_slack(BODY, x_slack_signature=""),
        from_slack(BODY, x_slack_signature="v0=é"),
        from_slack(BODY, stamp="1730999729"),
        from_slack(BODY, stamp="1731000331"),
        from_slack(BODY, stamp=""),
        from_slack(BODY, stamp="yesterday"),
        from_slack(BODY, stamp="1731000030.5"),
        from_slack(BODY, stamp="-1731000030"),
        from_slack(BODY, stamp="9" * 400),
        from_slack(BODY, stamp="١٧٣١"),
        from_slack((PAYLOADS / "broken_event_utf8.bin").read_bytes()),
        from_slack((PAYLOADS / "broken_form_utf8.bin").read_bytes(), form=True),
    ],
    ids="wrong none letters old future empty word float negative huge arabic bytes form_bytes".split(),
)
def test_a_stranger_is_refused_before_anything_is_read(desk, hook):
    with pytest.raises(Refused) as refused:
        desk.verify(hook)
    assert refused.value.status == 401
    assert "body" not in hook.memo


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("broken_*.txt")), ids=lambda path: path.stem)
def test_signed_nonsense_is_malformed_or_forgotten(desk, path):
    hook = from_slack(path.read_bytes(), form="_form_" in path.stem)
    desk.verify(hook)
    try:
        parsed = desk.parse(hook)
    except (Malformed, Refused):
        return
    assert [act.text for act in parsed.events] in ([], ["ab"])  # what no database keeps is left out of the words


# --- who may act ------------------------------------------------------------------------------------------------------


def test_before_slack_has_told_who_we_are_the_signature_and_the_roster_decide(world):
    with world.database.writing(FaultPoint.STAFF) as connection:
        connection.execute(sql("DELETE FROM workspace"))
        connection.execute(sql("UPDATE volunteer SET standing = NULL, checked_at = NULL"))
    desk = slack_desk(world)
    assert [told(act) for act in read(desk, request("click_claim")).events] == [("claim", MARIA, "", "")]
    assert read(desk, request("click_by_a_stranger")).events[0].barred == NOT_ON_THE_ROSTER


def test_what_slack_said_last_counts_while_it_is_away(world):
    world.later(days=2)
    assert read(slack_desk(world), request("click_by_guest")).events[0].barred == GUESTS
    assert read(slack_desk(world), request("click_claim")).events[0].barred == ""


def test_nobody_acts_with_an_empty_roster(world):
    assert read(slack_desk(world, roster=()), request("click_claim")).events[0].barred == NOT_ON_THE_ROSTER
    assert read(slack_desk(world, roster=()), request("message_in_thread")).events == ()


# --- a card of which we do not know yet -------------------------------------------------------------------------------


@pytest.mark.parametrize("state, told", [("sending", True), ("unsure", True), ("queued", False), ("dead", False)])
def test_words_under_a_card_whose_place_is_not_known_yet_come_again(world, desk, state, told):
    with world.database.writing(FaultPoint.STAFF) as connection:
        connection.execute(sql("UPDATE handoff SET desk_ref = NULL"))
        call = (
            "INSERT INTO desk_call (conversation_id, handoff_id, desk, lane, kind, payload, key, created_at, state, due_at)"
            " VALUES (12, 34, 'slack', 'slack:12', 'card', '{}', '0', :at, :state, :at)"
        )
        connection.execute(sql(call), {"at": "2024-11-07 17:20:00", "state": state})
    if told:
        with pytest.raises(NotYet):
            read(desk, request("message_in_thread"))
    else:
        assert read(desk, request("message_in_thread")).events == ()


def test_a_card_of_which_we_know_is_never_in_doubt(world, desk):
    assert desk.parse(verified(desk, request("message_in_thread"))).events[0].tell == CARD


def verified(desk, hook):
    desk.verify(hook)
    return hook
