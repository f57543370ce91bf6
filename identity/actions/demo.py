"""The demo data, made by the same actions as everything else."""

from identity.access.actors import STRANGER, actor_in
from identity.access.people import person_by_email, visible_organisations
from identity.actions.applications import state_evidence
from identity.actions.directory import set_own_languages
from identity.actions.directory_statements import state_in_directory
from identity.actions.operators import create_operator_organisation
from identity.actions.organisations import create_department, create_organisation, verify_organisation
from identity.actions.patients import Taking, accept_as_new, begin_patient_invitation
from identity.actions.people import create_membership, create_person
from identity.actions.second_factor import enrol_for_demo
from identity.demo import HOSPITALS, OPERATORS, WESTSTADT, DemoHospital, DemoPerson
from identity.models import Department, Organisation
from identity.origin import Origin
from identity.session_store import SessionStore
from identity.states import EvidenceKind, OrganisationKind
from medicus.lib import callbacks
from medicus.lib.actor import Actor, require_system


def seed_demo(*, by: Actor, password: str) -> bool:
    """Make the organisations and people of the demo, and let the other apps add theirs; False when there are any.

    Calls `demo-data` with `actors`: an `Actor` for each e-mail address; then `demo-patients`, with the password, too.

    Raises:
        NotFound: not the service itself.
        Invalid: the password is too weak.
    """
    require_system(by)
    if visible_organisations(by=by):
        return False
    actors: dict[str, Actor] = {}
    for hospital in HOSPITALS:
        organisation = _organisation(by, hospital)
        verify_organisation(by=by, organisation_id=organisation.id)
        actors |= _people(by, hospital, organisation, password)
    waiting = _organisation(by, WESTSTADT)
    state_evidence(
        by=by, organisation_id=waiting.id, kind=EvidenceKind.IK, reference="260326822", note="arge-ik.de"
    )
    actors |= _people(by, WESTSTADT, waiting, password)
    platform = create_operator_organisation(by=by, domain=OPERATORS.domain)
    actors |= _people(by, OPERATORS, platform, password)
    callbacks.call("demo-data", actors=actors)
    callbacks.call("demo-patients", actors=actors, password=password)
    return True


def _organisation(by: Actor, hospital: DemoHospital) -> Organisation:
    return create_organisation(
        by=by, name=hospital.name, kind=OrganisationKind.HOSPITAL, domain=hospital.domain, city=hospital.city
    )


def _people(by: Actor, hospital: DemoHospital, organisation: Organisation, password: str) -> dict[str, Actor]:
    departments = {
        name: create_department(by=by, organisation_id=organisation.id, name=name, speciality=speciality)
        for name, speciality in hospital.departments.items()
    }
    return {
        email_of(hospital, person): _person(
            by, organisation, departments.get(person.department), person, password
        )
        for person in hospital.people
    }


def _person(
    by: Actor, organisation: Organisation, department: Department | None, demo: DemoPerson, password: str
) -> Actor:
    person = create_person(
        by=by,
        email=f"{demo.email_name}@{organisation.domain}",
        title=demo.title,
        given_name=demo.given_name,
        family_name=demo.family_name,
        password=password,
    )
    membership = create_membership(
        by=by,
        person_id=person.id,
        organisation_id=organisation.id,
        function=demo.function,
        department_id=department.id if department else None,
        is_admin=demo.is_admin,
    )
    actor = actor_in(membership)
    set_own_languages(by=actor, languages=demo.languages)
    if demo.sub_specialities:
        state_in_directory(
            by=by,
            membership_id=membership.id,
            speciality="",
            sub_specialities=demo.sub_specialities,
            telematik_id="",
        )
    if demo.enrolled:
        enrol_for_demo(by=by, person_id=person.id)
    return actor


def email_of(hospital: DemoHospital, person: DemoPerson) -> str:
    """The address with which a person of the demo signs in."""
    return f"{person.email_name}@{hospital.domain}"


def let_demo_patient_in(*, by: Actor, token: str, code: str, email: str, password: str) -> None:
    """Take an invitation up for a patient of the demo data, and enrol a second factor.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    taking = Taking(token=token, browser="demo", code=code, origin=Origin("", ""))
    begin_patient_invitation(by=STRANGER, token=token, browser=taking.browser, address="")
    accept_as_new(
        by=STRANGER, session=SessionStore(), taking=taking, email=email, password=password, language="de"
    )
    enrol_for_demo(by=by, person_id=person_by_email(by=by, email=email).id)
