"""The tables, one class each, in a module for each stage.

A class says in its docstring what one row is, and in its fields what they hold and in which unit.

`start` and `end` are code points into `documents.text`, end exclusive, and `text == document_text[start:end]` always.
Joins are by id, never by position.
"""

from pipeline.core.schemas.base import (
    Problems,
    Record,
    Table,
    Text,
)
from pipeline.core.schemas.compare import (
    Agreement,
    AgreementByAttribute,
    AgreementOfAll,
    CodeRecovery,
    Disagreements,
    Missed,
    Saturation,
    SaturationVerdict,
    ThemeAgreement,
    ThemeMapping,
    Triangulation,
)
from pipeline.core.schemas.corpus import (
    Cases,
    Codings,
    Documents,
    Embeddings,
    Imports,
    Memos,
    Segments,
    Speakers,
    Turns,
)
from pipeline.core.schemas.map_codes import (
    CodeAssignments,
    CodeReliability,
    CodeThemes,
    MappingQuality,
    NegativeCases,
    SegmentCodes,
    ThemeCode,
    ThemeCodeQuotes,
    Valence,
)
from pipeline.core.schemas.report import (
    FrameworkMatrix,
)
from pipeline.core.schemas.themes import (
    ThemeAssignments,
    ThemeAttributes,
    ThemeChoice,
    ThemeDependence,
    ThemeMap,
    ThemeNews,
    ThemeQuestions,
    ThemeQuotes,
    Themes,
    ThemeStability,
    ThemeStates,
    ThemeUnassigned,
)

__all__ = [
    "Agreement",
    "AgreementByAttribute",
    "AgreementOfAll",
    "Cases",
    "CodeAssignments",
    "CodeRecovery",
    "CodeReliability",
    "CodeThemes",
    "Codings",
    "Disagreements",
    "Documents",
    "Embeddings",
    "FrameworkMatrix",
    "Imports",
    "MappingQuality",
    "Memos",
    "Missed",
    "NegativeCases",
    "Problems",
    "Record",
    "Saturation",
    "SaturationVerdict",
    "SegmentCodes",
    "Segments",
    "Speakers",
    "Table",
    "Text",
    "ThemeAgreement",
    "ThemeAssignments",
    "ThemeAttributes",
    "ThemeChoice",
    "ThemeCode",
    "ThemeCodeQuotes",
    "ThemeDependence",
    "ThemeMap",
    "ThemeMapping",
    "ThemeNews",
    "ThemeQuestions",
    "ThemeQuotes",
    "ThemeStability",
    "ThemeStates",
    "ThemeUnassigned",
    "Themes",
    "Triangulation",
    "Turns",
    "Valence",
]
