"""Single sign-on: a hospital's identity provider, sign-ins that are under way there, and whose account is whose."""

from django.db import models
from django.db.models import F, Q

from identity.models.organisation import Organisation
from identity.models.person import Membership, Person
from identity.states import STAFF
from medicus.lib.ids import new_id

MAY_JOIN = sorted(function.value for function in STAFF)


class SingleSignOn(models.Model):
    """The identity provider of an organisation, as its administrators have set it up."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="single_sign_on"
    )
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.BinaryField(help_text="the client secret, sealed for this organisation")
    is_on = models.BooleanField(default=False)
    trusts_factor = models.BooleanField(
        default=False, help_text="the provider may ask for the second factor in our place"
    )
    acr_values = models.CharField(max_length=500, blank=True, help_text="of these, one shows that it did")
    amr_values = models.CharField(max_length=500, blank=True, help_text="or of these")
    join_function = models.CharField(
        max_length=30,
        blank=True,
        choices=[(function, function) for function in MAY_JOIN],
        help_text="of who joins by signing in; empty: nobody does",
    )
    provider = models.JSONField(
        default=dict, blank=True, help_text="`identity.oidc.provider.Provider`, as it was checked"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=40, blank=True, help_text="what the last check has found")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "single sign-ons"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(checked_at__isnull=False),
                name="sign_on_is_checked_before_it_is_on",
            ),
            models.CheckConstraint(
                condition=Q(trusts_factor=False) | ~Q(acr_values="", amr_values=""),
                name="sign_on_trusts_only_listed_values",
            ),
            models.CheckConstraint(
                condition=Q(join_function__in=["", *MAY_JOIN]), name="sign_on_lets_only_staff_join"
            ),
        ]

    def __str__(self) -> str:
        return f"single sign-on of {self.organisation_id}"


class ProviderSignIn(models.Model):
    """A sign-in, or a confirmation, that is under way at a provider. Its answer counts once, in this browser.

    membership: of who confirms; None: somebody signs in."""

    state_hash = models.BinaryField(primary_key=True, max_length=32, help_text="SHA-256 of `state`")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=500)
    session_digest = models.BinaryField(max_length=32)
    nonce = models.CharField(max_length=64)
    sealed_verifier = models.BinaryField(help_text="of PKCE")
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, related_name="+")
    next_address = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="provider_sign_in_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in at the provider of {self.organisation_id}"


class ProviderAccount(models.Model):
    """Whose account at a provider somebody's is: bound at the first sign-in, by what never changes (`iss`, `sub`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.OneToOneField(Membership, models.CASCADE, related_name="provider_account")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "issuer", "subject"], name="provider_account_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"account of {self.membership_id} at a provider"
