#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""lines.py LINES.json UNREACHED: a table of the lines of the module that have run, and those that have not.

LINES.json is gcov's, an object a line. UNREACHED has a paragraph for each piece of code that no test
reaches: "FILE: why", and indented below it the lines, as they stand in the source.
"""
import json
import sys

MINIMUM = 95.0


def counts(path):
    """{file: {line: times}} of the module; a line may be compiled more than once."""
    files = {}
    with open(path, encoding='utf-8') as text:
        for obj in text:
            for f in json.loads(obj)['files']:
                name = f['file'].split('/module/')[-1]
                if not name.endswith('.c') or 'module/' not in f['file']:
                    continue
                lines = files.setdefault(name, {})
                for line in f['lines']:
                    nr = line['line_number']
                    lines[nr] = max(lines.get(nr, 0), line['count'])
    return files


def reasons(path):
    """{(file, source line): why}"""
    known, head = {}, None
    with open(path, encoding='utf-8') as text:
        for line in text:
            if line.startswith('#') or not line.strip():
                continue
            if line[0].isspace():
                known[head[0], line.strip()] = head[1]
            else:
                head = [part.strip() for part in line.split(':', 1)]
    return known


def main():
    if len(sys.argv) != 3 or sys.argv[1] in ('-h', '--help'):
        print(__doc__)
        return 2
    files, known = counts(sys.argv[1]), reasons(sys.argv[2])
    used, missing, total, run = set(), [], 0, 0

    print(f'{"module/":24} lines    run')
    for name, lines in sorted(files.items()):
        ran = sum(1 for times in lines.values() if times)
        print(f'{name:24} {len(lines):5} {ran:6} {100 * ran / len(lines):6.1f} %')
        total += len(lines)
        run += ran
        with open(f'module/{name}', encoding='utf-8') as text:
            source = text.read().splitlines()
        for nr in sorted(nr for nr, times in lines.items() if not times):
            key = name, source[nr - 1].strip()
            if key in known:
                used.add(key)
            missing.append((name, nr, source[nr - 1].strip(), known.get(key, '')))
    print(f'{"all":24} {total:5} {run:6} {100 * run / total:6.1f} %')
    for what, explained in (('not run:', False), ('not run, for a reason:', True)):
        print(what)
        for name, nr, line, why in missing:
            if bool(why) == explained:
                print(f'  {name}:{nr}: {line}' + (f'   ({why})' if why else ''))
    for name, line in sorted(set(known) - used):
        print(f'{sys.argv[2]}: has run, or is not there: {name}: {line}')
    return 100 * run / total < MINIMUM


if __name__ == '__main__':
    sys.exit(main())
