"""Every kind of mistake that the check can name: its code, how bad it is, and its title. `docs/checks.md` shows each.

A code is kept for good; a check that goes leaves its number unused.
"""

from typing import Final, NamedTuple

ERROR: Final = "error"
WARN: Final = "warn"


class Code(NamedTuple):
    """One kind of mistake. An error keeps the files from serving; a warning does not."""

    code: str
    severity: str
    title: str


CODES: Final = (
    # Y: the form of a file
    Code("Y101", ERROR, "Nothing to read"),
    Code("Y102", ERROR, "Not saved as UTF-8"),
    Code("Y103", ERROR, "No YAML"),
    Code("Y104", ERROR, "A merge conflict is left"),
    Code("Y105", ERROR, "A tab indents a line"),
    Code("Y106", ERROR, "A name stands twice"),
    Code("Y107", ERROR, "A file is too large"),
    Code("Y108", ERROR, "Nested too deep"),
    Code("Y109", ERROR, "Anchors, aliases and merge keys"),
    Code("Y110", WARN, "A file that nobody reads"),
    # K: keys and kinds of values
    Code("K201", ERROR, "Unknown key"),
    Code("K202", ERROR, "Keys are missing below"),
    Code("K203", ERROR, "Something needed is missing"),
    Code("K204", ERROR, "Not one of the possible words"),
    Code("K205", ERROR, "Written in another way than expected"),
    Code("K206", ERROR, "Not a name"),
    Code("K207", ERROR, "Parts that do not go together"),
    Code("K208", ERROR, "Empty"),
    Code("K209", ERROR, "Another kind of value is expected"),
    Code("K210", ERROR, "An example without its dash"),
    # V: names in a text, and languages
    Code("V101", ERROR, "More than a name between braces"),
    Code("V102", ERROR, "Unknown name between braces"),
    Code("V103", ERROR, "Unknown filter"),
    Code("V104", ERROR, "A name that may have no value"),
    Code("V105", ERROR, "Braces in a title or label"),
    Code("V106", ERROR, "Single braces"),
    Code("V107", ERROR, "A gap is left to be filled"),
    Code("V120", ERROR, "A language is missing"),
    Code("V121", WARN, "A language that is not offered"),
    Code("V122", WARN, "The same words in two languages"),
    Code("V123", WARN, "A link that one language lacks"),
    Code("V124", ERROR, "A blank that a text lacks"),
    # F: facts about voting
    Code("F301", ERROR, "A literal fact in a voting answer"),
    Code("F302", ERROR, "A claim about a voter's own status"),
    # S: length and money
    Code("S201", WARN, "A sign that costs text messages"),
    Code("S202", WARN, "Many text messages"),
    Code("S203", WARN, "A button's label is too long"),
    Code("S204", WARN, "Too many buttons"),
    Code("S205", WARN, "Longer than one text message can be"),
    # R: what leads where
    Code("R401", ERROR, "No such entry"),
    Code("R402", ERROR, "No such form"),
    Code("R403", ERROR, "A text or title of its own is needed"),
    Code("R404", ERROR, "Leads in a circle"),
    Code("R405", ERROR, "A reply of the program is missing"),
    Code("R406", ERROR, "A topic that is no entry with a title"),
    Code("R407", ERROR, "A keyword of two entries"),
    Code("R408", WARN, "Nothing leads there"),
    Code("R409", ERROR, "An intent without an entry"),
    Code("R410", WARN, "A team that is probably misspelled"),
    Code("R411", WARN, "A button that leads to where it stands"),
    Code("R412", WARN, "A wording that is never said"),
    Code("R413", WARN, "A keyword that the program keeps for itself"),
    Code("R414", ERROR, "Danger words of two entries"),
    Code("R415", ERROR, "A form asks for the same thing twice"),
    Code("R416", ERROR, "A footer that is more than a text"),
    Code("R417", ERROR, "No such file"),
    # I: examples
    Code("I501", ERROR, "An example of two intents"),
    Code("I502", WARN, "An example stands twice"),
    Code("I503", WARN, "Too few examples"),
    Code("I504", WARN, "A broken mark in an example"),
    Code("I505", WARN, "Examples in a language that is not offered"),
    Code("I506", WARN, "An example that is longer than people write"),
    # D: dates and times
    Code("D601", ERROR, "There is no such day"),
    Code("D602", ERROR, "Not on that day of the week"),
    Code("D603", ERROR, "There is no such time of day"),
    Code("D604", WARN, "A day that is over"),
    Code("D605", ERROR, "A span of no time"),
    Code("D606", WARN, "Forgotten before it is over"),
    Code("D607", ERROR, "Over before it begins"),
    Code("D608", WARN, "Days that are over"),
    Code("D609", ERROR, "Nothing to say outside of its days"),
    Code("D610", ERROR, "A reply that is needed at any time"),
    # X: secrets, people's data, links
    Code("X701", ERROR, "A secret in the settings"),
    Code("X702", ERROR, "A secret in a file"),
    Code("X703", ERROR, "A Social Security or card number"),
    Code("X704", WARN, "Somebody's phone number or e-mail address in an example"),
    Code("X705", WARN, "A link without encryption"),
    Code("X706", ERROR, "A public link shortener"),
    Code("X707", WARN, "A private e-mail address"),
    # C: consent and disclosure
    Code("C801", ERROR, "The greeting does not say that it is automated"),
    Code("C802", ERROR, "HELP does not say who you are, how to reach you, and STOP"),
    Code("C803", ERROR, "The answer to STOP does not name you"),
    Code("C804", ERROR, "The answer to STOP asks for something"),
    Code("C805", ERROR, "The answer to START does not name STOP"),
    Code("C806", ERROR, "Nobody says who pays"),
    Code("C807", ERROR, "Danger to a life without 911 and 988"),
    Code("C808", ERROR, "Not truthful about being automated"),
    Code("C809", ERROR, "An ask in trouble"),
    Code("C810", ERROR, "An office asks for money or speaks of a race"),
    Code("C811", ERROR, "An ask without other words for bad days"),
    Code("C812", ERROR, "An office asks for something"),
    # P: plain language
    Code("P901", WARN, "Hard to read"),
    Code("P902", WARN, "Words that blame"),
    Code("P903", WARN, "Shouting"),
    Code("P904", WARN, "Exclamation marks"),
    Code("P905", WARN, "'tú' instead of 'usted'"),
    Code("P906", WARN, "Please and thank you too often"),
    Code("P907", WARN, "The candidate in a voting answer"),
    Code("P908", WARN, "A very long sentence"),
    # T: conversation tests
    Code("T951", ERROR, "A test expects a reply that is gone"),
    Code("T952", ERROR, "A test expects a question that no form asks"),
    Code("T953", ERROR, "A test in a language that is not offered"),
)  # fmt: skip
BY_CODE: Final = {code.code: code for code in CODES}
