"""Organisations, people, their memberships, second factors and devices."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from identity.states import Ceremony, Function, OrganisationKind, Speciality, Way
from medicus.lib.ids import new_id


class Organisation(models.Model):
    """A hospital, clinic, practice or data holder (FHIR Organization)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in OrganisationKind])
    domain = models.CharField(max_length=160, unique=True)
    city = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    ca_certificate = models.BinaryField(
        help_text="X.509 DER, issued by the root, name-constrained to `domain`"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")), name="organisation_domain_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of an organisation, with its speciality (FHIR HealthcareService)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)
    speciality = models.CharField(max_length=40, choices=[(item.value, item.value) for item in Speciality])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="department_name_once_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=username)


class Person(AbstractBaseUser):
    """A human being with one sign-in. Works through memberships; see `Membership`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True, help_text="lower case")
    title = models.CharField(max_length=50, blank=True, help_text="Dr. med., Prof. Dr. …")
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    search_name = models.CharField(max_length=500, help_text="see `identity.names.search_form`")
    language = models.CharField(max_length=5, default="de")
    is_active = models.BooleanField(default=True)
    auth_version = models.PositiveIntegerField(default=1, help_text="raising it ends every session")
    created_at = models.DateTimeField()

    objects = PersonManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_lower_case")]
        indexes = [models.Index(fields=["search_name"], name="person_by_name")]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.title, self.given_name, self.family_name)))

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in an organisation (FHIR PractitionerRole), valid for a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    function = models.CharField(max_length=30, choices=[(item.value, item.value) for item in Function])
    is_admin = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], name="membership_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(function=Function.PATIENT, is_admin=True), name="patient_is_never_admin"
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.id}"


class TotpSecret(models.Model):
    """The second factor of a person (RFC 6238): a sealed secret, and the last time code that was used."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="totp")
    sealed_secret = models.BinaryField(help_text="nonce and AES-256-GCM ciphertext, see `identity.vault`")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_timecode = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class Passkey(models.Model):
    """A discoverable WebAuthn credential that verifies its user: a second factor, or both factors at once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(help_text="COSE_Key")
    sign_count = models.BigIntegerField(help_text="0 for ever, where the authenticator has no counter")
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="passkey_counts_from_zero"),
            models.CheckConstraint(condition=~Q(name=""), name="passkey_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"passkey {self.id}"


class PasskeyChallenge(models.Model):
    """Random bytes that an authenticator must sign, once, for the session that asked; deleted when used."""

    challenge = models.BinaryField(primary_key=True, max_length=32)
    session_digest = models.BinaryField(max_length=32, help_text="SHA-256 of the session's key")
    ceremony = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Ceremony])
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ceremony__in=[one.value for one in Ceremony]), name="passkey_ceremony_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"challenge to {self.ceremony}"


class RecoveryCode(models.Model):
    """One of ten codes that stand in for a lost second factor; each works once."""

    digest = models.BinaryField(primary_key=True, max_length=32, help_text="a keyed hash of person and code")
    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__gte=F("created_at")),
                name="recovery_code_is_made_before_it_is_used",
            )
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class Attempts(models.Model):
    """Attempts in a window, by a keyed hash of what is being guessed; survives every restart."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    window_ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "attempts"

    def __str__(self) -> str:
        return f"{self.count} attempts"


class KnownAddress(models.Model):
    """A network address from which a person has completed a sign-in, as a keyed hash of both.

    The limit over all addresses does not apply to it, so strangers cannot lock a person out by name."""

    key = models.BinaryField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "known addresses"

    def __str__(self) -> str:
        return f"known until {self.expires_at:%Y-%m-%d}"


class SignIn(models.Model):
    """A sign-in, completed or refused, as its person recognises it. Kept for ninety days.

    An attempt on an account that is not there has a row, too, until the next `expire`: the same work."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sign_ins")
    at = models.DateTimeField(db_index=True)
    way = models.CharField(max_length=20, choices=[(way.value, way.value) for way in Way])
    succeeded = models.BooleanField()
    network = models.CharField(max_length=50, blank=True, help_text="the address without its end")
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    session_key = models.CharField(  # noqa: DJ001 (unique, so "none" must not be a text)
        max_length=40,
        null=True,
        unique=True,
        help_text="of the session that it began; the key may be over",
    )

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="sign_in_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(succeeded=False, session_key__isnull=True)
                | (Q(succeeded=True, person__isnull=False) & ~Q(way=Way.PASSWORD)),
                name="sign_in_begins_a_session_only_after_both_factors",
            ),
            models.CheckConstraint(
                condition=Q(way__in=[way.value for way in Way]), name="sign_in_way_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.id}"


class IdentityKey(models.Model):
    """A person's identity key in one organisation: made in the browser, certified by the organisation.

    At most one is current; a reset revokes it, makes room for the next, and is visible to every peer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="identity_keys")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    certificate = models.BinaryField(help_text="X.509 DER, CA with path length 0, ECDSA P-256")
    fingerprint = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the public key (SPKI)")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(revoked_at__isnull=True),
                name="one_current_identity_key",
            )
        ]

    def __str__(self) -> str:
        return f"identity key {self.id}"


class Device(models.Model):
    """A browser with its own keys. Its certificate is signed by the person's identity key, in the browser."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="made by the client")
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    identity_key = models.ForeignKey(IdentityKey, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=100)
    certificate = models.BinaryField(help_text="X.509 DER, ECDSA P-256")
    mls_thumbprint = models.CharField(
        max_length=43,
        unique=True,
        help_text="RFC 7638 SHA-256 thumbprint of the MLS signature key, base64url",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "organisation"], name="device_by_person")]

    def __str__(self) -> str:
        return f"device {self.id}"

    @property
    def mls_identity(self) -> str:
        """The identity of its MLS basic credential: `<person-id>:<device tag>@<organisation domain>`.

        The tag is the last 16 hexadecimal digits of the device's id: the client's engine has ids of 64 bits.
        The certificate carries the whole id."""
        return f"{self.person_id}:{self.id.hex[16:]}@{self.organisation.domain}"


class DeviceChallenge(models.Model):
    """A nonce that a device must sign to be attached to a session; deleted when it is used."""

    nonce = models.BinaryField(primary_key=True, max_length=32)
    device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    session_digest = models.BinaryField(max_length=32, help_text="SHA-256 of the session's key")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"challenge for {self.device_id}"
