"""What a written element says of one record.

In: the parts of an object, and the object of the catalog. Out: cells by field name, or ``FunctionRefused``. Refuses to
know: which records there are, lines of documents.

Elements in elements are dotted fields: ``<DISPLAYCONTACT><PRINTAS>`` is ``DISPLAYCONTACT.PRINTAS``. They are kept with
the record; the contact that the real gateway makes of them is not made.

Dotted fields that the catalog calls required are so for that contact, and are not asked for here ([?]): the documented
samples leave most of them out. An unknown field and a read-only one are refused; nobody has told how ([?]).
"""

from collections.abc import Collection, Iterable, Mapping

from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.refusals import FunctionRefused, bad_value, data_failure
from intacct_ql.emulator.storing import stored
from intacct_ql.emulator.tables import Cell
from intacct_ql.emulator.write_reader import Part
from intacct_ql.schema.model import Object

Cells = dict[str, Cell]
"""The stored values of a record by their upper-case field names."""


def read_cells(parts: Iterable[Part], target: Object, formatting: Formatting, keys: Collection[str] = ()) -> Cells:
    """The cells that are written; read-only ones but for ``keys`` are refused."""
    texts = _texts(parts, target)
    for name in texts:
        if target.fields[name].readonly and name not in keys:
            words = f"Field {name} of object {target.name} is read-only."
            raise bad_value(words, correction="Leave the field out.")
    return {name: stored(text, target.fields[name], formatting) for name, text in texts.items()}


def check_no_text(part: Part) -> None:
    """Refuse a record that is a text."""
    if part.text.strip():
        raise bad_value(f"Element {part.name} holds text.", correction="Put elements named like its fields into it.")


def check_required(cells: Mapping[str, Cell], target: Object, names: Collection[str]) -> None:
    """Refuse where one of these fields is required and has no value."""
    for name in names:
        if target.fields[name].required and "." not in name and cells.get(name) is None:
            words = f"Missing {name}: object {target.name} needs a value in it."
            raise bad_value(words, correction=f"Give {name} a value.")


def _texts(parts: Iterable[Part], target: Object, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        name = prefix + part.name.upper()
        inner = _texts(part.parts, target, f"{name}.") if part.parts else {name: part.text}
        for each in inner:
            if each not in target.fields:
                raise _unknown(each, target)
            if each in found:
                raise bad_value(f"Field {each} is written twice.", correction="Write it once.")
        found |= inner
    return found


def _unknown(name: str, target: Object) -> FunctionRefused:
    path = name.partition(".")[0]
    way = target.relationships.get(path)
    if "." in name and way is not None and way.related_by:
        correction = f"Write {way.related_by} to choose another {way.object}; {path} itself is read-only."
    else:
        correction = f"Ask lookup for the fields of {target.name}."
    return data_failure(f"Field {name} not found in object {target.name}.", correction=correction)
