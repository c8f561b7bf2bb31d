# SPDX-License-Identifier: GPL-2.0
"""web.py server ADDRESS PORT: answers nothing for an hour; client URL: waits for it."""
import http.server
import sys
import time
import urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(3600)


if sys.argv[1] == "server":
    http.server.ThreadingHTTPServer((sys.argv[2], int(sys.argv[3])), Handler).serve_forever()
else:
    urllib.request.urlopen(sys.argv[2])
