"""Every field of every model is classified: identifying, clinical or technical. Research, export and deletion
rely on it, so a new field must not slip through."""

import importlib

import pytest
from django.apps import apps

from tests.repo.code import APPS

CLASSES = {"identifying", "clinical", "technical"}


def fields_of(app: str) -> set[str]:
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete and getattr(field, "column", None)
    }


@pytest.mark.parametrize("app", APPS)
def test_every_field_has_its_class(app):
    fields = fields_of(app)
    if not fields:
        pytest.skip("has no models")
    classification = importlib.import_module(f"{app}.classification").CLASSIFICATION
    assert fields - classification.keys() == set(), "not classified"
    assert classification.keys() - fields == set(), "classified, but there is no such field"
    assert set(classification.values()) <= CLASSES
