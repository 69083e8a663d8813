// Checks a checkpoint and a proof of ours with golang.org/x/mod/sumdb, which nobody here wrote.
//
//	sumdb_check KEY PROOF ENTRY                one entry is in the log of the signed checkpoint
//	sumdb_check KEY OLD NEW PATH               the newer checkpoint only adds to the older one
//
// KEY, PROOF, ENTRY, OLD, NEW are files; PATH is one base64 hash to a line. Exit 0 accepted, 1 refused.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	key := strings.TrimSpace(read(os.Args[1]))
	verifier, err := note.NewVerifier(key)
	refuse(err)
	if len(os.Args) == 4 {
		inclusion(verifier, read(os.Args[2]), read(os.Args[3]))
	} else {
		consistency(verifier, read(os.Args[2]), read(os.Args[3]), read(os.Args[4]))
	}
	fmt.Println("accepted")
}

func inclusion(verifier note.Verifier, proof string, entry string) {
	above, signed, found := strings.Cut(proof, "\n\n")
	lines := strings.Split(above, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		refuse(fmt.Errorf("not a tlog-proof"))
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	refuse(err)
	size, root := open(verifier, signed)
	refuse(tlog.CheckRecord(hashes(lines[2:]), size, root, index, tlog.RecordHash([]byte(entry))))
}

func consistency(verifier note.Verifier, older string, newer string, path string) {
	oldSize, oldRoot := open(verifier, older)
	size, root := open(verifier, newer)
	proof := hashes(strings.Fields(path))
	refuse(tlog.CheckTree(tlog.TreeProof(proof), size, root, oldSize, oldRoot))
}

func open(verifier note.Verifier, signed string) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	refuse(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	refuse(err)
	return size, hashes(lines[2:3])[0]
}

func hashes(lines []string) []tlog.Hash {
	var found []tlog.Hash
	for _, line := range lines {
		raw, err := base64.StdEncoding.DecodeString(line)
		refuse(err)
		if len(raw) != tlog.HashSize {
			refuse(fmt.Errorf("a hash of %d bytes", len(raw)))
		}
		var hash tlog.Hash
		copy(hash[:], raw)
		found = append(found, hash)
	}
	return found
}

func read(path string) string {
	raw, err := os.ReadFile(path)
	refuse(err)
	return string(raw)
}

func refuse(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
