package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs the certificates of one cluster, and writes them as PEM into dir.
type authority struct {
	dir         string
	certificate *x509.Certificate
	key         crypto.Signer
	serial      int64
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fail(err)
	return key
}

func writePEM(path, kind string, der []byte) {
	fail(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

func newAuthority(dir, file string) *authority {
	a := &authority{dir: dir, key: newKey(), certificate: &x509.Certificate{
		Subject: pkix.Name{CommonName: file}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}}
	der := a.sign(file, a.certificate, a.key, time.Now().AddDate(10, 0, 0))
	// Only the parsed one has a subject key id; without it, what it signs lacks the authority key id
	// that Python's strict verification (the default since 3.13) asks for.
	parsed, err := x509.ParseCertificate(der)
	fail(err)
	a.certificate = parsed
	return a
}

func (a *authority) sign(file string, c *x509.Certificate, key crypto.Signer, until time.Time) []byte {
	a.serial++
	c.SerialNumber = big.NewInt(a.serial)
	c.NotBefore, c.NotAfter = time.Now().AddDate(0, 0, -2), until
	der, err := x509.CreateCertificate(rand.Reader, c, a.certificate, key.Public(), a.key)
	fail(err)
	writePEM(filepath.Join(a.dir, file+".crt"), "CERTIFICATE", der)
	return der
}

func loopback() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "kube-apiserver"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// writeKeys makes what the server needs (ca.crt, server.crt and .key, sa.key for service account tokens)
// and what tests of TLS want: client.crt and .key of a user in system:masters, expired.crt (a server
// certificate of yesterday for server.key), and other-ca.crt, which signed nothing.
func writeKeys(dir string) {
	until := time.Now().AddDate(10, 0, 0)
	ca := newAuthority(dir, "ca")
	newAuthority(dir, "other-ca")

	server := newKey()
	ca.sign("server", loopback(), server, until)
	ca.sign("expired", loopback(), server, time.Now().AddDate(0, 0, -1))
	writeECKey(filepath.Join(dir, "server.key"), server)

	client := newKey()
	ca.sign("client", &x509.Certificate{
		Subject:  pkix.Name{CommonName: "certificate-admin", Organization: []string{"system:masters"}},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, client, until)
	writeECKey(filepath.Join(dir, "client.key"), client)

	accounts, err := rsa.GenerateKey(rand.Reader, 2048)
	fail(err)
	writePEM(filepath.Join(dir, "sa.key"), "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(accounts))
}

func writeECKey(path string, key *ecdsa.PrivateKey) {
	der, err := x509.MarshalECPrivateKey(key)
	fail(err)
	writePEM(path, "EC PRIVATE KEY", der)
}
