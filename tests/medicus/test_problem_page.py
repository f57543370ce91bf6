"""The page for what did not work: what happened, and what to do next.

Nothing here has the mark `django_db`: a query would raise, for the page must also show without a database.
"""

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from medicus.lib import errors, problems

NEXT = {
    errors.Unauthenticated: ("Sign in", "/sign-in/"),
    errors.NotFound: ("To the work list", "/"),
    errors.MethodNotAllowed: ("To the work list", "/"),
    errors.Conflict: ("To the work list", "/"),
    errors.TooLarge: ("To the work list", "/"),
    errors.TooManyAttempts: ("Try again", "/findings/"),
    errors.Unavailable: ("Try again", "/findings/"),
    errors.InternalError: ("Try again", "/findings/"),
}


@pytest.mark.parametrize("error", NEXT)
def test_each_problem_says_what_to_do_next(error: type[errors.DomainError]) -> None:
    answer = problems.page(RequestFactory().get("/findings/"), error())
    page = answer.content.decode()
    words, address = NEXT[error]
    assert answer.status_code == error.status
    assert f'href="{address}">{words}</a>' in page
    assert "<h1" in page


def test_the_sentence_of_the_error_is_shown_and_escaped() -> None:
    page = problems.page(
        RequestFactory().get("/"), errors.Conflict("Already <b>shared</b>.")
    ).content.decode()
    assert "Already &lt;b&gt;shared&lt;/b&gt;." in page


def test_after_a_form_it_leads_back_to_what_was_entered_instead_of_sending_it_again() -> None:
    page = problems.page(RequestFactory().post("/patients/"), errors.Unavailable()).content.decode()
    assert "its back button leads to it" in page
    assert "Try again</a>" not in page


def test_a_form_without_its_token_is_told_as_expired() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_the_address_of_a_button_opened_as_a_page_leads_on() -> None:
    answer = Client().get("/sign-out/", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address cannot be used like this" in answer.content.decode()


def test_under_api_and_health_a_wrong_method_is_a_problem() -> None:
    answer = Client().post("/health/live")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["code"] == "method-not-allowed"


def test_it_speaks_german() -> None:
    with translation.override("de"):
        page = problems.page(RequestFactory().get("/"), errors.Unavailable()).content.decode()
    assert "Der Dienst ist gerade nicht erreichbar" in page
    assert '<html lang="de">' in page
