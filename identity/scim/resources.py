"""What we keep of SCIM's resources: these models are the schemas that `/Schemas` publishes."""

from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Extension,
    Mutability,
    Reference,
    Required,
    Resource,
    Returned,
    Uniqueness,
)

from identity.states import STAFF, Language, Speciality, SubSpeciality

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MEDICUS = "urn:ietf:params:scim:schemas:extension:medicus:2.0:User"
"""In the form that Microsoft Entra ID demands of attributes of one's own."""


class Enterprise(Extension):
    """Of the enterprise extension we keep the department."""

    __schema__ = URN(ENTERPRISE)

    department: str | None = None
    """The name of a department of the hospital: a Group of this displayName must be there."""


class Medicus(Extension):
    """What Medicus must know of a colleague beyond SCIM's own attributes."""

    __schema__ = URN(MEDICUS)

    function: Annotated[str | None, Required.true] = Field(None, examples=sorted(STAFF))
    """What the person does; only physicians, nurses and radiographers see patients."""
    speciality: str | None = Field(default=None, examples=sorted(set(Speciality) - {Speciality.NONE}))
    """What the person is trained in, for the directory; without one, that of the department is shown."""
    sub_specialities: list[str] | None = Field(default=None, examples=sorted(SubSpeciality))
    languages: list[str] | None = Field(default=None, examples=sorted(Language))
    """In which the person can be spoken to (BCP 47); what the person has stated goes first."""
    telematik_id: Annotated[str | None, CaseExact.true] = Field(default=None, examples=["1-20012345678"])
    """Of the health professional card, as the hospital states it."""


class Name(ComplexAttribute):
    """What it is made of; how it is written, `displayName` says."""

    family_name: Annotated[str | None, Required.true] = None
    given_name: Annotated[str | None, Required.true] = None
    honorific_prefix: str | None = None
    """The academic title."""


class Mail(ComplexAttribute):
    """Of several addresses the primary one is kept, else the first; it is the work address."""

    value: Annotated[str | None, Required.true] = None
    type: str | None = Field(None, examples=["work"])
    primary: bool | None = None


class Membership(ComplexAttribute):
    """The group of a user."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Enterprise | Annotated[Medicus, Required.true]]):
    """A person's place in the hospital."""

    __schema__ = URN(USER)

    user_name: Annotated[str | None, Required.true, Uniqueness.server, Returned.always] = None
    """How the identity management calls the person; the sign-in is by the address in `emails`."""
    name: Annotated[Name | None, Required.true] = None
    display_name: Annotated[str | None, Mutability.read_only] = None
    emails: Annotated[list[Mail] | None, Required.true] = None
    """One address, in the hospital's own domain; without one, `userName` is it."""
    active: Annotated[bool | None, Required.true] = None
    """False closes the hospital to the person within seconds."""
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    """A member of a group."""

    value: Annotated[str | None, Mutability.immutable, Required.true, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A department. A person is in one at most: who enters one leaves the other."""

    __schema__ = URN(GROUP)

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[Member] | None = None
