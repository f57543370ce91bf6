"""Two people compare sixty digits: the browser's vectors are what an independent implementation computes."""

import json

from tests.identity.safety_numbers import FILE, text


def test_the_browser_s_vectors_are_current():
    assert FILE.read_text() == text()


def test_a_number_has_sixty_digits_and_each_pair_its_own():
    numbers = [vector["number"] for vector in json.loads(FILE.read_text())]
    assert all(len(number) == 60 and number.isdigit() for number in numbers)
    assert len(set(numbers)) == len(numbers)
