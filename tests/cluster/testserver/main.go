// testserver is a Kubernetes control plane small enough for a test: etcd and kube-apiserver in one
// process, both listening on loopback only.
//
// Once /readyz answers, it prints one line, the path of the administrator's kubeconfig. It ends on
// SIGTERM, on SIGINT, and when its standard input is closed, so that no server outlives its test.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/version"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const (
	readyWithin = 120 * time.Second
	closeWithin = 3 * time.Second // open watches would hold a shutdown for a minute
	etcdQuota   = 8 << 30
)

type options struct {
	dir, version              string
	contexts, users, extraArg []string
}

func parseOptions() options {
	dir := flag.String("dir", "", "where data, keys and kubeconfigs live; what is there already is used again")
	contexts := flag.String("contexts", "testserver", "names of the contexts in each kubeconfig, comma-separated; the first is the current one")
	users := flag.String("users", "", "users beside admin, comma-separated; each gets a kubeconfig and no rights")
	gitVersion := flag.String("version", "", "version that the server reports, such as v1.36.3+k3s1; the numbers cannot change")
	extra := flag.String("apiserver-args", "", "more flags for kube-apiserver, separated by spaces")
	flag.Parse()
	if *dir == "" {
		fail(fmt.Errorf("-dir is missing"))
	}
	abs, err := filepath.Abs(*dir)
	fail(err)
	return options{dir: abs, version: *gitVersion, contexts: commaSeparated(*contexts),
		users: commaSeparated(*users), extraArg: strings.Fields(*extra)}
}

func commaSeparated(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "testserver:", err)
		os.Exit(1)
	}
}

// freePorts holds all n listeners open together: asked for one after the other they could be the same.
func freePorts(n int) []int {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		fail(err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func startEtcd(dir string, clientPort, peerPort int) (*embed.Etcd, string) {
	client := url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", clientPort)}
	peer := url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", peerPort)}
	config := embed.NewConfig()
	config.Dir = filepath.Join(dir, "etcd")
	config.LogLevel = "error"
	config.UnsafeNoFsync = true // a crash may lose a test's data, and disks are slow
	config.QuotaBackendBytes = etcdQuota
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	fail(err)
	<-etcd.Server.ReadyNotify()
	return etcd, client.String()
}

// runAPIServer returns a channel that is closed when the server has ended, which it does with ctx.
func runAPIServer(ctx context.Context, o options, etcd string, port int) <-chan struct{} {
	in := func(name string) string { return filepath.Join(o.dir, name) }
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{
		"--etcd-servers=" + etcd,
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + in("server.crt"),
		"--tls-private-key-file=" + in("server.key"),
		"--client-ca-file=" + in("ca.crt"),
		"--token-auth-file=" + in("tokens.csv"),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=https://testserver.invalid",
		"--service-account-key-file=" + in("sa.key"),
		"--service-account-signing-key-file=" + in("sa.key"),
		"--authorization-mode=RBAC",
		"--allow-privileged=true",
		// Pods need their service account in advance otherwise, and no controller makes any here.
		"--disable-admission-plugins=ServiceAccount",
		"--profiling=false",
	}, o.extraArg...))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		fail(command.ExecuteContext(ctx))
	}()
	return ended
}

func waitReady(server string) {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if answer, err := client.Get(server + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
	fail(fmt.Errorf("kube-apiserver was not ready within %s", readyWithin))
}

// writeTokens gives the user NAME the token NAME-token; admin is in the group that may do everything.
func writeTokens(dir string, users []string) {
	lines := "admin-token,admin,admin,\"system:masters\"\n"
	for _, user := range users {
		lines += fmt.Sprintf("%[1]s-token,%[1]s,%[1]s\n", user)
	}
	fail(os.WriteFile(filepath.Join(dir, "tokens.csv"), []byte(lines), 0o600))
}

func writeKubeconfig(o options, server, user string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: Config\ncurrent-context: %q\n", o.contexts[0])
	b.WriteString("clusters:\n")
	for _, name := range o.contexts {
		fmt.Fprintf(&b, "- name: %q\n  cluster: {server: %q, certificate-authority: %q}\n",
			name, server, filepath.Join(o.dir, "ca.crt"))
	}
	b.WriteString("users:\n")
	for _, name := range o.contexts {
		fmt.Fprintf(&b, "- name: %q\n  user: {token: %q}\n", name+"-"+user, user+"-token")
	}
	b.WriteString("contexts:\n")
	for _, name := range o.contexts {
		fmt.Fprintf(&b, "- name: %q\n  context: {cluster: %q, user: %q}\n", name, name, name+"-"+user)
	}
	path := filepath.Join(o.dir, user+".kubeconfig")
	fail(os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func main() {
	o := parseOptions()
	if o.version != "" {
		fail(version.SetDynamicVersion(o.version))
	}
	fail(os.MkdirAll(o.dir, 0o700))
	if _, err := os.Stat(filepath.Join(o.dir, "sa.key")); err != nil { // the last file of writeKeys
		writeKeys(o.dir)
	}
	writeTokens(o.dir, o.users)

	ports := freePorts(3)
	etcd, etcdURL := startEtcd(o.dir, ports[0], ports[1])
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ended := runAPIServer(ctx, o, etcdURL, ports[2])
	server := fmt.Sprintf("https://127.0.0.1:%d", ports[2])
	waitReady(server)
	for _, user := range o.users {
		writeKubeconfig(o, server, user)
	}
	fmt.Println(writeKubeconfig(o, server, "admin"))

	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	select {
	case <-ctx.Done():
	case <-ended:
	}
	closed := make(chan struct{})
	go func() {
		<-ended
		etcd.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closeWithin):
	}
}
