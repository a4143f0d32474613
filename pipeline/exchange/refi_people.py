"""Exports people to REFI-QDA: coders as users, participants as cases, attributes as variables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.core import coders, table_rows
from pipeline.corpus import refi
from pipeline.exchange import markup


def users(names: Iterable[str], *, study_name: str) -> list[str]:
    """Return the users: people sorted by name, then the model."""
    listed = [*sorted(set(names) - {coders.MODEL}), coders.MODEL]
    return [markup.element("User", {"guid": refi.user(study_name, name), "name": name}) for name in listed]


class People:
    """A study's speakers and cases, by document and by case."""

    def __init__(self, turns: pd.DataFrame, cases: pd.DataFrame, documents: pd.DataFrame, study_name: str) -> None:
        """Take the tables. `study_name`: the name from which ids are derived."""
        self.study = study_name
        self.attributes = [name for name in cases.columns if name != "case"]
        self._cases = cases.sort_values("case")
        self._types = {str(row.document): str(row.source_type) for row in table_rows.each(documents)}
        self._speakers: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._documents: dict[str, set[str]] = defaultdict(set)
        for row in table_rows.each(turns[["document", "speaker", "part", "case"]].drop_duplicates()):
            self._speakers[str(row.document)].add((str(row.speaker), str(row.part), str(row.case)))
            if row.case:
                self._documents[str(row.case)].add(str(row.document))

    def description(self, document: str) -> str:
        """Return a source's description, which `refi.speakers` and `refi.file_of` can read back."""
        lines = [refi.file_line(document)]
        named = sorted(speaker for speaker in self._speakers[document] if speaker[0] or speaker[2])
        lines += [refi.speaker_line(*speaker) for speaker in named or sorted(self._speakers[document])]
        return "\n".join(lines)

    def variables(self) -> list[str]:
        """Return one variable per attribute of the cases, and one for the source type."""
        return [
            markup.element("Variable", {"guid": self._variable(name), "name": name, "typeOfVariable": "Text"})
            for name in [*self.attributes, *([refi.SOURCE_TYPE] if self._types else [])]
        ]

    def cases(self, sources: Mapping[str, str]) -> list[str]:
        """Return the cases with their values and sources (by id)."""
        elements = []
        for row in self._cases.to_dict("records"):
            values = [self._value(name, str(row[name])) for name in self.attributes if row[name]]
            spoken = sorted(self._documents[str(row["case"])])
            references = [markup.element("SourceRef", {"targetGUID": sources[document]}) for document in spoken]
            attributes = {"guid": refi.guid(self.study, "case", row["case"]), "name": row["case"]}
            elements.append(markup.element("Case", attributes, *values, *references))
        return elements

    def source_values(self, document: str) -> str:
        """Return the source type of a document as a value."""
        return self._value(refi.SOURCE_TYPE, self._types[document])

    def _value(self, name: str, value: str) -> str:
        reference = markup.element("VariableRef", {"targetGUID": self._variable(name)})
        return markup.element("VariableValue", {}, reference, markup.text("TextValue", value))

    def _variable(self, name: str) -> str:
        return refi.guid(self.study, "variable", name)
