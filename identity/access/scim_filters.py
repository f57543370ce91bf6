"""SCIM's filters (RFC 7644 section 3.4.2.2) as conditions of the database.

The grammar and its limit of depth are of `scim2_models`; length and number of conditions are limited here."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from scim2_models import InvalidFilterException, Resource, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

LONGEST, MOST = 2000, 50
NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Attribute:
    """What can be searched for. compare: what an operator (never `ne`) and a value mean for the rows.

    present: the rows that have a value; all of them where it is left out."""

    compare: Callable[[CompareOperator, Any], Q]
    present: Q = field(default_factory=lambda: ~NOTHING)


_EXACT = {CompareOperator.eq: "exact", CompareOperator.co: "contains", CompareOperator.sw: "startswith"}
_EXACT |= {CompareOperator.ew: "endswith"}
_ORDER = {
    each: each.value.replace("ge", "gte").replace("le", "lte")
    for each in CompareOperator
    if each.value[0] in "gl"
}


def condition_of(text: str, model: type[Resource[Any]], attributes: Mapping[str, Attribute]) -> Q:
    """Read a filter. attributes: by name in lower case, a sub-attribute after a dot.

    Raises:
        InvalidFilterException: malformed, too long, or about an attribute that cannot be searched.
    """
    if len(text) > LONGEST:
        raise InvalidFilterException(detail=f"a filter has at most {LONGEST} characters")
    bound: Any = ScimFilter
    return _Reader(attributes).visit(bound[model](text).ast)


def text_in(*columns: str, case_exact: bool = False) -> Attribute:
    """A text in the first column; in the next one where that is empty, and so on."""

    def compare(operator: CompareOperator, value: Any) -> Q:
        if not isinstance(value, str) or "\0" in value:
            return NOTHING
        lookup = _lookup(operator, case_exact=case_exact)
        found = NOTHING
        for number, column in enumerate(columns):
            before_are_empty = Q(**dict.fromkeys(columns[:number], ""))
            found |= before_are_empty & ~Q(**{column: ""}) & Q(**{f"{column}__{lookup}": value})
        return found

    return Attribute(compare, ~Q(**dict.fromkeys(columns, "")))


def text_among(column: str, *, where: Callable[[Q], Q]) -> Attribute:
    """One of several texts in rows of their own. where: as for `id_in`."""

    def compare(operator: CompareOperator, value: Any) -> Q:
        if not isinstance(value, str) or "\0" in value:
            return NOTHING
        return where(Q(**{f"{column}__{_lookup(operator, case_exact=False)}": value}))

    return Attribute(compare, where(~Q(**{column: ""})))


def id_in(column: str, *, where: Callable[[Q], Q] = lambda found: found) -> Attribute:
    """An id: what is none equals nothing. where: makes of a condition on the column's table one on ours."""

    def compare(operator: CompareOperator, value: Any) -> Q:
        _only_equality(operator)
        try:
            return where(Q(**{column: uuid.UUID(str(value))}))
        except ValueError:
            return NOTHING

    return Attribute(compare, where(~Q(**{column: None})))


def flag(when: Callable[[], Q]) -> Attribute:
    """A truth value. when: which rows it is true of, at the time of the search."""

    def compare(operator: CompareOperator, value: Any) -> Q:
        _only_equality(operator)
        if not isinstance(value, bool):
            raise InvalidFilterException(detail="this attribute is true or false")
        return when() if value else ~when()

    return Attribute(compare)


def always(constant: object) -> Attribute:
    """An attribute that has one and the same value everywhere."""

    def compare(operator: CompareOperator, value: Any) -> Q:
        _only_equality(operator)
        return ~NOTHING if value == constant else NOTHING

    return Attribute(compare)


def _only_equality(operator: CompareOperator) -> None:
    if operator != CompareOperator.eq:
        raise InvalidFilterException(detail="this attribute is compared with eq and ne only")


def _lookup(operator: CompareOperator, *, case_exact: bool) -> str:
    if operator in _ORDER:
        return _ORDER[operator]
    return _EXACT[operator] if case_exact else f"i{_EXACT[operator]}"


class _Reader(FilterVisitor[Q]):
    """Walks the tree of a filter once."""

    def __init__(self, attributes: Mapping[str, Attribute], within: str = "") -> None:
        self.attributes = attributes
        self.within = within
        self.seen = 0

    def visit_comparison(self, node: Comparison) -> Q:
        compare = self._attribute(node.attr_path).compare
        if node.value is None:
            raise InvalidFilterException(detail="to compare with null, write pr or not (… pr)")
        if node.op == CompareOperator.ne:
            return ~compare(CompareOperator.eq, node.value)
        return compare(node.op, node.value)

    def visit_present(self, node: Present) -> Q:
        return self._attribute(node.attr_path).present

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        first, *others = [self.visit(term) for term in node.terms]
        for other in others:
            first = first & other if node.op == LogicalOperator.and_ else first | other
        return first

    def visit_value_path(self, node: ValuePath) -> Q:
        inner = _Reader(self.attributes, within=f"{node.attr_path.attr.lower()}.")
        inner.seen = self.seen
        found = inner.visit(node.val_filter)
        self.seen = inner.seen
        return found

    def _attribute(self, path: AttrPath) -> Attribute:
        self.seen += 1
        if self.seen > MOST:
            raise InvalidFilterException(detail=f"a filter has at most {MOST} conditions")
        name = self.within + path.attr.lower() + (f".{path.sub_attr.lower()}" if path.sub_attr else "")
        if name not in self.attributes:
            raise InvalidFilterException(detail=f"there is no search for {name}")
        return self.attributes[name]
