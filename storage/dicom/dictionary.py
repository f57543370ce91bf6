"""The value representation of an element in a data set that does not say it (implicit VR, PS3.5 A.1)."""

from functools import cache


@cache
def implicit_vr(tag: int) -> bytes:
    """As the data dictionary (PS3.6) has it; UN for private and unknown elements.

    Where it allows two ("OB or OW"), the first: the walk only asks whether it is a sequence."""
    from pydicom.datadict import dictionary_VR  # noqa: PLC0415 - half a second that most bad files do not need

    try:
        return dictionary_VR(tag)[:2].encode()
    except KeyError:
        return b"UN"
