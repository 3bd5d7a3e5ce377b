"""Which messages that wait together are read as one: "hey" and "where do i vote" sent a second apart are one wish."""

from collections.abc import Sequence

from bot.engine.danger import danger_to_life
from bot.engine.playbook import Playbook
from bot.engine.stops import stop_wish
from bot.engine.thread import Thread
from bot.engine.words import carrier_word, case_asked

MOST_TOGETHER = 5
MAX_CHARS = 1000


def together(texts: Sequence[str | None], thread: Thread, book: Playbook) -> int:
    """Return how many of the oldest `texts` are read as one turn: at least one.

    None stands for what must be heard alone: an act, a result, a pressed button, words after a picture without any and a
    picture after words. So must carrier words, questions about a case, danger words, what
    rules hear as danger or as a stop, and everything while a question is open (the first text answers it) or a person owns
    the thread.
    """
    if thread.question is not None or thread.owner is not None or _alone(texts[0], book):
        return 1
    taken, length = 1, len(texts[0] or "")
    for text in texts[1:MOST_TOGETHER]:
        if _alone(text, book) or length + len(text or "") > MAX_CHARS:
            break
        taken, length = taken + 1, length + len(text or "")
    return taken


def _alone(text: str | None, book: Playbook) -> bool:
    return (
        text is None
        or carrier_word(text) is not None
        or case_asked(text) is not None
        or book.danger_in(text) is not None
        or danger_to_life(text)
        or stop_wish(text) is not None
    )
