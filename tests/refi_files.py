"""REFI-QDA files as other programs might write them, made in memory."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
NAMESPACE = "urn:QDA-XML:project:1.0"


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def selection(number, start, end, *, name="", code=1, user=1, memo="", date="", tag="PlainTextSelection"):
    when = f' creationDateTime="{date}"' if date else ""
    said = f"<Description>{escape(memo)}</Description>" if memo else ""
    return (
        f'<{tag} guid="{guid(1000 + number)}" name={quoteattr(name)} startPosition="{start}" endPosition="{end}">{said}'
        f'<Coding guid="{guid(5000 + number)}" creatingUser="{guid(100 + user)}"{when}>'
        f'<CodeRef targetGUID="{guid(200 + code)}"/></Coding></{tag}>'
    )


def project(sources, *, codes=None, users=("Ann", "Ben"), more="", namespace=NAMESPACE):
    """The XML of a project; `sources`: (name, file name, selections); `codes`: XML, or Trust below Feelings."""
    codes = codes or (
        f'<Code guid="{guid(200)}" name="Feelings" isCodable="true"><Description>What is felt.</Description>'
        f'<Code guid="{guid(201)}" name="Trust" isCodable="true" color="#4477AA"/></Code>'
        f'<Code guid="{guid(202)}" name="Time" isCodable="true"/>'
    )
    people = "".join(f'<User guid="{guid(101 + n)}" name="{name}"/>' for n, name in enumerate(users))
    texts = "".join(
        f'<TextSource guid="{guid(300 + n)}" name={quoteattr(name)} plainTextPath="internal://{path}">{"".join(held)}</TextSource>'
        for n, (name, path, held) in enumerate(sources)
    )
    return (
        f'{HEAD}<Project xmlns="{namespace}" name="p" origin="Another program"><Users>{people}</Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>{more}<Sources>{texts}</Sources></Project>"
    )


def packed(xml: str, files: dict[str, bytes], *, folder="sources") -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml)
        for name, data in files.items():
            archive.writestr(f"{folder}/{name}" if folder else name, data)
    return place.getvalue()


def one(raw: bytes, selections, **options) -> bytes:
    """A project of one source, `talk`, with the given bytes and selections."""
    return packed(project([("talk", "a.txt", selections)], **options), {"a.txt": raw})
