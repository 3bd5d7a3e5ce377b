"""Texts with answers that name them: what a voter was told shows what was answered."""

HOURS, PLACE, HELP = "what time do polls close", "where do i vote in ohio", "HELP"


def told(answer: str) -> str:
    """Return the text that an answer answers."""
    if "hours of the polls" in answer:
        return HOURS
    return PLACE if "For Ohio" in answer else HELP if "Contact:" in answer else answer
