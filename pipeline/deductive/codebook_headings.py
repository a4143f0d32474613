"""Recognises the columns of a codebook kept as a table, by their headings in the languages of the usual programs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.corpus.readers import code_headings

# Headings by what a column holds, the likeliest first; without accents, case and marks.
_NAME = """
code name|name|code|tag|tag name|node|node name|label|title|quirk|quirk name|code label|code title|kode|codename
kodename|codebezeichnung|bezeichnung|titel|knoten|codigo|nombre del codigo|nombre|etiqueta|nodo|titulo|nom du code
nom|etiquette|noeud|libelle|titre|intitule|nome do codigo|nome|codice|nome del codice|etichetta|titolo|codenaam|naam
kod|koodi|codes|kodes|tags|nodes|quirks|codigos|etiquetas|etiquettes|codici
"""
_PATH = """
hierarchical name|code path|full path|full name|path|code hierarchy|code system|codesystem|pfad|codepfad|ruta|chemin
caminho|percorso|nombre jerarquico|nom hierarchique|hierarchischer name
"""
_PARENT = """
parent|parent code|parent code name|parent name|parent tag|main code|parent node|higher level code|belongs to
obercode|oberkode|ubergeordneter code|elterncode|hauptcode|code parent|code superieur|parent du code|codigo padre
codigo superior|codigo pai|codigo principal|codice padre|codice superiore|bovenliggende code|hoofdcode
"""
_GROUP = """
code group|code groups|group|groups|group name|code family|code families|family|families|folder|code set|code sets
tag group|tag groups|board|tag board|codegruppe|codegruppen|kodegruppe|kodegruppen|gruppe|gruppen|grupo de codigos
grupo de codigo|groupe de code|grupos de codigos|grupo|grupos|groupe de codes|groupes de codes|groupe|groupes
gruppo di codici|gruppi di codici|gruppo|gruppi|codegroep|codegroepen|groep|groepen
"""
_DEFINITION = """
definition|code definition|full definition|operational definition|working definition|meaning|begriffsbestimmung
bedeutung|definicion|definicion del codigo|definicion operativa|significado|definition du code|sens|definicao
definizione|definitie|betekenis
"""
_DESCRIPTION = """
description|code description|tag description|short description|brief description|brief definition|short definition
explanation|what it means|beschreibung|codebeschreibung|kurzbeschreibung|erklarung|erlauterung|inhalt|descripcion
descripcion del codigo|explicacion|description du code|explication|descricao|descricao do codigo|explicacao
descrizione|spiegazione|beschrijving|omschrijving|toelichting
"""
_COMMENT = """
comment|comments|memo|code memo|note|notes|remark|remarks|kommentar|kommentare|codememo|anmerkung|anmerkungen
bemerkung|notiz|notizen|comentario|comentarios|nota|notas|observaciones|commentaire|commentaires|remarque|remarques
observacoes|commento|commenti|note del codice|opmerking|opmerkingen|notitie
"""
_INCLUDE = """
include|includes|inclusion|inclusion criteria|inclusion criterion|when to use|use when|apply when|coding rule
coding rules|einschluss|einschlusskriterien|kodierregel|kodierregeln|codierregel|codierregeln|anwendung|incluye
incluir|criterio de inclusion|criterios de inclusion|cuando usar|cuando utilizar|reglas de codificacion
regla de codificacion|inclure|inclut|critere d inclusion|criteres d inclusion|quand utiliser|regle de codage
regles de codage|inclui|criterios de inclusao|quando usar|regras de codificacao|includere|criteri di inclusione
quando usare|inclusiecriteria
"""
_EXCLUDE = """
exclude|excludes|exclusion|exclusion criteria|exclusion criterion|when not to use|do not use when|ausschluss
ausschlusskriterien|abgrenzung|excluye|excluir|criterio de exclusion|criterios de exclusion|cuando no usar
cuando no utilizar|exclure|exclut|critere d exclusion|criteres d exclusion|quand ne pas utiliser|exclui
criterios de exclusao|quando nao usar|escludere|criteri di esclusione|quando non usare|exclusiecriteria
"""
_EXAMPLES = """
examples|example|example quote|example quotes|illustrative quote|illustrative quotes|sample quote|sample quotes
typical example|typical examples|quote|quotes|quotation|quotations|verbatim|verbatims|exemplar|exemplars
anchor example|anchor examples|illustration|ankerbeispiel|ankerbeispiele|beispiel|beispiele|beispielzitat|zitat
zitate|textbeispiel|ejemplo|ejemplos|cita|citas|cita ilustrativa|exemple|exemples|citation|citations|extrait|exemplo
exemplos|citacao|citacoes|esempio|esempi|citazione|citazioni|voorbeeld|voorbeelden|citaat|citaten
"""
_COUNTER = """
counter examples|counter example|counterexample|counterexamples|negative example|negative examples|non example
non examples|close but no|gegenbeispiel|gegenbeispiele|contraejemplo|contraejemplos|contre exemple|contre exemples
contraexemplo|contraexemplos|controesempio|controesempi|tegenvoorbeeld
"""
_COLOR = "color|colour|farbe|couleur|cor|colore|kleur"
_ID = "id|code id|identifier|nr|no|number|nummer|numero"
_PARENT_ID = "parent id|parent code id|parentid"
# Words for levels, outermost first; a column of codes lies between a subcategory and a sub-code.
_LEVELS = (
    "aggregate dimension|aggregate dimensions"
    "|dimension|domain|construct|global theme|overarching theme|dominio|domaine|dimensione|domane",
    "second order theme|second order themes|2nd order theme|2nd order themes"
    "|theme|themes|main theme|major theme|topic|thema|themen|hauptthema|tema|temas|tema principal|theme principal"
    "|thematique|temi|hoofdthema",
    "category|categories|main category|kategorie|kategorien|hauptkategorie|oberkategorie|categoria|categorias"
    "|categoria principal|categorie|categorie principale|hoofdcategorie",
    "first order concept|first order concepts|1st order concept|1st order concepts|first order code|first order codes"
    "|sub theme|subtheme|sub themes|subthemes|minor theme|organizing theme|organising theme|unterthema|subthema|subtema"
    "|subtemas|sub tema|sous theme|sous themes|sottotema|sottotemi",
    "sub category|subcategory|sub categories|subcategories|unterkategorie|unterkategorien|subkategorie|subcategoria"
    "|subcategorias|sub categoria|sous categorie|sous categories|sottocategoria|subcategorie",
    "",
    "sub code|subcode|sub codes|subcodes|child code|basic theme|untercode|subkode|unterkode|subcodigo|subcodigos"
    "|sub codigo|sous code|sous codes|sottocodice",
)
CODE_LEVEL, DEEPEST = 5, 1_000
# Headings that number the levels.
_NUMBERED = re.compile(
    r"(?:(?:code )?(?:level|ebene|stufe|niveau|nivel|livello)|code level)s? ?(?P<number>\d{1,2})(?: codes?)?"
)
# A theme may lie above a category or below it.
EITHER = (1, 2)


def _ranked(listed: str) -> dict[str, int]:
    words = [code_headings.folded(word) for word in listed.replace("\n", "|").split("|") if word.strip()]
    return {word: rank for rank, word in reversed(list(enumerate(words)))}


ROLES: Mapping[str, Mapping[str, int]] = {
    role: _ranked(listed)
    for role, listed in {
        "name": _NAME,
        "path": _PATH,
        "parent": _PARENT,
        "definition": _DEFINITION,
        "description": _DESCRIPTION,
        "comment": _COMMENT,
        "include": _INCLUDE,
        "exclude": _EXCLUDE,
        "examples": _EXAMPLES,
        "counter_examples": _COUNTER,
        "color": _COLOR,
        "codable": "codable",
        "id": _ID,
        "parent_id": _PARENT_ID,
    }.items()
}
LEVELS = tuple(_ranked(listed) for listed in _LEVELS)
GROUP = _ranked(_GROUP)


# Names of anything, not of codes alone.
_ANY = frozenset(
    [
        *("name", "label", "title", "nombre", "nom", "nome", "naam", "titel", "titulo", "titre", "titolo"),
        *("bezeichnung", "intitule", "libelle"),
    ]
)


@dataclass(frozen=True)
class Layout:
    """The columns of a codebook: positions by role; `levels`, outermost first; `groups`; others.

    `names`: the columns that may hold the name, if there are several.
    """

    headings: Sequence[str]
    at: dict[str, int] = field(default_factory=dict)
    levels: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    names: tuple[int, ...] = ()

    @property
    def score(self) -> int:
        """How much the headings mean: 0 if there is no column for the code's name."""
        named = bool(self.names or self.levels or "path" in self.at)
        return named * (len(self.at) + len(self.levels) + len(self.groups))

    @property
    def lists_codes(self) -> bool:
        """Whether a column's heading says that it holds codes or themes, and not just any names."""
        plain = [code_headings.folded(self.headings[at]) for at in self.names]
        return bool(self.levels) or any(heading not in _ANY for heading in plain)

    @property
    def described(self) -> bool:
        """Whether something beside the name is told of each code."""
        told = {"parent", "definition", "description", "comment", "include", "exclude", "examples", "counter_examples"}
        return bool(told & set(self.at)) or len(self.levels) > 1 or bool(self.groups) or "path" in self.at


def layout(headings: Sequence[str]) -> Layout:
    """Return the columns that a row of headings names."""
    plain = [code_headings.folded(heading) for heading in headings]
    at = {role: place for role, ranks in ROLES.items() if (place := code_headings.likeliest(plain, ranks)) >= 0}
    names = tuple(number for number, heading in enumerate(plain) if heading in ROLES["name"])
    by_level = [(level, number) for number, heading in enumerate(plain) if (level := _level(heading)) >= 0]
    groups = tuple(number for number, heading in enumerate(plain) if heading.rstrip(" 0123456789") in GROUP)
    if len(names) == 1 and by_level and "path" not in at and "parent" not in at:
        by_level.append((CODE_LEVEL if max(by_level)[0] < len(LEVELS) else DEEPEST, names[0]))
    if "parent" in at or not by_level:
        # A theme or category beside a parent's column is not a level.
        by_level = by_level if not names and "path" not in at else []
    levels = tuple(number for _, number in sorted(by_level))
    return Layout(headings, at, levels, groups, names)


def level(heading: str) -> int:
    """Return the level that a heading names, 0 for the outermost; -1 if it names none."""
    return _level(code_headings.folded(heading))


def _level(heading: str) -> int:
    numbered = _NUMBERED.fullmatch(heading)
    if numbered:
        return len(LEVELS) + int(numbered["number"])
    return next((level for level, ranks in enumerate(LEVELS) if heading in ranks), -1)
