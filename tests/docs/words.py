#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Do the manuals, the help texts, the schema, the parser and sysfs name the same things?

words.py KAPCTL: prints what is missing on either side, nothing when all is well.
"""
import html.parser
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent


def findings(kapctl):
    kapctl8 = Page("kapctl.8", "kapctl-connections.8")
    conf5 = Page("kapolicy.conf.5")
    kapolicy7 = Page("kapolicy.7")
    messages7 = Page("kapolicy-messages.7")

    yield from differences("kapctl(8), COMMANDS", kapctl8.tags("COMMANDS"), "kapctl -h", usages(kapctl))
    yield from differences("kapctl(8), OPTIONS", kapctl8.tags("OPTIONS"), "kapctl COMMAND -h", options(kapctl))
    yield from differences("kapctl(8), EXIT STATUS", kapctl8.tags("EXIT STATUS"), "kapctl -h", exits(kapctl))

    keys = {part.split("=")[0] for head in ("MATCH KEYS", "ACTION KEYS", "OTHER KEYS")
            for tag in conf5.tags(head) for part in tag.split(", ")}
    yield from differences("kapolicy.conf(5)", keys, "the parser", parser_keys())

    files = {name for tag in kapolicy7.tags("FILES") for name in tag.split(", ")}
    yield from differences("kapolicy(7), FILES", files, "Documentation/ABI", sysfs_files())
    yield from differences("kapolicy(7), MODULE PARAMETERS", kapolicy7.tags("MODULE PARAMETERS"),
                           "module/", parameters())
    yield from differences("Documentation/connections.schema.json", schema_members(),
                           "tools/see/output_conn.c", connection_members())
    yield from events(kapolicy7)
    yield from warnings(messages7)
    yield from errors(messages7, kapolicy7)


class Page(html.parser.HTMLParser):
    """Manual pages, as mandoc renders them: their text, and the tags of the outermost lists by section."""

    def __init__(self, *names):
        super().__init__()
        self.text = ""
        self._tags = {}
        self._depth = 0
        self._heading = self._tag = None
        for name in names:
            self.feed(subprocess.run(["mandoc", "-T", "html", TOP / "tools/man" / name],
                                     check=True, capture_output=True, text=True).stdout)
        self.text = " ".join(self.text.split())

    def tags(self, heading):
        return self._tags[heading]

    def handle_starttag(self, tag, attrs):
        if tag == "dl":
            self._depth += 1
        elif tag == "h1":
            self._heading = ""
        elif tag == "dt" and self._depth == 1:
            self._tag = ""

    def handle_endtag(self, tag):
        if tag == "dl":
            self._depth -= 1
        elif tag == "h1":
            self._last = self._tags.setdefault(" ".join(self._heading.split()), set())
            self._heading = None
        elif tag == "dt" and self._tag is not None:
            self._last.add(" ".join(self._tag.split()))
            self._tag = None

    def handle_data(self, data):
        self.text += data
        if self._heading is not None:
            self._heading += data
        if self._tag is not None:
            self._tag += data


def output(kapctl, *args):
    return subprocess.run([kapctl, *args], check=True, capture_output=True, text=True).stdout


def commands(kapctl):
    return re.findall(r"^  ([a-z]+) ", output(kapctl, "-h"), re.M)


def usages(kapctl):
    """The usage line of each command, without "Usage: kapctl "."""
    lines = {"help [COMMAND]"}
    for name in commands(kapctl):
        if name != "help":
            lines.add(output(kapctl, name, "-h").splitlines()[0].removeprefix("Usage: kapctl "))
    return lines


def options(kapctl):
    """As "-f, --file FILE"; --version is in the help of no command."""
    found = {"-V, --version"}
    for name in commands(kapctl):
        if name != "help":
            found |= set(re.findall(r"^ {2,6}((?:-\w, )?--[\w-]+(?: [A-Z]+)?)  ", output(kapctl, name, "-h"), re.M))
    return found


def exits(kapctl):
    return set(re.findall(r"\b([0-9]) ", re.search(r"Exit status: .*", output(kapctl, "-h"))[0]))


def source(*names):
    return "".join((TOP / name).read_text() for name in names)


def parser_keys():
    """The list that the parser is made of."""
    names = re.search(r"#define KAP_KEYS\(X\)((?:.*\\\n)*.*)", source("module/rule/rule.h"))[1]
    return set(re.findall(r'"(\w+)"', names))


def sysfs_files():
    abi = source("Documentation/ABI/testing/sysfs-kernel-kapolicy")
    return set(re.findall(r"^What:\s+/sys/kernel/kapolicy/(\S+)$", abi, re.M))


def parameters():
    found = set()
    for path in (TOP / "module").rglob("*.c"):
        found |= set(re.findall(r"^module_param(?:_named)?\((\w+),", path.read_text(), re.M))
    return found


def schema_members():
    schema = json.loads(source("Documentation/connections.schema.json"))["$defs"]
    return {name for part in ("connection", "end", "rule") for name in schema[part]["properties"]}


def connection_members():
    return set(re.findall(r'json_object_set_new\(o, "(\w+)"', source("tools/see/output_conn.c")))


def events(page):
    for name in re.findall(r"DEFINE_EVENT\(kapolicy_conn, (\w+)", source("module/conn/trace.h")):
        if f"kapolicy:{name}" not in page.text:
            yield f"kapolicy(7) does not have the trace event {name}"


def warnings(page):
    """Every warning of kapctl; what is filled in is three dots in the page."""
    shown = {pattern(tag) for tag in page.tags("WARNINGS")}
    said = {pattern(text) for name in ("rules/lint.c", "rules/lint_values.c", "cmd/test.c")
            for text in messages("(?:KAP_WARNING|warn)", name)}
    yield from differences("kapolicy-messages(7), WARNINGS", shown, "kapctl", said)


def errors(*pages):
    """Every text that says why something was refused is explained somewhere."""
    shown = " ".join([page.text for page in pages] + source("Documentation/troubleshooting.rst").split())
    texts = re.findall(r'X\(\w+,\s+E\w+,\s+"([^"]+)"', source("module/rule/errors.h"))
    reports = source("tools/host/not_loaded.c", "tools/host/sysfs.c")
    texts += re.findall(r'kap_diag_\w+\([^";]*"((?:[^"\\]|\\.)+)"', reports)
    texts += re.findall(r'"([^"]+)" [:?]', reports)
    for text in texts:
        text = text.replace('\\"', '"')
        for part in re.split(r"%\w+", text):
            if part.strip(" :()") and part.strip() not in shown:
                yield f"neither the manuals nor Documentation/troubleshooting.rst explain: {text}"
                break


def pattern(text):
    return re.sub(r"(\.\.\.)+", "...", re.sub(r"%\w+", "...", text))


def messages(severity, name="rules/lint.c"):
    """The format strings of the reports of a file."""
    text = source("tools/" + name)
    return set(re.findall(severity + r'[,(][^;]*?"([^"\n]{12,})"', text))


def differences(one, has, other, wants):
    for word in sorted(wants - has):
        yield f"{one} does not have: {word}"
    for word in sorted(has - wants):
        yield f"{one} has what {other} does not: {word}"


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(f"Usage: {sys.argv[0]} KAPCTL")
    found = list(findings(sys.argv[1]))
    print("\n".join(found), end="\n" if found else "")


main()
