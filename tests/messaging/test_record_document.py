"""The document of messages that the browser signs: valid FHIR, canonical, read as it was meant, and nothing odd in it."""

import datetime as dt
import json
from pathlib import Path

import pytest
import rfc8785
from fhir.resources.R4B.bundle import Bundle

from medicus.lib.errors import Invalid
from messaging.record.bundle import read_bundle

VECTOR = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "record-bundle.json"


def test_what_the_browser_makes_is_valid_fhir_and_canonical():
    text = json.loads(VECTOR.read_text())["bundle"]
    Bundle.model_validate_json(text)
    assert rfc8785.dumps(json.loads(text)) == text.encode()
    resources = [entry["resource"] for entry in json.loads(text)["entry"]]
    assert resources[0]["resourceType"] == "Composition"


def test_it_is_read_as_it_was_meant():
    read = read_bundle(json.loads(VECTOR.read_text())["bundle"])
    assert (read.title, read.author.name) == ("Aortenisthmusstenose", "Dr. Alice Albrecht")
    first, second, third, fourth = read.messages
    assert first.author.organisation_name == "St. Elisabeth"
    assert second.edited_at == dt.datetime(2026, 3, 2, 8, 20, tzinfo=dt.UTC)
    assert (third.text, third.file.name, third.file.sha256) == ("", "Echo 4711.pdf", b"\xab" * 32)
    assert (fourth.recalled, fourth.text) == (True, "")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Communication", {"status": "unknown"}),
        ("Communication", {"sender": {"reference": "urn:uuid:nobody"}}),
        ("Communication", {"payload": [{"contentString": " "}]}),
        ("Communication", {"payload": [{"contentString": "a"}, {"contentString": "b"}]}),
        ("Communication", {"payload": [{}]}),
        ("Communication", {"id": "an id"}),
        ("DocumentReference", {"masterIdentifier": {"value": "ni:///sha-256;YQ"}}),
        ("DocumentReference", {"content": []}),
        ("Practitioner", {"name": []}),
        ("Patient", {"resourceType": "Media"}),
        ("Composition", {"section": []}),
        ("Composition", {"status": "preliminary"}),
        ("Provenance", {"agent": []}),
        ("Communication", {"text": {"status": "additional", "div": "<div>Other words</div>"}}),
        ("Communication", {"contained": []}),
        ("Communication", {"note": [{"time": "2026-03-02T08:20:00Z", "text": "Edited"}] * 2}),
        ("Communication", {"note": [{"time": "2026-03-02T08:20:00Z", "text": "By the chief"}]}),
        ("Communication", {"subject": {"reference": "urn:uuid:01890000-0000-7000-8000-000000000011"}}),
        ("Communication", {"inResponseTo": [{"reference": "urn:uuid:01890000-0000-7000-8000-000000000031"}]}),
        ("Communication", {"payload": [{"contentString": "a\u0000b"}]}),
        ("DocumentReference", {"subject": {"reference": "urn:uuid:01890000-0000-7000-8000-000000000001"}}),
        ("DocumentReference", {"date": "2026-01-01T00:00:00Z"}),
        ("Patient", {"extension": []}),
        ("Patient", {"managingOrganization": {"reference": "urn:uuid:01890000-0000-7000-8000-000000000002"}}),
        ("Organization", {"name": "Klinikum\nNord"}),
        ("Composition", {"title": "A\tB"}),
        ("Composition", {"date": "2026-01-01T00:00:00Z"}),
        ("Composition", {"section": [{"title": "Findings", "entry": []}]}),
    ],
)
def test_what_is_odd_in_it_is_refused(kind, change):
    bundle = json.loads(json.loads(VECTOR.read_text())["bundle"])
    resource = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    resource.update(change)
    with pytest.raises(Invalid):
        read_bundle(rfc8785.dumps(bundle).decode())


@pytest.mark.parametrize("extra", ["Patient", "Organization", "Practitioner", "DocumentReference"])
def test_nothing_is_in_it_that_nothing_refers_to(extra):
    bundle = json.loads(json.loads(VECTOR.read_text())["bundle"])
    resource = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == extra)
    number = "01890000-0000-7000-8000-00000000ffff"
    bundle["entry"].append({"fullUrl": f"urn:uuid:{number}", "resource": resource | {"id": number}})
    with pytest.raises(Invalid):
        read_bundle(rfc8785.dumps(bundle).decode())


def test_no_number_with_a_fraction():
    text = json.loads(VECTOR.read_text())["bundle"]
    with pytest.raises(Invalid):
        read_bundle(text.replace('"size":1234', '"size":1234.5'))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a":1,"a":1}', "\ud800", "null"])
def test_nor_is_what_is_no_object(text):
    with pytest.raises(Invalid):
        read_bundle(text)
