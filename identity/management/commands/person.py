"""`manage.py person …`: what an operator does for people; see its help."""

import secrets
import uuid
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from identity import access, actions, mail
from identity.access.offboarding import step_labels
from identity.access.people import department_named, organisation_by_domain, people_of, person_by_email
from identity.access.staff import staff_membership_of
from identity.management.plain import ActionCommand
from identity.states import Function, OffboardingReason, Speciality, function_name
from medicus.lib.actor import SYSTEM, system_of
from medicus.lib.clock import now


class Command(ActionCommand):
    help = "Add a person to an organisation, list people, or reset what somebody has lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        self._describe_add(
            what.add_parser("add", help="prints a first password; the second factor is set up at sign-in")
        )
        listing = what.add_parser("list")
        listing.add_argument("--organisation", required=True, help="its domain")
        factor = what.add_parser(
            "reset_second_factor", help="after you have checked who asks; ends all sessions"
        )
        factor.add_argument("email")
        key = what.add_parser(
            "reset_identity_key", help="revokes the key and all devices; peers see the new key as new"
        )
        key.add_argument("email")
        key.add_argument("--organisation", required=True, help="its domain")
        for name, effect in (
            ("invite_again", "prints a new link for somebody who has no password yet"),
            ("reset_password", "forgets the password and prints a link for a new one; ends all sessions"),
            ("deactivate", "closes the organisation to this person; sessions end within seconds"),
            ("reactivate", "undoes a deactivation"),
        ):
            switch = what.add_parser(name, help=effect)
            switch.add_argument("email")
            switch.add_argument("--organisation", required=True, help="its domain")

        devices = what.add_parser("devices", help="the devices of a person in an organisation")
        revoke = what.add_parser("revoke_device", help="for ever; its sessions lose it at the next request")
        revoke.add_argument("device_id", metavar="id", type=uuid.UUID, help="as `devices` shows it")
        devices.add_argument("email")
        for each in (devices, revoke):
            each.add_argument("--organisation", required=True, help="its domain")
        leaving = what.add_parser(
            "offboard",
            help="ends access, sessions, devices, keys, links and shares; prints the sheet's number",
        )
        leaving.add_argument("email")
        leaving.add_argument("--organisation", required=True, help="its domain")
        leaving.add_argument("--deputy", default="", help="e-mail address of a colleague who stands in")
        leaving.add_argument("--reason", choices=[*OffboardingReason], default=OffboardingReason.LEFT)

    def _describe_add(self, add: ArgumentParser) -> None:
        add.add_argument("email")
        add.add_argument("--organisation", required=True, help="its domain")
        add.add_argument("--given-name", required=True)
        add.add_argument("--family-name", required=True)
        add.add_argument("--title", default="")
        add.add_argument("--function", choices=[*Function], default=Function.PHYSICIAN)
        add.add_argument("--department", default="", help="made when there is none of this name")
        add.add_argument("--speciality", choices=[*Speciality], default=Speciality.NONE)
        add.add_argument("--admin", action="store_true")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "add":
            self._add(**options)
        elif what == "list":
            self._list(options["organisation"])
        elif what == "reset_second_factor":
            person = person_by_email(by=SYSTEM, email=options["email"])
            actions.reset_second_factor(by=SYSTEM, person_id=person.id)
            self.stdout.write(f"{person.name} sets up a new second factor at the next sign-in")
        elif what == "reset_identity_key":
            self._reset_key(options["email"], options["organisation"])
        elif what in {"offboard", "devices", "revoke_device"}:
            getattr(self, f"_{what}")(**options)
        else:
            self._switch(what, options["email"], options["organisation"])

    def _add(self, *, email: str, organisation: str, department: str, **options: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        password = secrets.token_urlsafe(15)
        person = actions.create_person(
            by=SYSTEM,
            email=email,
            title=options["title"],
            given_name=options["given_name"],
            family_name=options["family_name"],
            password=password,
        )
        ward = department and (
            department_named(by=SYSTEM, organisation_id=place.id, name=department)
            or actions.create_department(
                by=SYSTEM, organisation_id=place.id, name=department, speciality=options["speciality"]
            )
        )
        actions.create_membership(
            by=SYSTEM,
            person_id=person.id,
            organisation_id=place.id,
            function=options["function"],
            department_id=ward.id if ward else None,
            is_admin=options["admin"],
        )
        self.stdout.write(f"added: {person.name}, {person.email}, first password {password}")

    def _list(self, domain: str) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        rows = [
            (
                member.person.email,
                member.person.name,
                function_name(member.function),
                "admin" if member.is_admin else "",
            )
            for member in people_of(by=SYSTEM, organisation_id=place.id)
        ]
        self.table(("e-mail", "name", "function", ""), rows)

    def _switch(self, what: str, email: str, domain: str) -> None:
        person = person_by_email(by=SYSTEM, email=email)
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        found = staff_membership_of(by=SYSTEM, person_id=person.id, organisation_id=place.id)
        if what in {"invite_again", "reset_password"}:
            make = actions.invite_again if what == "invite_again" else actions.reset_password
            self.stdout.write(mail.link_of(make(by=SYSTEM, membership_id=found.id).token))
        elif what == "deactivate":
            actions.deactivate_membership(by=SYSTEM, membership_id=found.id)
            self.stdout.write(f"{person.name} has no access to {place.name} any more")
        else:
            actions.reactivate_membership(by=SYSTEM, membership_id=found.id)
            self.stdout.write(f"{person.name} has access again to {place.name}")

    def _offboard(self, *, email: str, organisation: str, deputy: str, reason: str, **_: Any) -> None:
        done = actions.offboard(
            by=SYSTEM,
            membership_id=self._membership_id(email, organisation),
            deputy_id=self._membership_id(deputy, organisation) if deputy else None,
            reason=reason,
        )
        names = step_labels([step["step"] for step in done.steps])
        self.table(("step", "count"), [(names[step["step"]], str(step["count"])) for step in done.steps])
        self.stdout.write(f"proof sheet {done.id}")

    def _devices(self, *, email: str, organisation: str, **_: Any) -> None:
        person = person_by_email(by=SYSTEM, email=email)
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        rows = [
            (str(each.id), each.name, _day(each.created_at), _day(each.last_seen_at), _state(each))
            for each in access.known_devices_of(by=SYSTEM, person_ids=[person.id])
            if each.organisation_id == place.id
        ]
        self.table(("id", "device", "since", "last seen", "state"), rows)

    def _revoke_device(self, *, device_id: uuid.UUID, organisation: str, **_: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        device = access.staff_device(by=system_of(place.id), device_id=device_id)
        actions.revoke_device(by=SYSTEM, device_id=device.device_id)
        self.stdout.write(f"revoked: {device.name} of {device.person}")

    def _membership_id(self, email: str, domain: str) -> uuid.UUID:
        person = person_by_email(by=SYSTEM, email=email)
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        return staff_membership_of(by=SYSTEM, person_id=person.id, organisation_id=place.id).id

    def _reset_key(self, email: str, domain: str) -> None:
        person = person_by_email(by=SYSTEM, email=email)
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        revoked = actions.reset_identity_key(by=SYSTEM, person_id=person.id, organisation_id=place.id)
        self.stdout.write(f"the identity key of {person.name} and {len(revoked)} devices are revoked")


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _state(device: Any) -> str:
    if device.revoked_at:
        return f"revoked {device.revoked_at:%Y-%m-%d}"
    return "expired" if device.expires_at <= now() else "in use"
