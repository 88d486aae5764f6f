"""The part of `six` that notebooks use: `six.moves` and the kinds of strings."""

PY2 = False
PY3 = True
string_types = (str,)
integer_types = (int,)
text_type = str
binary_type = bytes
