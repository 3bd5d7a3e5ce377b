"""What commands take for no name when they mask a conversation."""

from bot.civic.facts import states
from bot.config import Config
from bot.content.examples import read_examples
from bot.content.files import staff_files
from bot.content.library import read_library
from bot.content.masks import Masks, words_in

_DAYS_AND_MONTHS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio "
    "julio agosto septiembre octubre noviembre diciembre"
)
_LANGUAGES = "english spanish inglés español"


def masks_of(config: Config) -> Masks:
    """Return masks that know the words of the examples, and spare the names of states and of the organisation."""
    files = staff_files(config.staff)
    examples, _ = read_examples(files)
    library, _ = read_library(files)
    about = config.organisation
    kept = " ".join(
        [
            *(f"{one.name} {code}" for code, one in states().items()),
            *(word for entry in library.entries.values() for word in entry.spec.keywords),
            *(title for entry in library.entries.values() for title in entry.spec.title.values()),
            about.name,
            about.candidate,
            about.seat,
            _DAYS_AND_MONTHS,
            _LANGUAGES,
            "i i'm i'll i've i'd ok zip usa us dmv id",
        ]
    )
    return Masks(words_in(example.text for example in examples), words_in([kept]))
