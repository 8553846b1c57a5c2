// Which proxy Go itself takes for a URL in this environment; prints an empty line for none.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest("GET", os.Args[1], nil)
	if err != nil {
		panic(err)
	}
	proxy, err := http.ProxyFromEnvironment(request)
	if err != nil {
		panic(err)
	}
	if proxy == nil {
		fmt.Println()
	} else {
		fmt.Println(proxy)
	}
}
