"""Validates every export against REFI-QDA 1.0, for the elements that exports use.

The format's schema is not part of this program. These checks cover the same rules for the elements written here:
nesting, order, number, required attributes and their form; and beyond the schema, unique ids, valid references, and
selections within their text.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from defusedxml.ElementTree import fromstring

from pipeline.core.errors import CounterpointError

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FORMS = {
    "guid": re.compile(_GUID),
    "text": re.compile(r".*", re.DOTALL),
    "number": re.compile(r"\d+"),
    "flag": re.compile(r"true|false"),
    "color": re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})"),
    "moment": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?"),
    "kind": re.compile(r"Text|Boolean|Integer|Float|Date|DateTime"),
    "path": re.compile(rf"internal://{_GUID}\.txt"),
}
# Children of an element in order (`?`: at most one, `*`: any number, `+`: at least one), and its attributes (`!`:
# required) with their form.
_REFERENCE: tuple[str, dict[str, str]] = ("", {"targetGUID!": "guid"})
_REFERRED = (
    *("CodeRef", "VariableRef", "SourceRef", "SelectionRef", "NoteRef"),
    *("MemberCode", "MemberSource", "MemberNote"),
)
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue")
_SHAPES: dict[str, tuple[str, dict[str, str]]] = {
    "Project": (
        "Users? CodeBook? Variables? Cases? Sources? Notes? Sets? Description? NoteRef*",
        {"name!": "text", "origin": "text", "creatingUserGUID": "guid"},
    ),
    "Users": ("User+", {}),
    "User": ("", {"guid!": "guid", "name": "text"}),
    "CodeBook": ("Codes", {}),
    "Codes": ("Code+", {}),
    "Code": ("Description? NoteRef* Code*", {"guid!": "guid", "name!": "text", "isCodable!": "flag", "color": "color"}),
    "Variables": ("Variable+", {}),
    "Variable": ("Description?", {"guid!": "guid", "name!": "text", "typeOfVariable!": "kind"}),
    "Cases": ("Case+", {}),
    "Case": ("Description? VariableValue* SourceRef* SelectionRef*", {"guid!": "guid", "name": "text"}),
    "VariableValue": (
        "VariableRef TextValue? BooleanValue? IntegerValue? FloatValue? DateValue?",
        {},
    ),
    "Sources": ("TextSource+", {}),
    "TextSource": (
        "Description? PlainTextSelection* VariableValue*",
        {"guid!": "guid", "name": "text", "plainTextPath!": "path", "creatingUser": "guid"},
    ),
    "PlainTextSelection": (
        "Description? Coding*",
        {
            "guid!": "guid",
            "name": "text",
            "startPosition!": "number",
            "endPosition!": "number",
            "creatingUser": "guid",
            "creationDateTime": "moment",
        },
    ),
    "Coding": ("CodeRef", {"guid!": "guid", "creatingUser": "guid", "creationDateTime": "moment"}),
    "Notes": ("Note+", {}),
    "Note": (
        "",
        {
            "guid!": "guid",
            "name": "text",
            "plainTextPath!": "path",
            "creatingUser": "guid",
            "creationDateTime": "moment",
        },
    ),
    "Sets": ("Set+", {}),
    "Set": ("Description? MemberCode* MemberSource* MemberNote*", {"guid!": "guid", "name!": "text"}),
    **dict.fromkeys(_REFERRED, _REFERENCE),
    "Description": ("", {}),
    **dict.fromkeys(_VALUES, ("", {})),
}
_REFERRING = ("targetGUID", "creatingUser", "creatingUserGUID")


class ExchangeError(CounterpointError):
    """An export would not have been valid; nothing was written."""


def check(xml: bytes, files: Mapping[str, bytes], *, units: str) -> None:
    """Raise ExchangeError with all problems of a project. `files`: its sources; `units`: how positions are counted."""
    root = fromstring(xml)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    wrong = [f"the root is {root.tag}"] if root.tag != "Project" else []
    ids: list[str] = []
    wanted: set[str] = set()  # the ids that something refers to
    for element in root.iter():
        wrong += _shape(element)
        # A case may be a code too, under one id.
        ids += [value for name, value in element.items() if name == "guid" and element.tag != "Case"]
        wanted |= {value for name, value in element.items() if name in _REFERRING}
    wrong += [f"{count} elements have the id {guid}" for guid, count in Counter(ids).most_common(5) if count > 1]
    cases = [case.get("guid", "") for case in root.iter("Case")]
    wrong += [f"{count} cases have the id {guid}" for guid, count in Counter(cases).most_common(5) if count > 1]
    wrong += [f"no element has the id {guid}" for guid in sorted(wanted - {*ids, *cases})[:5]]
    for source in [*root.iter("TextSource"), *root.iter("Note")]:
        wrong += _selections(source, files, units)
    if wrong:
        raise ExchangeError(
            f"The export would not be valid REFI-QDA: {'; '.join(wrong[:10])}. Nothing was written. Please "
            "report this as a bug."
        )


def _shape(element: Any) -> list[str]:
    if element.tag not in _SHAPES:
        return [f"{element.tag} is not allowed in an export"]
    children, attributes = _SHAPES[element.tag]
    order = "".join(f"<{child.tag}>" for child in element)
    pattern = "".join(f"(?:<{name.rstrip('?*+')}>){name[-1] if name[-1] in '?*+' else ''}" for name in children.split())
    wrong = [] if re.fullmatch(pattern, order) else [f"{element.tag} contains {order[:80] or 'nothing'}"]
    forms = {name.rstrip("!"): form for name, form in attributes.items()}
    needed = {name.rstrip("!") for name in attributes if name.endswith("!")}
    wrong += [f"{element.tag} lacks {name}" for name in sorted(needed - set(element.keys()))]
    for name, value in element.items():
        if name not in forms or not _FORMS[forms[name]].fullmatch(value):
            wrong.append(f"{element.tag} has {name}='{value[:40]}'")
    return wrong


def _selections(source: Any, files: Mapping[str, bytes], units: str) -> list[str]:
    name = str(source.get("plainTextPath")).replace("internal://", "sources/")
    if name not in files:
        return [f"the text {name} is missing"]
    text = files[name].decode()
    length = len(text.encode("utf-16-le")) // 2 if units == "utf16" else len(text)
    spans = [
        (int(selection.get("startPosition")), int(selection.get("endPosition")))
        for selection in source.iter("PlainTextSelection")
    ]
    return [f"{start} to {end} is outside {name}" for start, end in spans if not 0 <= start < end <= length][:5]
