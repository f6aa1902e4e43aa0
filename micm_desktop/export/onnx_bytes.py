"""What an ONNX file says of itself, read without building anything of its graph.

Of a file from elsewhere that is safer than to load it and then to look: loading runs whatever is constant in the graph.
ONNX is protobuf: fields of a number and a length, one in another (https://protobuf.dev/programming-guides/encoding).
"""

from collections.abc import Iterator

MODEL_METADATA, MODEL_GRAPH, MODEL_FUNCTIONS = 14, 7, 25
GRAPH_INITIALIZER, GRAPH_SPARSE_INITIALIZER = 5, 15
TENSOR_LOCATION, EXTERNAL = 14, 1
ENTRY_KEY, ENTRY_VALUE = 1, 2


def read_metadata(data: bytes) -> dict[str, str]:
    """The metadata of an ONNX file. Raises ValueError for what is none, or keeps weights in another file, or is of a
    kind that no model file of ours is."""
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
            raise ValueError("functions")
    if not has_graph:
        raise ValueError("no graph")
    return found


def _check_graph(graph: memoryview) -> None:
    for number, value in _fields(graph):
        if number == GRAPH_SPARSE_INITIALIZER:
            raise ValueError("sparse weights")
        if number == GRAPH_INITIALIZER and not isinstance(value, int):
            for field, location in _fields(value):
                if field == TENSOR_LOCATION and location == EXTERNAL:
                    raise ValueError("weights in another file")


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
