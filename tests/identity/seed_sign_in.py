"""Fills a database for server processes: Dora, who has a password and a time code.

python -m tests.identity.seed_sign_in   # prints JSON
"""

import json
import os
import sys


def seed() -> dict[str, str]:
    """Her address and the secret of her app; the password is `PASSWORD` of the conftest."""
    import pyotp
    from django.contrib.auth.hashers import make_password

    from identity.models import Person, TotpSecret
    from identity.states import Function
    from identity.vault import seal
    from medicus.lib.clock import now
    from tests.conftest import make_hospital, member

    dora = member(make_hospital("Hospital X", "hospital-x.example"), "Dora", "Dietz", Function.PHYSICIAN)
    Person.objects.filter(id=dora.person.id).update(password=make_password("correct horse battery"))
    secret, at = pyotp.random_base32(), now()
    sealed = seal(secret.encode(), owner=dora.person.id.bytes)
    TotpSecret.objects.create(person=dora.person, sealed_secret=sealed, created_at=at, confirmed_at=at)
    return {"email": dora.person.email, "secret": secret}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    import django

    django.setup()
    json.dump(seed(), sys.stdout)
