"""What an ONNX file says of itself, read without building anything of its graph.

Of a file from elsewhere that is safer than to load it and then to look: loading runs whatever is constant in the graph.
ONNX is protobuf: fields of a number and a length, one in another (https://protobuf.dev/programming-guides/encoding).
"""

from collections.abc import Iterator

MODEL_METADATA, MODEL_GRAPH, MODEL_FUNCTIONS = 14, 7, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_SPARSE_INITIALIZER = 1, 5, 15
NODE_ATTRIBUTE = 5
ATTRIBUTE_TENSORS, ATTRIBUTE_GRAPHS, ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
DEEPEST = 8
"""Graphs in one another, as the two ways of an ``If``; ours have none."""
TENSOR_LOCATION, EXTERNAL = 14, 1
ENTRY_KEY, ENTRY_VALUE = 1, 2


class ForeignPart(ValueError):
    """An ONNX file that is whole, and does what no model file of ours does; the text says what: "holds functions"."""


def read_metadata(data: bytes) -> dict[str, str]:
    """The metadata of an ONNX file. Raises ForeignPart where it keeps weights in another file, or is of a kind that no
    model file of ours is, and another ValueError for what is no ONNX file."""
    found: dict[str, str] = {}
    has_graph = False
    for number, value in _fields(memoryview(data)):
        if isinstance(value, int):
            continue
        if number == MODEL_METADATA:
            entry = {field: bytes(text).decode() for field, text in _fields(value) if not isinstance(text, int)}
            found[entry.get(ENTRY_KEY, "")] = entry.get(ENTRY_VALUE, "")
        elif number == MODEL_GRAPH:
            has_graph = True
            _check_graph(value)
        elif number == MODEL_FUNCTIONS:
            raise ForeignPart("holds functions")
    if not has_graph:
        raise ValueError("no graph")
    return found


def _check_graph(graph: memoryview, depth: int = 1) -> None:
    """Look at all weights, also those of constants and of graphs in the graph: onnxruntime 1.20 reads a file in the
    working directory for the latter, whatever it is told."""
    if depth > DEEPEST:
        raise ForeignPart("holds graphs in graphs")
    for number, value in _fields(graph):
        if isinstance(value, int):
            continue
        if number == GRAPH_SPARSE_INITIALIZER:
            raise ForeignPart("holds sparse weights")
        if number == GRAPH_INITIALIZER:
            _check_weights(value)
        elif number == GRAPH_NODE:
            for field, attribute in _fields(value):
                if field == NODE_ATTRIBUTE and not isinstance(attribute, int):
                    _check_attribute(attribute, depth)


def _check_attribute(attribute: memoryview, depth: int) -> None:
    for number, value in _fields(attribute):
        if isinstance(value, int):
            continue
        if number in ATTRIBUTE_SPARSE:
            raise ForeignPart("holds sparse weights")
        if number in ATTRIBUTE_TENSORS:
            _check_weights(value)
        elif number in ATTRIBUTE_GRAPHS:
            _check_graph(value, depth + 1)


def _check_weights(tensor: memoryview) -> None:
    for number, value in _fields(tensor):
        if number == TENSOR_LOCATION and value == EXTERNAL:
            raise ForeignPart("keeps its weights in another file")


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a message; numbers of fixed width are passed over."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("not a protobuf message")
        if kind == 0:
            value, place = _varint(data, place)
            yield number, value
        elif kind == 2:
            length, place = _varint(data, place)
            if length > len(data) - place:
                raise ValueError("cut off")
            yield number, data[place : place + length]
            place += length
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        else:
            raise ValueError("not a protobuf message")


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """A number of at most 64 bits in groups of seven, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise ValueError("cut off")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("not a protobuf message")
