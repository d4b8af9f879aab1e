"""The parts of a CycloneDX document that say something we keep, as msgspec types.

Every field is optional, and only the type that the specification gives it is accepted here: that
decodes fastest. What does not fit goes through `cyclonedx_lenient`, which fills the same types.
"""

from __future__ import annotations

from msgspec import Struct


def key(name: str) -> str:
    """The JSON name of a field: camel case, and `bom-ref` with its hyphen."""
    if name == "bom_ref":
        return "bom-ref"
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


class Base(Struct, gc=False, rename=key):
    """All-optional struct. Decoded documents are trees, so the cycle collector may skip them."""


class Contact(Base):
    """A person."""

    name: str = ""
    email: str = ""


class Org(Base):
    """An organisation: supplier, manufacturer, provider."""

    name: str = ""
    url: list[str] | None = None
    contact: list[Contact] | None = None
    bom_ref: str = ""


class Hash(Base):
    """A digest."""

    alg: str = ""
    content: str = ""


class Reference(Base):
    """An external reference."""

    url: str = ""


class Property(Base):
    """A name and a value that a tool has added."""

    name: str = ""
    value: str = ""


class Entity(Base):
    """An organisation or a person, one of the two."""

    organization: Org | None = None
    individual: Contact | None = None


class Licensing(Base):
    """Commercial terms of a licence."""

    licensor: Entity | None = None
    licensee: Entity | None = None
    purchaser: Entity | None = None
    purchase_order: str = ""


class License(Base):
    """A named licence."""

    id: str = ""
    name: str = ""
    licensing: Licensing | None = None


class LicenseChoice(Base):
    """A licence or an expression."""

    license: License | None = None
    expression: str = ""
    licensing: Licensing | None = None


class Swid(Base):
    """A software identification tag."""

    tag_id: str = ""


class Identity(Base):
    """What an analysis concluded about a component."""

    field: str = ""
    concluded_value: str = ""


class Occurrence(Base):
    """Where a component was found."""

    location: str = ""


class Evidence(Base):
    """How a component was found."""

    identity: Identity | list[Identity] | None = None
    occurrences: list[Occurrence] | None = None


class Component(Base):
    """A component, a service or (before 1.5) a tool; each uses some of the fields."""

    name: str = ""
    version: str = ""
    type: str = ""
    bom_ref: str = ""
    group: str = ""
    supplier: Org | None = None
    manufacturer: Org | None = None
    provider: Org | None = None  # of a service
    vendor: str = ""  # of a tool
    publisher: str = ""
    author: str = ""
    authors: list[Contact] | None = None
    purl: str = ""
    cpe: str = ""
    swid: Swid | None = None
    omnibor_id: list[str] | None = None
    swhid: list[str] | None = None
    hashes: list[Hash] | None = None
    licenses: list[LicenseChoice] | None = None
    external_references: list[Reference] | None = None
    endpoints: list[str] | None = None  # of a service
    properties: list[Property] | None = None
    description: str = ""
    copyright: str = ""
    scope: str = ""
    version_range: str = ""
    is_external: bool | None = None
    evidence: Evidence | None = None
    pedigree: Pedigree | None = None
    components: list[Component] | None = None
    services: list[Component] | None = None


class Pedigree(Base):
    """What a component was made from, and what was made from it."""

    ancestors: list[Component] | None = None
    descendants: list[Component] | None = None
    variants: list[Component] | None = None


class ToolGroup(Base):
    """Tools since 1.5. Some write a lone tool of the old kind in its place."""

    name: str = ""
    vendor: str = ""
    version: str = ""

    components: list[Component] | None = None
    services: list[Component] | None = None


class Lifecycle(Base):
    """When in its life the subject was looked at."""

    phase: str = ""
    name: str = ""


class Metadata(Base):
    """Who made the document, with what, about what."""

    timestamp: str = ""
    component: Component | None = None
    tools: list[Component] | ToolGroup | None = None
    authors: list[Contact] | None = None
    manufacture: Org | None = None
    manufacturer: Org | None = None
    supplier: Org | None = None
    lifecycles: list[Lifecycle] | None = None


class Dependency(Base):
    """Edges of the dependency graph that start at `ref`."""

    ref: str = ""
    depends_on: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


class Composition(Base):
    """How complete the listing of some components is."""

    aggregate: str = ""
    assemblies: list[str] | None = None
    dependencies: list[str] | None = None


class Vulnerability(Base):
    """Only for the tools that found it."""

    bom_ref: str = ""
    tools: list[Component] | ToolGroup | None = None


class Annotator(Base):
    """Who made a comment, one of the four."""

    organization: Org | None = None
    individual: Contact | None = None
    component: Component | None = None
    service: Component | None = None


class Annotation(Base):
    """A comment."""

    annotator: Annotator | None = None


class Formula(Base):
    """How something was made."""

    components: list[Component] | None = None
    services: list[Component] | None = None


class Targets(Base):
    """What a declaration is about."""

    organizations: list[Org] | None = None
    components: list[Component] | None = None
    services: list[Component] | None = None


class Assessor(Base):
    """Who assessed."""

    organization: Org | None = None


class Signatory(Base):
    """Who signed."""

    name: str = ""
    organization: Org | None = None


class Affirmation(Base):
    """The signing of a declaration."""

    signatories: list[Signatory] | None = None


class Declarations(Base):
    """Conformance claims."""

    assessors: list[Assessor] | None = None
    targets: Targets | None = None
    affirmation: Affirmation | None = None


class Bom(Base):
    """The whole document."""

    bom_format: str = ""
    spec_version: str = ""
    serial_number: str = ""
    version: int | str | float | None = None
    metadata: Metadata | None = None
    components: list[Component] | None = None
    services: list[Component] | None = None
    external_references: list[Reference] | None = None
    dependencies: list[Dependency] | None = None
    compositions: list[Composition] | None = None
    vulnerabilities: list[Vulnerability] | None = None
    annotations: list[Annotation] | None = None
    formulation: list[Formula] | None = None
    declarations: Declarations | None = None
