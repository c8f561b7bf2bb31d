#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Find functions of the module that lack their kernel-doc comment.

Every function that is not static has one, with a Context: section, and a
Return: section unless it returns void.
"""
import re
import sys

# In kernel style a definition starts in column 0 and its body's brace, too.
DEFINITION = re.compile(
    r'^(?P<doc>/\*\*\n(?: \*.*\n)*? \*/\n)?'
    r'(?P<type>[a-z][\w \t*]*?[ *\n])(?P<name>\w+)\((?P<args>[^;{}]*)\)\n\{',
    re.MULTILINE)


def problems(path, text):
    for m in DEFINITION.finditer(text):
        words = m['type'].split()
        if 'static' in words:
            continue
        where = f'{path}:{text.count(chr(10), 0, m.start("name")) + 1}: {m["name"]}()'
        if not m['doc']:
            yield f'{where}: no kernel-doc comment'
            continue
        doc = m['doc']
        if f'* {m["name"]} - ' not in doc:
            yield f'{where}: its comment is about something else'
        if not re.search(r'^ \* Context: \S', doc, re.MULTILINE):
            yield f'{where}: no Context:'
        void = 'void' in words and '*' not in m['type']
        if not void and not re.search(r'^ \* Return: \S', doc, re.MULTILINE):
            yield f'{where}: no Return:'


def main():
    found = functions = 0
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8') as file:
            text = file.read()
        functions += len(DEFINITION.findall(text))
        for problem in problems(path, text):
            print(problem)
            found += 1
    if not functions:
        print('no functions found: is the style another one?')
    return 1 if found or not functions else 0


if __name__ == '__main__':
    sys.exit(main())
