// SPDX-License-Identifier: GPL-2.0
// goweb: a static program with Go's own idea of keepalive. As a server it
// answers nothing for an hour, as a client it waits for that.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "Usage: goweb server ADDRESS | client URL | version")
		os.Exit(2)
	}
	var err error
	if os.Args[1] == "server" {
		err = http.ListenAndServe(os.Args[2], http.HandlerFunc(
			func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }))
	} else {
		_, err = http.Get(os.Args[2])
	}
	fmt.Println(err)
}
