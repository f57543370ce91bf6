"""What people prove with that they are who they say: second factors, and how often somebody tried."""

from django.db import models
from django.db.models import F, Q

from identity.models.person import Person
from identity.states import (
    Ceremony,
    NoticeAnswer,
    SignInNotice,
    Way,
)
from medicus.lib.ids import new_id


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


class KnownBrowser(models.Model):
    """A browser from which a person has completed a sign-in, by a keyed hash of the person and its cookie."""

    key = models.BinaryField(primary_key=True, max_length=32)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    first_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("first_at")), name="known_browser_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"browser of {self.person_id}"


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
    notice = models.CharField(
        max_length=20,
        blank=True,
        choices=[(item.value, item.value) for item in SignInNotice],
        help_text="what the person is asked about it; empty: nothing",
    )
    answer = models.CharField(
        max_length=10, blank=True, choices=[(item.value, item.value) for item in NoticeAnswer]
    )

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="sign_in_by_person"),
            models.Index(
                fields=["person", "at"], condition=~Q(notice="") & Q(answer=""), name="sign_in_open_notice"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(succeeded=False, session_key__isnull=True)
                | (Q(succeeded=True, person__isnull=False) & ~Q(way=Way.PASSWORD)),
                name="sign_in_begins_a_session_only_after_both_factors",
            ),
            models.CheckConstraint(
                condition=Q(way__in=[way.value for way in Way]), name="sign_in_way_is_known"
            ),
            models.CheckConstraint(
                condition=Q(notice="", answer="")
                | Q(
                    succeeded=True,
                    notice__in=[item.value for item in SignInNotice],
                    answer__in=["", *(item.value for item in NoticeAnswer)],
                ),
                name="sign_in_answer_follows_a_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.id}"
