#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the table (Markdown, JSON) and the plot (SVG) out of the figures guest.sh prints.

    report.py [-o FOLDER] [--kernel RELEASE] FILE...

The added cost of a row is its figure less that of "base" in the same round; over the rounds the
median counts, with the lowest and highest as the spread. Only the standard library is used.
"""
import argparse
import json
import math
import os
import re
import statistics
import sys

SIZES = (1, 10, 100, 1000, 10000, 65536)

# What a figure may be at most: issues 3 and 12. Rows that are not here have no limit.
LIMITS = {
    'kap:empty': 60,
    'kap:disabled': 60,
    'kap:port:1:match': 1000,
    'kap:port:1:miss': 200,
    'kap:port:10000:match': 1100,
    'kap:mixed:65536:worst': 1600,
    'kap:option:other': 180,
    'kap:option:lost': 500,
    'kap:option:held:keepalive': 1700,
    'kap:option:held:idle': 1700,
    'kap:option:held:intvl': 1700,
    'kap:option:followed:idle': 1700,
    'kap:option:followed:intvl': 1700,
    'kap:apply': 1000,
    'kap:apply:gap': 1000000,
    'load:mixed:65536': 25000,
    'load:port:65536': 25000,
    'memory:mixed:65536': 400,
    'memory:port:65536': 400,
}
REPLACE_PERCENT = 5  # a rule replaced meanwhile: of what is added without

UNITS = {'added': 'instructions added a connection', 'option': 'instructions added a call',
         'apply': 'instructions a connection', 'gap': 'instructions without a reschedule point',
         'load': 'instructions a rule', 'memory': 'bytes a rule'}


class Row:
    """One line of the table: a figure for each round."""

    def __init__(self, ident, label, unit, values, limit=None, note=''):
        self.ident, self.label, self.unit, self.note = ident, label, unit, note
        self.values = values
        self.limit = LIMITS.get(ident) if limit is None else limit

    @property
    def value(self):
        return statistics.median(self.values)

    @property
    def within(self):
        return self.limit is None or self.value <= self.limit

    def json(self):
        row = {'label': self.label, 'unit': self.unit, 'value': round(self.value),
               'low': round(min(self.values)), 'high': round(max(self.values)), 'rounds': len(self.values)}
        if self.limit is not None:
            row['limit'] = round(self.limit)
        if self.note:
            row['note'] = self.note
        return row


def read_figures(files):
    """Yield (kind, what, {name: text}) for each line of figures."""
    for name in files:
        with open(name, encoding='utf-8') as file:
            for line in file:
                match = re.match(r'round=(\d+) (\w+) (.*=.*)', line)
                if match:
                    fields = dict(re.findall(r'(\w+)=(\S+)', match[3]))
                    fields['round'] = int(match[1])
                    yield match[2], fields.pop('what', ''), fields


class Figures:
    def __init__(self, files):
        self.conn = {}     # what: {round: figures}
        self.random = {}   # what: {which: figures}
        self.load = {}     # what: [figures], with memory
        self.replaced = {}
        self.rate = {}     # what: {round: connections a second}
        self.memory = []   # (label, figures)
        self.option = {}   # what: {round: figures}
        self.apply = []
        self.worst = {}
        for kind, what, f in read_figures(files):
            if kind == 'conn':
                self.conn.setdefault(what, {})[f['round']] = f
            elif kind == 'random':
                self.random.setdefault(what, {})[f['which']] = f
            elif kind == 'load':
                self.load.setdefault(what, []).append(f)
            elif kind == 'replaced':
                self.replaced[what] = self.replaced.get(what, 0) + int(f['times'])
            elif kind == 'option':
                self.option.setdefault(what, {})[f['round']] = f
            elif kind == 'apply':
                self.apply.append(f)
            elif kind == 'rate':
                self.rate.setdefault(what, {})[f['round']] = f
            elif kind == 'memory':
                self.memory.append((what, f['round'], f))

    def added(self, what, base='base', figure='usual', of=None):
        """A figure for each round, less that of the base."""
        of = self.conn if of is None else of
        rows, bases = of.get(what, {}), of.get(base, {})
        return [float(rows[r][figure]) - float(bases[r][figure]) for r in sorted(rows) if r in bases]


def plural(n):
    return f'{n:,} rule' + ('s' if n > 1 else '')


def peer_rows(fig):
    yield 'setsockopt', 'the program calls setsockopt 5 times on each end', fig.added('setsockopt')
    yield ('libkeepalive', 'LD_PRELOAD libkeepalive (no user timeout; accepted end by inheritance)',
           fig.added('libkeepalive', 'base-dynamic'))
    for n in SIZES:
        yield (f'bpf:port:{n}:match', f'BPF sock_ops, {n:,} port{"s" * (n > 1)} in the map, both ends match',
               fig.added(f'bpf:port:{n}:match'))
    for n in SIZES:
        yield (f'bpf:port:{n}:miss', f'BPF sock_ops, {n:,} port{"s" * (n > 1)} in the map, no match',
               fig.added(f'bpf:port:{n}:miss'))


def kapolicy_rows(fig):
    yield 'kap:empty', 'kapolicy loaded, no rules', fig.added('kap:empty')
    yield 'kap:disabled', 'kapolicy with a rule, `enabled` 0', fig.added('kap:disabled')
    for n in SIZES:
        yield f'kap:port:{n}:match', f'kapolicy, {plural(n)} by port, both ends match', fig.added(f'kap:port:{n}:match')
    for n in SIZES:
        yield f'kap:port:{n}:miss', f'kapolicy, {plural(n)} by port, no match', fig.added(f'kap:port:{n}:miss')


RANDOM = (
    ('all', 'max', 'worst', 'dearest of {n} random connections'),
    ('all', 'p95', 'p95', '95 % of {n} random connections cost less'),
    ('all', 'median', 'median', 'random connections, median'),
    ('ends0', 'median', 'miss', 'random connections, no end matches, median'),
    ('ends2', 'median', 'match', 'random connections, both ends match, median'),
    ('first', 'median', 'first', 'first connection of two cgroups, median'),
    ('first', 'p95', 'first-p95', 'first connection of two cgroups, 95 % cost less'),
)


def random_rows(fig):
    for what, found in fig.random.items():
        _, kind, n = what.split(':')
        for which, figure, name, text in RANDOM:
            if which in found:
                label = f'kapolicy, {plural(int(n))} {kind}, ' + text.format(n=f'{int(found[which]["n"]):,}')
                yield Row(f'{what}:{name}', label, 'added', [float(found[which][figure])])


def replace_rows(fig):
    for n in SIZES:
        still = fig.added(f'kap:still:port:{n}', 'base-thread', 'batch_median')
        meanwhile = fig.added(f'kap:replace:port:{n}', 'base-thread', 'batch_median')
        if not meanwhile:
            continue
        # the clock of a thread is rougher than counted instructions: allow it the noise of "no rules"
        limit = statistics.median(still) * (1 + REPLACE_PERCENT / 100) + LIMITS['kap:empty']
        yield Row(f'kap:still:port:{n}', f'kapolicy, {plural(n)} by port, by the clock of the thread', 'added', still)
        yield Row(f'kap:replace:port:{n}', 'the same, a rule replaced 10 times a second meanwhile', 'added', meanwhile,
                  limit, f'replaced {fig.replaced.get(f"kap:replace:port:{n}", 0)} times')


OPTIONS = (
    ('other', 'nodelay', 'setsockopt() of an option that no rule can name, while a rule holds or follows'),
    ('lost', 'idle', 'setsockopt(TCP_KEEPIDLE) on a connection that no such rule wins'),
    ('held:keepalive', 'keepalive', 'setsockopt(SO_KEEPALIVE) put right'),
    ('held:idle', 'idle', 'setsockopt(TCP_KEEPIDLE) put right'),
    ('held:intvl', 'intvl', 'setsockopt(TCP_KEEPINTVL) put right'),
    ('followed:idle', 'idle', 'setsockopt(TCP_KEEPIDLE) followed by user_timeout=auto'),
    ('followed:intvl', 'intvl', 'setsockopt(TCP_KEEPINTVL) followed by user_timeout=auto'),
)


def option_rows(fig):
    for what, option, label in OPTIONS:
        values = fig.added(what, f'base:{option}', of=fig.option)
        if values:
            yield Row(f'kap:option:{what}', label, 'option', values)


def apply_rows(fig):
    for f in fig.apply:
        label = f'`apply`, 1 rule, each of {int(f["n"]):,} connections is changed'
        yield Row('kap:apply', label, 'apply', [float(f['per_end'])])
        yield Row('kap:apply:gap', f'`apply` to {int(f["n"]):,} connections', 'gap', [float(f['gap'])])


def load_rows(fig):
    for what, loads in fig.load.items():
        settled = [f for f in loads if 'bytes_per_rule' in f]
        if not settled:
            continue
        kind, n = what.split(':')
        text = f'{plural(int(n))} {"by port" if kind == "port" else kind}'
        yield Row(f'load:{what}', f'loading {text} by one transaction', 'load', [float(f['per_rule']) for f in settled])
        yield Row(f'memory:{what}', f'kernel memory of {text}', 'memory',
                  [float(f['bytes_per_rule']) for f in settled])


def all_rows(fig):
    base = fig.conn.get('base', {})
    if base:
        values = [float(f['usual']) for f in base.values()]
        yield Row('base', 'nothing (the whole connection, both ends)', 'added', values, note='not added: the base itself')
    for maker in (peer_rows, kapolicy_rows):
        for ident, label, values in maker(fig):
            if values:
                yield Row(ident, label, 'added', values)
    for maker in (random_rows, replace_rows, option_rows, apply_rows, load_rows):
        yield from maker(fig)


def number(x):
    return f'{x:,.0f}'


def markdown(rows, kernel):
    out = [f'Virtual time, one CPU, Debian {kernel}: one instruction is one nanosecond. '
           'A loopback connection opened, accepted and reset, both ends.', '']
    for unit, title in UNITS.items():
        part = [r for r in rows if r.unit == unit]
        if not part:
            continue
        out += [f'| | {title} | spread | limit | |', '|---|---:|---:|---:|---|']
        for r in part:
            low, high = number(min(r.values)), number(max(r.values))
            spread = f'{low} .. {high}' if len(r.values) > 1 else ''
            limit = '' if r.limit is None else number(r.limit)
            verdict = '' if r.limit is None else 'ok' if r.within else '**over**'
            out.append(f'| {r.label} | {number(r.value)} | {spread} | {limit} | {verdict} |')
        out.append('')
    return '\n'.join(out)


def rate_markdown(fig):
    """Real time: ratios of rounds, in which all had their turn."""
    nothing = fig.rate.get('nothing', {})
    out = []
    if nothing:
        workers = next(iter(nothing.values()))['workers']
        out += [f'Real time, {workers} CPUs, connections a second; ratios of the same round.', '',
                '| | connections a second | of "nothing" | spread (quartiles) | rounds |', '|---|---:|---:|---:|---:|']
        for who in ('nothing', 'bpf', 'kapolicy'):
            rounds = {r: float(f['per_second']) for r, f in fig.rate.get(who, {}).items() if r in nothing}
            ratios = [v / float(nothing[r]['per_second']) for r, v in rounds.items()]
            if len(ratios) < 2:
                continue
            q = statistics.quantiles(ratios, n=4)
            out.append(f'| {who} | {number(statistics.median(rounds.values()))} | {q[1]:.3f} | '
                       f'{q[0]:.3f} .. {q[2]:.3f} | {len(ratios)} |')
        out.append('')
    churns = {w: f for w, f in fig.rate.items() if w.startswith('churn:')}
    if churns:
        out += ['| churn | connections | seconds | a second | memory kept, KB |', '|---|---:|---:|---:|---:|']
        free = {(what, r): int(f['free_kb']) for what, r, f in fig.memory}
        for what, rounds in churns.items():
            who = what.split(':')[1]
            for r, f in sorted(rounds.items()):
                kept = free.get((f'{who}:before', r), 0) - free.get((f'{who}:after', r), 0)
                out.append(f'| {who} | {int(f["n"]):,} | {int(f["ms"]) / 1000:,.0f} | {float(f["per_second"]):,.0f} '
                           f'| {kept:,} |')
        out.append('')
    return '\n'.join(out)


# The plot.

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 80, 220, 30, 60
COLOURS = {'bpf': '#c0392b', 'kap': '#1f6fb2', 'mixed': '#2e8b57'}


def series(rows):
    """(label, colour, dashed, [(rules, value)])"""
    by_id = {r.ident: r.value for r in rows}
    for label, pattern, colour, dashed in (
            ('BPF, match', 'bpf:port:{}:match', 'bpf', False),
            ('BPF, no match', 'bpf:port:{}:miss', 'bpf', True),
            ('kapolicy mixed, dearest', 'kap:mixed:{}:worst', 'mixed', True),
            ('kapolicy mixed, median', 'kap:mixed:{}:median', 'mixed', False),
            ('kapolicy by port, match', 'kap:port:{}:match', 'kap', False),
            ('kapolicy by port, no match', 'kap:port:{}:miss', 'kap', True)):
        points = [(n, by_id[pattern.format(n)]) for n in SIZES if pattern.format(n) in by_id]
        if points:
            yield label, COLOURS[colour], dashed, points


def spread_labels(places, gap, low, high):
    """Move labels apart that would cover each other; keeps their order."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    at = list(places)
    for k, i in enumerate(order):
        floor = low if k == 0 else at[order[k - 1]] + gap
        at[i] = max(at[i], floor)
    for k in range(len(order) - 1, -1, -1):
        ceiling = high if k == len(order) - 1 else at[order[k + 1]] - gap
        at[order[k]] = min(at[order[k]], ceiling)
    return at


def svg(rows, kernel):
    lines = list(series(rows))
    top = max((v for *_, points in lines for _, v in points), default=1)
    decade = 10 ** math.floor(math.log10(top))
    step = next(s for s in (decade / 5, decade / 2, decade, 2 * decade) if top / s <= 8)
    top = math.ceil(top / step) * step

    def x(n):
        return LEFT + math.log10(n) / math.log10(SIZES[-1]) * (WIDTH - LEFT - RIGHT)

    def y(v):
        return HEIGHT - BOTTOM - max(v, 0) / top * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12">',
           f'<title>Instructions added to a connection against the number of rules, Debian {kernel}</title>',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for i in range(round(top / step) + 1):
        v = i * step
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:,.0f}</text>')
    for n in SIZES:
        out.append(f'<text x="{x(n):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{n:,}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">rules</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(f'<text x="18" y="{middle}" text-anchor="middle" transform="rotate(-90 18 {middle})">'
               'instructions added a connection, both ends</text>')
    places = spread_labels([y(points[-1][1]) + 4 for *_, points in lines], 15, TOP, HEIGHT - BOTTOM + 4)
    for (label, colour, dashed, points), place in zip(lines, places):
        path = ' '.join(f'{x(n):.1f},{y(v):.1f}' for n, v in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ''
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="3" fill="{colour}"/>' for n, v in points]
        out.append(f'<text x="{WIDTH - RIGHT + 12}" y="{place:.1f}" fill="{colour}">{label}: '
                   f'{points[-1][1]:,.0f}</text>')
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('-o', '--output', default='.')
    parser.add_argument('--kernel', default='?')
    parser.add_argument('file', nargs='+')
    args = parser.parse_args()

    fig = Figures(args.file)
    rows = list(all_rows(fig))
    text = ''
    if rows:
        text += markdown(rows, args.kernel)
        with open(os.path.join(args.output, 'bench.json'), 'w', encoding='utf-8') as file:
            json.dump({'kernel': args.kernel, 'rows': {r.ident: r.json() for r in rows}}, file, indent=1)
            file.write('\n')
        if any(True for _ in series(rows)):
            with open(os.path.join(args.output, 'bench.svg'), 'w', encoding='utf-8') as file:
                file.write(svg(rows, args.kernel))
    real = rate_markdown(fig)
    if rows and real:
        text += '\n'
    text += real
    if not text:
        sys.exit('report.py: no figures')
    with open(os.path.join(args.output, 'bench.md'), 'w', encoding='utf-8') as file:
        file.write(text)
    print(text, end='')


if __name__ == '__main__':
    main()
