#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is a JSON document as a schema says?

schema.py SCHEMA DOCUMENT: prints each difference; exit status 1 when there is
one. Knows the keywords that our schemas use, and refuses any other.
"""

import json
import sys

TYPES = {
    "array": lambda v: isinstance(v, list),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "null": lambda v: v is None,
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "object": lambda v: isinstance(v, dict),
    "string": lambda v: isinstance(v, str),
}
CHECKED = {"$ref", "additionalProperties", "enum", "items", "maximum", "minimum",
           "oneOf", "properties", "required", "type"}
SAID = {"$comment", "$defs", "$schema", "description", "title"}


def differences(schema, value, where, root):
    """Yields a line for each keyword of a schema that a value does not follow."""
    unknown = schema.keys() - CHECKED - SAID
    if unknown:
        yield f"{where}: the schema has {', '.join(sorted(unknown))}, which is not checked"
    if "$ref" in schema:
        yield from differences(root["$defs"][schema["$ref"].removeprefix("#/$defs/")],
                               value, where, root)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(TYPES[name](value) for name in types):
        yield f"{where}: {value!r} is not {' or '.join(types)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if TYPES["number"](value):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where}: {value!r} is out of range"
    if "oneOf" in schema:
        fit = [one for one in schema["oneOf"] if not list(differences(one, value, where, root))]
        if len(fit) != 1:
            yield f"{where}: fits {len(fit)} of oneOf"
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from differences(schema.get("items", {}), item, f"{where}/{i}", root)
    if isinstance(value, dict):
        yield from members(schema, value, where, root)


def members(schema, value, where, root):
    """The same for the members of an object."""
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: {name} is missing"
    for name, member in value.items():
        if name in known:
            yield from differences(known[name], member, f"{where}/{name}", root)
        elif schema.get("additionalProperties", True) is False:
            yield f"{where}: {name} is not in the schema"


def main():
    """Compares the two files of the command line."""
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    with open(sys.argv[2], encoding="utf-8") as f:
        document = json.load(f)
    found = list(differences(schema, document, "", schema))
    print("\n".join(found))
    sys.exit(bool(found))


main()
