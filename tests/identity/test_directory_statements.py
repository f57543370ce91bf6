"""What a hospital states of its people and itself in the directory, and what people state of themselves."""

import pytest

from audit.models import AuditEvent
from identity.actions import add_endpoint
from identity.models import Endpoint, HeldSubSpeciality, Membership, Organisation, SpokenLanguage
from identity.states import ConnectionType

ADMIN_API = "/api/v1/administration/directory"


def api_of(person) -> str:
    return f"/api/v1/administration/people/{person.membership.id}/directory"


def put(client, path, body):
    return client.put(path, body, content_type="application/json")


def events(kind):
    return AuditEvent.objects.filter(event=kind).count()


STATED = {"speciality": "nephrology", "sub_specialities": ["pain-therapy"], "telematik_id": "1-20012345678"}


def test_adam_states_what_alice_is_trained_in(adam, alice):
    answer = put(adam.api, api_of(alice), STATED)
    assert answer.status_code == 200
    assert answer.json() == STATED | {"stated_at": answer.json()["stated_at"], "stated_by_import": False}
    row = Membership.objects.get(id=alice.membership.id)
    assert (row.speciality, row.telematik_id) == ("nephrology", "1-20012345678")
    assert row.stated_at is not None
    assert [each.code for each in row.sub_specialities.all()] == ["pain-therapy"]
    assert events("directory:state") == 1


def test_the_same_again_changes_nothing_and_is_no_event(adam, alice):
    first = put(adam.api, api_of(alice), STATED).json()
    assert put(adam.api, api_of(alice), STATED).json() == first
    assert events("directory:state") == 1


def test_what_is_left_out_is_taken_away(adam, alice):
    put(adam.api, api_of(alice), STATED)
    answer = put(adam.api, api_of(alice), {"speciality": "", "sub_specialities": [], "telematik_id": ""})
    assert answer.json()["speciality"] == ""
    assert not HeldSubSpeciality.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speciality", "alchemy"),
        ("speciality", "none"),
        ("sub_specialities", ["alchemy"]),
        ("telematik_id", "x-1"),
        ("telematik_id", "1-"),
        ("telematik_id", "1-2 3"),
        ("telematik_id", "1-" + "2" * 130),
    ],
)
def test_a_bad_statement_names_its_field_and_changes_nothing(adam, alice, field, value):
    answer = put(adam.api, api_of(alice), STATED | {field: value})
    assert answer.status_code == 400
    assert [name.partition(".")[0] for name in answer.json()["errors"]] == [field]
    row = Membership.objects.get(id=alice.membership.id)
    assert (row.speciality, row.telematik_id, row.stated_at) == ("", "", None)
    assert not HeldSubSpeciality.objects.exists()


def test_too_many_sub_specialities_are_refused(adam, alice):
    codes = [
        "pain-therapy", "palliative-care", "intensive-care", "nutrition", "phlebology", "andrology",
        "allergology", "immunology", "sleep-medicine", "proctology", "sports-medicine",
    ]  # fmt: skip
    answer = put(adam.api, api_of(alice), STATED | {"sub_specialities": codes})
    assert answer.status_code == 400
    assert "at most 10" in answer.json()["errors"]["sub_specialities"]


@pytest.mark.parametrize("name", ["alice", "anton", "berta"])
def test_nobody_but_the_hospitals_own_administrator_states_it(request, alice, name):
    other = request.getfixturevalue(name)
    assert put(other.api, api_of(alice), STATED).status_code == 404
    assert other.api.get(api_of(alice)).status_code == 404
    assert Membership.objects.get(id=alice.membership.id).stated_at is None


def test_the_person_page_leads_to_the_form_and_keeps_what_was_typed_wrong(adam, alice):
    page = adam.client.get(f"/administration/people/{alice.membership.id}/").content.decode()
    path = f"/administration/people/{alice.membership.id}/directory/"
    assert path in page
    wrong = adam.client.post(path, {"speciality": "nephrology", "telematik_id": "nonsense"})
    assert wrong.status_code == 400
    assert 'value="nonsense"' in wrong.content.decode()
    right = {"speciality": "nephrology", "sub_specialities": ["pain-therapy"], "telematik_id": ""}
    assert adam.client.post(path, right).status_code == 302
    page = adam.client.get(f"/administration/people/{alice.membership.id}/").content.decode()
    assert "Nephrology" in page
    assert "Pain therapy" in page


def test_alice_says_what_she_speaks_and_nobody_says_it_for_her(alice, adam):
    answer = put(alice.api, "/api/v1/me/languages", {"languages": ["de", "tr", "de"]})
    assert answer.json() == {"languages": ["de", "tr"]}
    put(alice.api, "/api/v1/me/languages", {"languages": ["de", "tr"]})
    assert events("languages:state") == 1, "the same again is no event"
    assert adam.api.get("/api/v1/me/languages").json() == {"languages": []}
    assert put(alice.api, "/api/v1/me/languages", {"languages": ["klingon"]}).status_code == 400
    assert put(alice.api, "/api/v1/me/languages", {"languages": ["uk"]}).json() == {"languages": ["uk"]}
    assert [row.tag for row in SpokenLanguage.objects.all()] == ["uk"]


def test_the_account_page_leads_to_the_languages(alice):
    assert "/account/languages/" in alice.client.get("/account/").content.decode()
    assert alice.client.post("/account/languages/", {"languages": ["de", "gsg"]}).status_code == 302
    assert "German Sign Language" in alice.client.get("/account/").content.decode()
    assert alice.client.post("/account/languages/", {"languages": ["nonsense"]}).status_code == 400


def test_too_many_languages_are_refused(alice):
    tags = ["de", "en", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "hr", "sr", "bs"]
    answer = put(alice.api, "/api/v1/me/languages", {"languages": tags})
    assert answer.status_code == 400
    assert not SpokenLanguage.objects.exists()


def test_adam_states_the_telematik_id_of_the_hospital(adam, alice):
    answer = put(adam.api, ADMIN_API, {"telematik_id": " 5-2-260326822 "})
    assert answer.json() == {"telematik_id": "5-2-260326822", "endpoints": []}
    assert put(adam.api, ADMIN_API, {"telematik_id": "nonsense"}).status_code == 400
    assert Organisation.objects.get(id=adam.organisation.id).telematik_id == "5-2-260326822"
    assert put(alice.api, ADMIN_API, {"telematik_id": "5-1"}).status_code == 404
    assert events("directory:state") == 1


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("kim", "mailto:kardiologie@hospital-a.kim.telematik"),
        ("tim", "matrix:u/kardiologie:hospital-a.example"),
        ("fhir", "https://fhir.hospital-a.example/r4"),
        ("dicom-web", "https://pacs.hospital-a.example/dicom-web"),
    ],
)
def test_adam_tells_an_address_and_takes_it_out(adam, kind, address):
    body = {"connection_type": kind, "address": address, "name": "Heart"}
    made = adam.api.post(f"{ADMIN_API}/endpoints", body)
    assert made.status_code == 201
    assert made.json() == body | {"id": made.json()["id"]}
    assert adam.api.post(f"{ADMIN_API}/endpoints", body).status_code == 400, "once"
    assert adam.api.get(ADMIN_API).json()["endpoints"] == [made.json()]
    assert adam.api.delete(f"{ADMIN_API}/endpoints/{made.json()['id']}").status_code == 204
    assert not Endpoint.objects.exists()
    assert events("directory:state") == 2


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("fhir", "http://fhir.hospital-a.example"),
        ("fhir", "javascript:alert(1)"),
        ("fhir", "https://"),
        ("fhir", "https://user:secret@fhir.hospital-a.example"),
        ("fhir", "https://[::1"),
        ("fhir", "https://a.example/ b"),
        ("kim", "https://a.example"),
        ("kim", "mailto:"),
        ("tim", "mailto:a@b.example"),
    ],
)
def test_an_address_that_is_none_is_refused(adam, kind, address):
    answer = adam.api.post(f"{ADMIN_API}/endpoints", {"connection_type": kind, "address": address})
    assert answer.status_code == 400
    assert "address" in answer.json()["errors"]
    assert not Endpoint.objects.exists()


def test_there_is_an_end_to_the_addresses(adam):
    for number in range(20):
        add_endpoint(
            by=adam.actor, connection_type=ConnectionType.FHIR, address=f"https://f{number}.example/"
        )
    answer = adam.api.post(
        f"{ADMIN_API}/endpoints", {"connection_type": "fhir", "address": "https://f.example/"}
    )
    assert answer.status_code == 409


def test_bertas_hospital_cannot_touch_adams_addresses(adam, berta):
    made = add_endpoint(by=adam.actor, connection_type=ConnectionType.FHIR, address="https://f.example/")
    assert berta.api.delete(f"{ADMIN_API}/endpoints/{made.id}").status_code == 404
    assert Endpoint.objects.count() == 1


def test_the_page_of_the_entry_works_without_a_script(adam, alice):
    path = "/administration/directory/"
    assert "No address yet" in adam.client.get(path).content.decode()
    assert adam.client.post(path, {"telematik_id": "bad"}).status_code == 400
    assert adam.client.post(path, {"telematik_id": "5-2-1"}).status_code == 302
    new = {"new-connection_type": "kim", "new-address": "mailto:a@b.example", "new-name": "Ward"}
    assert adam.client.post(f"{path}addresses/", new).status_code == 302
    wrong = adam.client.post(f"{path}addresses/", new | {"new-address": "https://b.example"})
    assert wrong.status_code == 400
    assert "https://b.example" in wrong.content.decode()
    endpoint = Endpoint.objects.get()
    assert "mailto:a@b.example" in adam.client.get(path).content.decode()
    assert adam.client.post(f"{path}addresses/{endpoint.id}/remove/").status_code == 302
    assert not Endpoint.objects.exists()
    assert alice.client.get(path).status_code == 404
