"""What a query costs: scalars nothing, an object 1, a connection 2 and its objects as often as asked for.

The same rule gives the actual cost, with the objects that the answer holds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

_CONNECTION = "Connection"
_MANY = "nodes"


class Pricing:
    """Prices one document; ``variables`` are those of the request."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._operation = next(
            one for one in document.definitions if isinstance(one, OperationDefinitionNode)
        )

    def requested(self) -> int:
        """The most that the query may return."""
        return self._of(self._operation.selection_set, self._root(), None)

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """What it returned."""
        return 0 if data is None else self._of(self._operation.selection_set, self._root(), data)

    def _root(self) -> GraphQLNamedType:
        root = self._schema.query_type
        assert root is not None  # noqa: S101 # schema.graphql has one
        return root

    def _of(self, selected: SelectionSetNode, kind: GraphQLNamedType, data: Mapping[str, Any] | None) -> int:
        """All fields of one object; of alternatives for several types the dearest counts."""
        total, alternatives = 0, {kind.name: 0}
        for node, on in self._fields(selected, kind):
            price = self._field(node, on, data)
            if on.name == kind.name:
                total += price
            else:
                alternatives[on.name] = alternatives.get(on.name, 0) + price
        return total + max(alternatives.values())

    def _fields(
        self, selected: SelectionSetNode, kind: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield node, kind
                continue
            part: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(node, FragmentSpreadNode):
                part = self._fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)  # noqa: S101 # GraphQL has no other selections
                part = node
            named = part.type_condition
            inner = self._schema.type_map[named.name.value] if named else kind
            yield from self._fields(part.selection_set, inner)

    def _field(self, node: FieldNode, on: GraphQLNamedType, data: Mapping[str, Any] | None) -> int:
        name = node.name.value
        if node.selection_set is None or name.startswith("__"):
            return 0
        fields = getattr(on, "fields", {})
        kind = get_named_type(fields[name].type)
        if is_leaf_type(kind):
            return 0
        if data is not None:
            return self._returned(node, kind, data.get(node.alias.value if node.alias else name))
        if kind.name.endswith(_CONNECTION):
            return 2 + self._connection(node.selection_set, kind, self._size(node))
        each = 1 + self._of(node.selection_set, kind, None)
        return each * self._count(node) if name == _MANY else each

    def _connection(self, selected: SelectionSetNode, kind: GraphQLNamedType, size: int) -> int:
        total = 0
        for node, on in self._fields(selected, kind):
            if node.selection_set is None:
                continue
            assert isinstance(on, GraphQLObjectType)  # noqa: S101 # a connection is one
            inner = get_named_type(on.fields[node.name.value].type)
            if node.name.value == "edges":
                total += size * self._of(node.selection_set, inner, None)
            else:
                times = size if node.name.value == _MANY else 1
                total += times * (1 + self._of(node.selection_set, inner, None))
        return total

    def _returned(self, node: FieldNode, kind: GraphQLNamedType, value: Any) -> int:
        if value is None or node.selection_set is None:
            return 0
        if isinstance(value, list):
            if kind.name.endswith("Edge"):
                return sum(self._of(node.selection_set, kind, one) for one in value if one is not None)
            if node.name.value != _MANY:
                value = value[:1]  # a plain list of objects is one object
            return sum(1 + self._of(node.selection_set, kind, one) for one in value if one is not None)
        return (2 if kind.name.endswith(_CONNECTION) else 1) + self._of(node.selection_set, kind, value)

    def _size(self, node: FieldNode) -> int:
        first = self._argument(node, "first")
        return first if isinstance(first, int) and first > 0 else 0

    def _count(self, node: FieldNode) -> int:
        ids = self._argument(node, "ids")
        return len(ids) if isinstance(ids, list | tuple) else 1

    def _argument(self, node: FieldNode, name: str) -> Any:
        value = next((one.value for one in node.arguments or () if one.name.value == name), None)
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        if isinstance(value, IntValueNode):
            return int(value.value)
        return value.values if isinstance(value, ListValueNode) else None
