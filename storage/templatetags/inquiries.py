"""What was asked about an entry of the log."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import template

from storage.access import InquiryCard

register = template.Library()


@register.filter
def about(inquiries: Mapping[UUID, Sequence[InquiryCard]], event_id: UUID) -> Sequence[InquiryCard]:
    """The inquiries about one entry, the latest first."""
    return inquiries.get(event_id, [])
