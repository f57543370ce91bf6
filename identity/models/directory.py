"""What people are found by beside their place: what they are trained in, and what they speak."""

from django.db import models

from identity.models.person import Membership, Person
from identity.states import Language, SubSpeciality
from medicus.lib.ids import new_id


class HeldSubSpeciality(models.Model):
    """A sub-speciality of a person, as the organisation states it (FHIR PractitionerRole.specialty)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="sub_specialities")
    code = models.CharField(max_length=40, choices=[(item.value, item.value) for item in SubSpeciality])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "code"], name="sub_speciality_once_per_membership")
        ]
        indexes = [models.Index(fields=["code", "membership"], name="sub_speciality_by_code")]

    def __str__(self) -> str:
        return f"{self.code} of {self.membership_id}"


class SpokenLanguage(models.Model):
    """A language in which a person can be spoken to (FHIR Practitioner.communication).

    Who has stated all of a person's, and when: `Person.languages_stated_by`, `.languages_stated_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="languages")
    tag = models.CharField(max_length=10, choices=[(item.value, item.value) for item in Language])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "tag"], name="language_once_per_person")]
        indexes = [models.Index(fields=["tag", "person"], name="language_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag} of {self.person_id}"
