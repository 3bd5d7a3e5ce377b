"""Values inside a text: what an open question expects, and what any message may tell (a state, yes or no, a number).

Only shapes that say themselves what they are count; nothing is guessed. Places come from `civic`, handed in by the app.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.engine.words import plain
from bot.ports import Query

_YES: Final = frozenset(
    """
    yes|y|yea|yeah|yep|yup|ya|yah|yas|ok|okay|k|sure|correct|right|thats right|that s right|thats it|yes please|please do
    uh huh|mhm|of course|absolutely|yes it is|it is|yessir|yes sir|yes maam|yes ma am|affirmative|si|sí|si señor|claro
    yes i do|yes i am|yes it is please|yes thats right|yes that s right|yes correct|yup thats it|you got it
    sounds good|thats correct|that s correct|yess|yesss|yeppers|yea please
    i do|please|fine|alright|all right|por supuesto|si claro|sí claro|si es|sí es
    esta bien|está bien|sii|siii|bueno|de acuerdo|por favor
    claro que si|claro que sí|asi es|así es|correcto|exacto|dale|simon|simón|si por favor|sí por favor|eso|eso es|sip|va
    """.replace("\n    ", "|")
    .strip("|\n ")
    .split("|")
)
_NO: Final = frozenset(
    """
    no|n|nope|nah|naw|no thanks|no thank you|not really|wrong|incorrect|thats wrong|that s wrong|negative|no it isnt
    no it isn t|no way|nooo|noo|not now|no im good|no i m good|im good|i m good
    no sir|no maam|not correct|not right|no its not|no it s not|never|dont|don t|no gracias
    ahora no|todavia no|todavía no|claro que no|nunca|para nada|incorrecto|no es|no señor|nel|nop|asi no|así no
    """.replace("\n    ", "|")
    .strip("|\n ")
    .split("|")
)
_NUMBERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("one", "first", "1st", "uno", "una", "primero", "primera", "primer"), "1"),
    **dict.fromkeys(("two", "second", "2nd", "dos", "segundo", "segunda"), "2"),
    **dict.fromkeys(("three", "third", "3rd", "tres", "tercero", "tercera", "tercer"), "3"),
    **dict.fromkeys(("four", "fourth", "4th", "cuatro", "cuarto", "cuarta"), "4"),
}
_LANGUAGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("english", "ingles", "inglés"), "en"),
    **dict.fromkeys(("spanish", "español", "espanol", "castellano"), "es"),
    **dict.fromkeys(("vietnamese", "vietnamita"), "vi"),
    **dict.fromkeys(("chinese", "mandarin", "cantonese", "chino", "mandarín", "cantonés", "cantones"), "zh"),
    **dict.fromkeys(("korean", "coreano"), "ko"),
    **dict.fromkeys(("tagalog", "filipino"), "tl"),
    **dict.fromkeys(("haitian creole", "creole", "kreyol", "criollo haitiano"), "ht"),
    **dict.fromkeys(("arabic", "árabe", "arabe"), "ar"),
    **dict.fromkeys(("portuguese", "portugués", "portugues", "português"), "pt"),
    **dict.fromkeys(("french", "francés", "frances"), "fr"),
    **dict.fromkeys(("russian", "ruso"), "ru"),
    **dict.fromkeys(("hindi",), "hi"),
    **dict.fromkeys(("japanese", "japonés", "japones"), "ja"),
}
_OFTEN_OFFERED: Final = r"english|ingl[eé]s|spanish|espa[nñ]ol|castellano"
_ASKS_LANGUAGE: Final = re.compile(
    r"(?:do you (?:have|offer) |is there )?(?:in|en|speak|habla|hablas|hablan|hable|hablo|i speak|switch to"
    r"|prefiero|prefer|only|solo"
    rf"|can you do|do you speak|can you speak|me puede hablar en|podemos hablar en|write in"
    rf"|text in)?\s*({_OFTEN_OFFERED})(?: please| por favor| plz| pls| only| porfa)*"
)
_ASKS_OTHER: Final = re.compile(
    r"(?:in|en|habla|hablas|hablan|i (?:only )?speak|i need|solo hablo|hablo|switch to|prefiero|i prefer"
    r"|do you speak|can you speak|do you have|anyone speak|anybody speak)"
    rf" ({'|'.join(map(re.escape, sorted(_LANGUAGES, key=len, reverse=True)))})(?: please| por favor| plz| pls"
    rf"| only| porfa)*"
)
"""The bare name of another language may be somebody's name ("French"), or the answer to a question."""
_NUMBER: Final = re.compile(
    r"(?:(?:the|el|la|option|opci[oó]n|number|n[uú]mero|numero|ill take|i ll take|give me|i want|quiero|deme|i pick"
    r"|pick|choose|lets do|let s do|yes) )*"
    r"(\d{1,2}(?:st|nd|rd|th)?|[a-z]+?)(?: one| option| opci[oó]n| please| pls| por favor| porfa)*"
)
_ZIP: Final = re.compile(r"(?<![\d-])(\d{5})(?:-\d{4})?(?![\d-])")
_STREET: Final = re.compile(
    r"(?:\s+[^\s,]+){1,4}?\s+(?:st|street|ave?|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|way|pl|place"
    r"|pkwy|parkway|hwy|highway|cir|circle|ter|terrace|trl|trail|loop|pike)\b|\s+(?:calle|avenida|hwy|highway|route)\b",
    re.IGNORECASE,
)
"""What follows a house number of five digits, which is no ZIP code."""
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?(\d{3})[ .-]?(\d{4})(?!\d)")
_MONTHS: Final = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_DAYS: Final = re.compile(
    rf"\b((?:the )?day after tomorrow|pasado ma[nñ]ana|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?(?!\d|:| ?(?:am"
    rf"|pm)\b)|\d{{1,2}}(?:st|nd|rd|th)? (?:of |de )?(?:{_MONTHS})"
    r"|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?:/(?:20)?\d\d)?(?![\d/])"
    r"|today|tonight|tomorrow|tmrw|tmr|2morrow|this weekend|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|tues?|thurs?|election day"
    r"|hoy|(?<!la )(?<!cada )(?:mañana|manana)|fin de semana|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado"
    r"|domingo|d[ií]a de (?:la |las )?elecci[oó]n(?:es)?)\b",
    re.IGNORECASE,
)
_NAME_LEAD: Final = re.compile(
    r"^(?:(?:hi|hello|hola|hey|yes|yeah|sure|ok|okay|well|claro|bueno|pues|s[ií])\b[,!. ]*)*"
    r"(?:(?:you can |puede )?(?:my name is|my name's|name is|this is|i am|i'm|im|its|it's|call me|me llamo"
    r"|mi nombre es|soy|llamarme)\s+)?",
    re.IGNORECASE,
)
_NAME_TAIL: Final = re.compile(
    r"(?:,| and| but| y| pero)? (?:[iI]|[iI]'m|[iI]m|[iI]'ve|my|from|vivo|soy|mi|tengo|quiero|necesito|here)\b.*$",
    re.DOTALL,
)
"""What goes on after a name that came first: "Maria Lopez and i live in Austin". "Nguyen My" is a name."""
_NAME: Final = re.compile(r"[^\W\d_]+\.?(?:[ '\u2019-][^\W\d_]+\.?){0,6}")
_NO_NAMES: Final = frozenset(
    "what where when who why how que qué donde dónde cuando cómo como quien yes no ok okay stop help the a an is "
    "are do "
    "does can i you why idk none nothing never skip hello hi hola hey gracias thanks my me not want need prefer "
    "rather to "
    "your this that it and or if quiero necesito prefiero mi tu su usted para por no ninguno".split()
)
_NAMES_TOO: Final = frozenset({"An", "Can", "Do", "Mi", "My", "Su", "To", "Tu"})
"""Names that are also words: with a capital and beside another name they are names."""
_PARTICLES: Final = frozenset("de del la las los y e da das do dos van von der den bin al".split())
_ADDRESS_HINT: Final = re.compile(r"\d\S*\s+(?:\S+\s+)?[^\W\d_]")
_PART_OF_ADDRESS: Final = re.compile(
    r"\bp\.? ?o\.? ?box\b|\bpost office box\b|\bapartado (?:postal )?\d"
    r"|^\W*(?:[\w.'-]+ ){1,3}(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court)\b[\w ,.]{0,30}$",
    re.IGNORECASE,
)
"""A PO box, or a street without number or town: an answer to where somebody lives, but none that can be looked up."""
_LONGEST_ADDRESS: Final = 300
_LONGEST_NAME: Final = 80
_DIRECTIONS: Final = frozenset({"N", "S", "E", "W", "NE", "NW", "SE", "SW"})


@dataclass(frozen=True, slots=True)
class Places:
    """What the values need to know of geography."""

    state_in: Callable[[str, bool], str | None]
    """(text, a state is asked for) -> code."""
    state_of_zip: Callable[[str], str | None]
    state_like: Callable[[str], str | None] = lambda _: None
    """The state whose name a whole answer nearly is."""


def values_in(query: Query, places: Places) -> dict[str, str]:
    """Return the values in a text by slot type. What nobody asked for is found only where it is cheap and sure."""
    text = query.text.strip()
    said = plain(text)
    found: dict[str, str] = {}
    if said in _YES:
        found["yes_no"] = "yes"
    elif said in _NO:
        found["yes_no"] = "no"
    if number := _number(said):
        found["number"] = number
    if language := _matched(_ASKS_LANGUAGE, said) or _matched(_ASKS_OTHER, said):
        found["language"] = _LANGUAGES[language]
    if zip_code := _zip(text):
        found["zip"] = zip_code
    if day := _DAYS.search(text):
        found["date"] = day[1].casefold()
    if state := places.state_in(text, "state" in query.expects):
        found["state"] = state
    for slot_type in query.expects:
        if slot_type not in found and (read := _READERS.get(slot_type)) and (value := read(text)):
            found[slot_type] = value
    if "us_address" in query.expects and "us_address" not in found and _PART_OF_ADDRESS.search(text):
        found["address_part"] = "yes"
    if "state" not in found and "zip" in found and (state := places.state_of_zip(found["zip"])) is not None:
        found["state"] = state
    if "state" in query.expects and not {"state", "yes_no"} & found.keys() and (state := places.state_like(text)):
        found["state_like"] = state
    return found


def _matched(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.fullmatch(text)
    return match[1] if match else None


def _number(said: str) -> str | None:
    word = _matched(_NUMBER, said) or ""
    return str(int(word)) if word.isdigit() else _NUMBERS.get(word)


def _zip(text: str) -> str | None:
    """Return the last ZIP code in `text`: an address ends with it, and may begin with a number of five digits."""
    codes = [match[1] for match in _ZIP.finditer(text) if not _STREET.match(text, match.end())]
    return codes[-1] if codes else None


def _email(text: str) -> str | None:
    match = _EMAIL.search(text)
    return match[0] if match else None


def _phone(text: str) -> str | None:
    match = _PHONE.search(text)
    return f"+1{match[1]}{match[2]}{match[3]}" if match else None


def _name(text: str) -> str | None:
    bare = _NAME_TAIL.sub("", _NAME_LEAD.sub("", text[:_LONGEST_ADDRESS], count=1)).strip(" .!,")
    words = bare.split()
    if len(bare) > _LONGEST_NAME or _NAME.fullmatch(bare) is None:
        return None
    if any(_is_no_name(word, words) for word in words):
        return None
    first, *rest = words
    return " ".join([_capital(first), *(word if word in _PARTICLES else _capital(word) for word in rest)])


def _is_no_name(word: str, words: list[str]) -> bool:
    return word.casefold() in _NO_NAMES and not (word in _NAMES_TOO and len(words) > 1)


def _capital(word: str) -> str:
    return word if any(char.isupper() for char in word) else word.capitalize()


def _us_address(text: str) -> str | None:
    """Return the street address in `text`, set as on an envelope; None without number, street, and town or ZIP."""
    text = " ".join(text.split())
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS_HINT.search(text):
        return None
    import usaddress  # noqa: PLC0415 -- 25 MB, only where somebody is asked for an address

    tokens: list[tuple[str, str]] = usaddress.parse(text)
    numbers = (at for at, (token, label) in enumerate(tokens) if label == "AddressNumber" and token[0].isdigit())
    start = next(numbers, None)
    if start is None:
        return None
    parts: dict[str, list[str]] = {"street": [], "unit": [], "town": [], "state": [], "zip": []}
    for token, label in tokens[start:]:
        if (part := _part_of(label)) is not None:
            parts[part].append(token.strip(",.;"))
    if len(parts["street"]) < 2 or not (parts["town"] or parts["zip"]):
        return None
    return _set(parts)


def _part_of(label: str) -> str | None:
    if label.startswith(("AddressNumber", "StreetName")):
        return "street"
    if label.startswith(("Occupancy", "Subaddress")):
        return "unit"
    return {"PlaceName": "town", "StateName": "state", "ZipCode": "zip"}.get(label)


def _set(parts: Mapping[str, list[str]]) -> str:
    street, unit, town = (" ".join(map(_cased, parts[name])) for name in ("street", "unit", "town"))
    state = " ".join(word.upper() if len(word) == 2 else word.title() for word in parts["state"])
    last = " ".join(part for part in (state, " ".join(parts["zip"][-1:])) if part)
    return ", ".join(part for part in (f"{street} {unit}".strip(), town, last) if part)


def _cased(word: str) -> str:
    """Return a word as on an envelope; what has a capital inside or a digit stays as it was typed."""
    if word.upper() in _DIRECTIONS:
        return word.upper()
    typed = any(char.isdigit() for char in word) or (any(char.isupper() for char in word) and not word.isupper())
    return word if typed else word.capitalize()


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "email": _email,
    "phone": _phone,
    "name": _name,
    "us_address": _us_address,
}
