"""Filters of the proof sheet: the same words on the page and in the PDF."""

from django import template

from identity import proof_sheet

register = template.Library()
register.filter("head", proof_sheet.facts)
register.filter("moment", proof_sheet.moment)
register.filter("seconds", proof_sheet.seconds)
register.filter("place_of", proof_sheet.place_of)
