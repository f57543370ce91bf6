import gc


def test_what_is_loaded_once_is_never_looked_through_again():
    import medicus.asgi  # noqa: F401

    assert gc.get_freeze_count() > 100_000
