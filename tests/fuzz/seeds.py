#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make the first inputs of each fuzz target, and a dictionary, of tests/vectors and of corpus/TARGET.

Usage: seeds.py FOLDER               writes FOLDER/TARGET/* and FOLDER/dict
       seeds.py --write FILE FOLDER  makes of the inputs in FOLDER a file of the corpus: an input a line,
                                     with the escapes of the vectors
"""
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / 'vectors'
CUT = 0xf8
COMMANDS = range(0xf8, 0xff)
FAIL_ALLOC = 0xff


def lines(name):
    for line in (VECTORS / f'{name}.txt').read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'):
            yield line


def unescape(text):
    def byte(m):
        if m[1]:
            return bytes([int(m[1], 16)])
        return {b't': b'\t', b'\\': b'\\'}[m[2]]
    return re.sub(rb'\\(?:x([0-9A-Fa-f]{2})|(.))', byte, text.encode())


def escape(data):
    text = ''.join(chr(b) if 32 <= b < 127 and b != 92 else f'\\x{b:02x}' for b in data)
    # a blank at the end would not be seen
    return text[:-1] + '\\x20' if text.endswith(' ') else text


def corpus():
    """What earlier runs have found."""
    for path in sorted((HERE / 'corpus').iterdir()):
        for line in path.read_text(encoding='ascii').splitlines():
            yield path.name, unescape(line)


def accepted():
    return [unescape(line.split(' => ')[0]) for line in lines('accept')]


def refused():
    return [unescape(line.split(' ', 2)[2]) for line in lines('refuse')]


def commands():
    found = []
    for line in lines('commands'):
        words = line.split(' => ')[0].split(' ', 1)
        found.append(unescape(words[1]) if len(words) > 1 else b'')
    return found


def rule_sets():
    rules = []
    for line in lines('match'):
        word, _, rest = line.partition(' ')
        if word == 'set' and rules:
            yield rules
            rules = []
        elif word == 'rule':
            rules.append(unescape(rest))
    yield rules


def cut_up(text, rnd, marks):
    """Put marks into a text, a few bytes or a few lines apart."""
    out = bytearray()
    apart = rnd.choice((3, 20, 100))
    for b in text:
        if not rnd.randrange(apart):
            mark = rnd.choice(marks)
            out.append(mark)
            if mark == FAIL_ALLOC:
                out.append(rnd.randrange(1, 30))
        out.append(b)
    return bytes(out)


def groups(items, rnd, n):
    items = list(items)
    rnd.shuffle(items)
    return [items[i:i + n] for i in range(0, len(items), n)]


def named(items):
    """Give rules names; commands stay as they are."""
    return [b'name=%c%d %s' % (97 + i % 26, i, r) if b'idle=' in r and b'name=' not in r else r
            for i, r in enumerate(items)]


def related(rnd):
    """A rule of few possible values, so that one may cover another."""
    def numbers():
        lo = [rnd.randrange(1, 9) for _ in range(rnd.randrange(1, 4))]
        return ','.join(f'{n}-{n + rnd.randrange(4)}' if rnd.randrange(2) else f'{n}' for n in lo)

    def prefixes():
        return ','.join(f'10.0.0.{rnd.randrange(8)}/{rnd.choice((0, 8, 29, 30, 31, 32))}' if rnd.randrange(3) else
                        f'fd00::{rnd.randrange(8)}/{rnd.choice((0, 16, 125, 126, 127, 128))}'
                        for _ in range(rnd.randrange(1, 4)))

    def path():
        return ''.join('/' + rnd.choice(('a', 'b', 'ab', '*', 'a*', '?', '?b', '**')) for _ in range(3))

    words = [f'prio={rnd.randrange(3)}']
    for key, value in (('port', numbers), ('lport', numbers), ('rport', numbers), ('laddr', prefixes),
                       ('raddr', prefixes), ('uid', numbers), ('cgroup', path)):
        if not rnd.randrange(3):
            words.append(f'{key}={value()}')
    return ' '.join(words + ['idle=60s']).encode()


def seeds(rnd):
    changes = [b'del name=a0', b'del id=1', b'flush', b'del id=4', b'name=a idle=1s', b'del name=b.c']
    rules = accepted()
    text = [b'\n'.join(g) + b'\n' for g in rule_sets() if g]
    yield from (('parse', s) for s in rules + refused() + commands())
    yield from (('tool', s) for s in text)
    for _ in range(150):
        yield 'tool', b'\n'.join(related(rnd) for _ in range(rnd.randrange(2, 9)))
    for group in groups(rules, rnd, 8) + groups(rules + refused(), rnd, 8):
        yield 'tool', b'\n'.join(group)
    for n, others in ((3, 20), (9, 10), (20, 0), (20, 2)):
        for group in groups(rules + changes * others, rnd, n):
            body = b'\n'.join(named(group))
            yield 'cut', cut_up(body, rnd, [CUT])
            yield 'write', body
            whole = b'begin\n' + body + b'\ncommit\n'
            yield 'write', cut_up(whole, rnd, [CUT])
            yield 'write', cut_up(whole, rnd, list(COMMANDS) + [FAIL_ALLOC])
    yield from (('write', b'\n'.join(g)) for g in groups(commands() + refused(), rnd, 4))
    yield from (('index', rnd.randbytes(n)) for n in (10, 30, 100, 300, 900) for _ in range(20))
    yield from corpus()


def words():
    found = set()
    for text in accepted() + commands():
        found.update(re.split(rb'[\s,/:#-]+|(?<==)', text))
    return sorted(w for w in found if 1 < len(w) < 24)


def main():
    if len(sys.argv) == 4 and sys.argv[1] == '--write':
        found = sorted(escape(path.read_bytes()) for path in pathlib.Path(sys.argv[3]).iterdir())
        pathlib.Path(sys.argv[2]).write_text(''.join(f'{line}\n' for line in found), encoding='ascii')
        return 0
    if len(sys.argv) != 2 or sys.argv[1].startswith('-'):
        print(__doc__)
        return 0 if sys.argv[1:] in (['-h'], ['--help']) else 2
    top = pathlib.Path(sys.argv[1])
    for i, (target, text) in enumerate(seeds(random.Random(1))):
        folder = top / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'{i:05}').write_bytes(text)
    with open(top / 'dict', 'w', encoding='ascii') as file:
        for word in words():
            file.write('"%s"\n' % ''.join(f'\\x{b:02x}' for b in word))
    return 0


if __name__ == '__main__':
    sys.exit(main())
