"""What a snapshot says of itself: data package, citation, DCAT-AP.de, README. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

_FIELD = {
    "day": {"type": "date"}, "moment": {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%SZ"}, "text": {"type": "string"},
    "whole": {"type": "integer"}, "real": {"type": "number"}, "json": {"type": "string"},
}  # fmt: skip
_KEYS = {"articles": ["article"], "sources": ["source"]}
_THEMES = ("REGI", "GOVE", "TECH")
_KEYWORDS = ["Smart City", "Modellprojekte Smart Cities", "Kommunen", "Nachrichten", "Verstetigung"]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of a snapshot. ``first`` is the day of the oldest publication, ``until`` that of the last look."""

    title: str
    creators: tuple[str, ...]
    license: str | None
    base_url: str | None
    first: date | None
    until: date
    software: str
    schema: str
    codebooks: list[str]
    query: dict[str, Any]
    texts: bool
    resources: list[dict[str, Any]]

    @property
    def says(self) -> str:
        """A sentence or two for catalogues."""
        articles = next(resource["rows"] for resource in self.resources if resource["name"] == "articles")
        texts = "mit Volltexten" if self.texts else "ohne Volltexte (Hashwerte, Adressen und Annotationen)"
        since = f", veröffentlicht seit {self.first.isoformat()}" if self.first else ""
        return f"{articles} Nachrichten{since}, {texts}; Datum, Themen und Nennungen mit Fundstelle und Regel. Stand {self.until.isoformat()}."


def plain_json(value: Any) -> bytes:  # noqa: ANN401 - what JSON can hold
    """JSON for people and programs, in one order."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def datapackage(facts: Facts) -> dict[str, Any]:
    """The descriptor of a tabular data package."""
    told: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "mpsc-corpus",
        "title": facts.title,
        "description": facts.says,
        "version": facts.until.isoformat(),
        "created": f"{facts.until.isoformat()}T00:00:00Z",
        "keywords": _KEYWORDS,
        "contributors": [{"title": name, "role": "author"} for name in facts.creators],
        "sources": [{"title": "the publishers' news pages; see data/sources.csv"}],
        "resources": [_resource(resource, facts) for resource in facts.resources],
        "mpsc": {"software": facts.software, "schema": facts.schema, "codebooks": facts.codebooks, "query": facts.query, "texts": facts.texts},
    }  # fmt: skip
    if facts.license:
        told["licenses"] = [{"path": facts.license}]
    return told


def _resource(resource: dict[str, Any], facts: Facts) -> dict[str, Any]:
    name = resource["name"]
    fields = [{"name": c.name, **_FIELD[c.kind], "description": c.says} for c in resource["columns"]]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if name in _KEYS:
        schema["primaryKey"] = _KEYS[name]
    keys = []
    if name != "articles" and any(c.name == "article" for c in resource["columns"]):
        keys.append({"fields": ["article"], "reference": {"resource": "articles", "fields": ["article"]}})
    if name != "sources" and any(c.name == "source" for c in resource["columns"]):
        keys.append({"fields": ["source"], "reference": {"resource": "sources", "fields": ["source"]}})
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": name, "path": resource["path"], "profile": "tabular-data-resource", "description": resource["says"], "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "bytes": resource["bytes"], "hash": f"sha256:{resource['hash']}", "schema": schema,
    }  # fmt: skip


def citation(facts: Facts) -> str:
    """``CITATION.cff`` 1.2.0."""
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use these data, please cite them as below."',
        "type: dataset",
        f"title: {_quoted(facts.title)}",
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in facts.creators),
        f'version: "{facts.until.isoformat()}"',
        f'date-released: "{facts.until.isoformat()}"',
        f"abstract: {_quoted(facts.says)}",
        "keywords:",
        *(f"  - {_quoted(word)}" for word in _KEYWORDS),
    ]
    if facts.base_url:
        lines.append(f"url: {_quoted(facts.base_url)}")
    if facts.license:
        lines.append(f"license-url: {_quoted(facts.license)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A YAML string in double quotes, which JSON's are, too."""
    return json.dumps(text, ensure_ascii=False)


def dcat(facts: Facts) -> dict[str, Any]:
    """The metadata for open-data portals, in DCAT-AP.de as JSON-LD. Addresses are ``base_url``'s, or relative without one."""
    base = f"{facts.base_url.rstrip('/')}/" if facts.base_url else ""
    period: dict[str, Any] = {
        "@type": "dct:PeriodOfTime",
        "dcat:endDate": {"@type": "xsd:date", "@value": facts.until.isoformat()},
    }
    if facts.first:
        period["dcat:startDate"] = {"@type": "xsd:date", "@value": facts.first.isoformat()}
    rights = {"dct:license": {"@id": facts.license}} if facts.license else {}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#", "dcatap": "http://data.europa.eu/r5r/", "spdx": "http://spdx.org/rdf/terms#",
        },
        "@id": f"{base}datapackage.json",
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "de", "@value": facts.title},
        "dct:description": {"@language": "de", "@value": facts.says},
        "dct:issued": {"@type": "xsd:date", "@value": facts.until.isoformat()},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/DEU"},
        "dct:spatial": {"@id": "http://publications.europa.eu/resource/authority/country/DEU"},
        "dct:temporal": period,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": ", ".join(facts.creators)},
        "dcat:theme": [{"@id": f"http://publications.europa.eu/resource/authority/data-theme/{theme}"} for theme in _THEMES],
        "dcat:keyword": [{"@language": "de", "@value": word} for word in _KEYWORDS],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": resource["name"],
                "dct:description": resource["says"],
                "dcat:accessURL": {"@id": f"{base}{resource['path']}"},
                "dct:format": {"@id": "http://publications.europa.eu/resource/authority/file-type/CSV"},
                "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(resource["bytes"])},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"},
                    "spdx:checksumValue": resource["hash"],
                },
                **rights,
            }
            for resource in facts.resources
        ],
    }  # fmt: skip


def readme(facts: Facts) -> str:
    """What is here and how to use it."""
    rows = "\n".join(f"| `{r['path']}` | {r['rows']} | {r['says']} |" for r in facts.resources)
    texts = (
        "Full texts are in `articles.csv`."
        if facts.texts
        else "Full texts are left out; `body_sha256` tells whether a text that you have is the one that was read."
    )
    licence = facts.license or "none was named; the publishers' rights in their texts stay as they are"
    return f"""# {facts.title}

{facts.says}

| file | rows | what |
|---|---|---|
{rows}

`datapackage.json` describes every column; `codebook.toml` holds the topics, `registry.json` the sources. {texts}
Unknown values are empty. Moments are UTC, days are those of Europe/Berlin. Observed time follows from `looks.csv`.

- Software: {facts.software}, schema {facts.schema}; codebooks: {", ".join(facts.codebooks) or "none"}
- Asked for: {json.dumps(facts.query, ensure_ascii=False, default=str)}
- Licence: {licence}
- Check: `mpsc snapshot verify .` or `sha256sum -c MANIFEST.sha256`; cite: `CITATION.cff`
"""
