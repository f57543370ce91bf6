"""Keys with which the systems of a hospital call the API."""

from django.db import models
from django.db.models import F, Q

from identity.models.organisation import Organisation
from identity.models.person import Person
from medicus.lib.ids import new_id


class ApiKey(models.Model):
    """A key of an organisation. It opens what its scopes name, until it expires or is revoked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(help_text="a list of `medicus.lib.actor.Scope`")
    prefix = models.CharField(max_length=20, help_text="how it begins, to know it again")
    key_hash = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of 256 random bits")
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, help_text="to within a few minutes")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_key_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"API key {self.id}"
