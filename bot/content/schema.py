"""Hold a marked document against a pydantic schema; each mistake keeps its place."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.content.marked import Document
from bot.content.trouble import Trouble, did_you_mean, listed

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
_EXPECTED = {
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys below it",
    "model_type": "keys below it",
}


def parsed(model: type[Model], document: Document, path: Path, value: Any) -> tuple[Model | None, list[Trouble]]:
    """Return what stands at `path` as a `model`, or None and every mistake in it."""
    if not isinstance(value, dict):
        return None, [Trouble(document.mark(path), "K202", f"'{path[-1] if path else ''}' needs keys below it")]
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [_trouble(document, path, detail, model) for detail in _of_one_union(error.errors())]


def _of_one_union(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Yield what pydantic says of a text or list of texts once: of the member that was meant, not of both."""
    for detail in details:
        wanted = {"list_type": list, "string_type": str}.get(detail["type"])
        meant_other = wanted is list or isinstance(detail["input"], list)
        if not (wanted and meant_other and _is_member(detail["loc"][-1])):
            yield detail


def _is_member(part: int | str) -> bool:
    """Return whether a part of pydantic's path is the name of a union's member, such as `list[constrained-str]`."""
    return isinstance(part, str) and not part.replace("_", "").isalnum()


def _trouble(document: Document, path: Path, detail: ErrorDetails, model: type[BaseModel]) -> Trouble:
    kind = detail["type"]
    where = (*path, *_places(document, path, detail["loc"]))
    if kind == "missing":
        return Trouble(document.mark(where), "K203", f"'{detail['loc'][-1]}' is missing here")
    key = _called(where)
    if kind == "extra_forbidden":
        known = list(_known_keys(model, detail["loc"][:-1]))
        message = f"unknown key {key}.{did_you_mean(str(where[-1]), known) or f' Known here: {listed(known)}'}"
        return Trouble(document.key_mark(where), "K201", message)
    mark = document.key_mark(where) if detail["loc"][-1:] == ("[key]",) else document.mark(where)
    found = _found(detail["input"])
    if kind == "literal_error":
        options = [option.strip(" '") for option in str(detail["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        hint = did_you_mean(str(detail["input"]), options)
        return Trouble(mark, "K204", f"{key} is {found}; expected {listed(options)}.{hint}")
    if kind == "expected":
        return Trouble(mark, "K205", f"{key} is {found}; {detail['msg']}")
    if kind == "string_pattern_mismatch":
        message = f"{key} is {found}; a name has small letters, digits and _ and begins with a letter"
        return Trouble(mark, "K206", message)
    if kind == "value_error":
        return Trouble(mark, "K207", detail["msg"].removeprefix("Value error, "))
    if kind in ("string_too_short", "too_short"):
        return Trouble(mark, "K208", f"{key} is empty")
    return Trouble(mark, "K209", f"{key} is {found}; expected {_EXPECTED.get(kind, detail['msg'].lower())}")


def _places(document: Document, path: Path, loc: tuple[int | str, ...]) -> Iterator[int | str]:
    """Yield the parts of pydantic's `loc` that are keys in the file; it names union members and missing keys too."""
    here = path
    for part in loc:
        if (*here, part) in document.marks or part in _leaf_keys(document, here):
            yield part
            here = (*here, part)


def _called(where: Path) -> str:
    """Return what staff call the thing at `where`: 'keywords', or number 2 of 'keywords'."""
    last = where[-1] if where else ""
    return f"number {last + 1} of {_called(where[:-1])}" if isinstance(last, int) else f"'{last}'"


def _leaf_keys(document: Document, path: Path) -> set[str | int]:
    return {key[-1] for key in document.keys if key[:-1] == path}


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> Iterator[str]:
    """Yield the keys of the model that `loc` leads to."""
    current: type[BaseModel] | None = model
    for part in loc:
        fields = {field.alias or name: field for name, field in current.model_fields.items()} if current else {}
        if part in fields:
            current = _model_in(fields[str(part)].annotation)
    if current is not None:
        yield from (field.alias or name for name, field in current.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_in(part):
            return found
    return None


def _found(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else f"{value!r}"
