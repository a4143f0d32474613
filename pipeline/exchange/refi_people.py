"""Exports people to REFI-QDA: coders as users, participants as cases, attributes as variables with their types."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pipeline.core import coders, table_rows
from pipeline.corpus import refi
from pipeline.exchange import markup
from pipeline.exchange.code_tree import Node

# A variable has the first type that all its values fit.
TYPES = {
    "Boolean": re.compile(r"true|false"),
    "Integer": re.compile(r"-?(0|[1-9]\d{0,17})"),
    "Float": re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,12}"),
    "Date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}
TEXT = "Text"


def users(names: Iterable[str], *, study_name: str) -> list[str]:
    """Return the users: people sorted by name, then the model."""
    listed = [*sorted(set(names) - {coders.MODEL}), coders.MODEL]
    return [markup.element("User", {"guid": refi.user(study_name, name), "name": name}) for name in listed]


def type_of(values: Iterable[str]) -> str:
    """Return the type of a variable with these values: that which all of them fit as they are written."""
    given = [value for value in values if value]
    return next((name for name, form in TYPES.items() if given and all(map(form.fullmatch, given))), TEXT)


class People:
    """A study's speakers and cases, by document and by case."""

    def __init__(self, turns: pd.DataFrame, cases: pd.DataFrame, documents: pd.DataFrame, study_name: str) -> None:
        """Take the tables. `study_name`: the name from which ids are derived."""
        self.study = study_name
        self.attributes = [name for name in cases.columns if name != "case"]
        self.types = {name: type_of(map(str, cases[name])) for name in self.attributes}
        self._cases = cases.sort_values("case")
        self._types = {str(row.document): str(row.source_type) for row in table_rows.each(documents)}
        self._speakers: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._documents: dict[str, set[str]] = defaultdict(set)
        for row in table_rows.each(turns[["document", "speaker", "part", "case"]].drop_duplicates()):
            self._speakers[str(row.document)].add((str(row.speaker), str(row.part), str(row.case)))
            if row.case:
                self._documents[str(row.case)].add(str(row.document))
        together = {document for document, who in self._speakers.items() if len({case for *_, case in who if case}) > 1}
        self._turns: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for row in table_rows.each(turns[turns["document"].isin(together) & (turns["case"] != "")]):
            if row.start < row.end:
                self._turns[str(row.document)].append((int(row.start), int(row.end), str(row.case)))

    def description(self, document: str) -> str:
        """Return a source's description, which `refi.speakers` and `refi.file_of` can read back."""
        lines = [refi.file_line(document)]
        named = sorted(speaker for speaker in self._speakers[document] if speaker[0] or speaker[2])
        lines += [refi.speaker_line(*speaker) for speaker in named or sorted(self._speakers[document])]
        return "\n".join(lines)

    def spoken(self, document: str) -> list[tuple[int, int, str]]:
        """Return start, end and case of each turn of a document in which several cases speak."""
        return sorted(self._turns[document])

    def belonging(self, document: str, length: int) -> list[tuple[int, int, str]]:
        """Return start, end and case of what belongs to each case: its turns, or all of a text of its own."""
        alone = sorted({case for *_, case in self._speakers[document] if case}) if not self._turns[document] else []
        return self.spoken(document) or [(0, length, case) for case in alone if length]

    def code(self, case: str) -> str:
        """Return the id of a case, which is that of its code as well, where cases are written as codes too."""
        return refi.guid(self.study, "case", case)

    def codes(self, used: Iterable[str]) -> list[Node]:
        """Return the cases as codes; one that is called like a code says that it is a case. `used`: names of codes."""
        taken = {name.casefold() for name in used}
        names = [
            (str(case), f"{case} (case)" if str(case).casefold() in taken else str(case))
            for case in self._cases["case"]
        ]
        return [Node(self.code(case), name) for case, name in names]

    def turn(self, document: str, start: int, end: int, case: str) -> str:
        """Return the id of the passage that is a turn."""
        return refi.guid(self.study, "turn", document, start, end, case)

    def variables(self, descriptions: Mapping[str, Sequence[str]] | None = None) -> list[str]:
        """Return one variable per attribute of the cases, and one for the source type."""
        said = descriptions or {}
        return [
            markup.element(
                "Variable",
                {"guid": self._variable(name), "name": name, "typeOfVariable": self.types.get(name, TEXT)},
                markup.text("Description", "\n\n".join(said.get(name, ()))),
            )
            for name in [*self.attributes, *([refi.SOURCE_TYPE] if self._types else [])]
        ]

    def cases(self, sources: Mapping[str, str], descriptions: Mapping[str, Sequence[str]] | None = None) -> list[str]:
        """Return the cases with their values, and their sources, or in focus groups their turns (by id)."""
        elements = []
        said = descriptions or {}
        for row in self._cases.to_dict("records"):
            case = str(row["case"])
            values = [self._value(name, str(row[name])) for name in self.attributes if row[name]]
            spoken = sorted(self._documents[case])
            alone = [document for document in spoken if not self._turns[document]]
            references = [markup.element("SourceRef", {"targetGUID": sources[document]}) for document in alone]
            turns = [
                self.turn(document, *turn) for document in spoken for turn in self.spoken(document) if turn[2] == case
            ]
            references += [markup.element("SelectionRef", {"targetGUID": guid}) for guid in dict.fromkeys(turns)]
            attributes = {"guid": self.code(case), "name": case}
            description = markup.text("Description", "\n\n".join(said.get(case, ())))
            elements.append(markup.element("Case", attributes, description, *values, *references))
        return elements

    def source_values(self, document: str) -> str:
        """Return the source type of a document as a value."""
        return self._value(refi.SOURCE_TYPE, self._types[document])

    def _value(self, name: str, value: str) -> str:
        reference = markup.element("VariableRef", {"targetGUID": self._variable(name)})
        return markup.element("VariableValue", {}, reference, markup.text(f"{self.types.get(name, TEXT)}Value", value))

    def _variable(self, name: str) -> str:
        return refi.guid(self.study, "variable", name)
