// Logtool checks a log and its proofs with the libraries of transparency-dev: a second opinion for
// our tests, none of it shared with our own code.
//
//	logtool checkpoint  -vkey KEY [-witness KEY]... [-quorum N] FILE...
//	logtool proof       -vkey KEY [-witness KEY]... [-quorum N] -entry HEX FILE.tlog-proof
//	logtool inclusion   -vkey KEY -index N -entry HEX LOG
//	logtool consistency -vkey KEY -old CHECKPOINT LOG
//	logtool fsck        -vkey KEY LOG...
//
// LOG is a folder or a URL in the layout of c2sp.org/tlog-tiles. For each input one line is printed,
// "ok" or "refused" with why; the exit code is 0 when all are ok, 1 when one is refused, 2 for wrong
// usage. Anything that breaks a library counts as refused.
package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

const patience = 60 * time.Second

// options are the flags of all subcommands; each uses its own.
type options struct {
	vkey, entry, old string
	witnesses        []string
	quorum           int
	index            uint64
}

type check func(options, string) (string, error)

var checks = map[string]check{
	"checkpoint":  checkCheckpoint,
	"proof":       checkProof,
	"inclusion":   checkInclusion,
	"consistency": checkConsistency,
	"fsck":        checkLog,
}

func main() {
	if len(os.Args) < 2 || checks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: logtool checkpoint|proof|inclusion|consistency|fsck ...")
		os.Exit(2)
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.vkey, "vkey", "", "the log's verifier key; its name is the origin")
	flags.StringVar(&o.entry, "entry", "", "the entry, in hex")
	flags.StringVar(&o.old, "old", "", "file with an earlier checkpoint")
	flags.IntVar(&o.quorum, "quorum", 0, "how many witnesses must have cosigned")
	flags.Uint64Var(&o.index, "index", 0, "index of the entry")
	flags.Func("witness", "a witness's verifier key; may come again", func(key string) error {
		o.witnesses = append(o.witnesses, key)
		return nil
	})
	_ = flags.Parse(os.Args[2:])
	if flags.NArg() == 0 || o.vkey == "" {
		fmt.Fprintln(os.Stderr, "logtool: -vkey and an input are needed")
		os.Exit(2)
	}
	os.Exit(run(checks[os.Args[1]], o, flags.Args()))
}

func run(each check, o options, inputs []string) int {
	code := 0
	for _, input := range inputs {
		said, err := bounded(each, o, input)
		if err != nil {
			why := strings.ReplaceAll(err.Error(), "\n", " ")
			fmt.Printf("refused %s: %.300s\n", input, why) // fsck prints whole tiles
			code = 1
			continue
		}
		fmt.Printf("ok %s: %s\n", input, said)
	}
	return code
}

// bounded runs a check that may panic (fsck does on a bundle with too few entries) or block for
// ever (fsck does when its workers gave up).
func bounded(each check, o options, input string) (string, error) {
	type answer struct {
		said string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		defer func() {
			if broken := recover(); broken != nil {
				answers <- answer{err: fmt.Errorf("the library broke down: %v", broken)}
			}
		}()
		said, err := each(o, input)
		answers <- answer{said, err}
	}()
	select {
	case a := <-answers:
		return a.said, a.err
	case <-time.After(patience):
		return "", errors.New("no answer")
	}
}

func decodeEntry(o options) ([]byte, error) {
	entry, err := hex.DecodeString(o.entry)
	if err != nil || len(entry) == 0 {
		return nil, errors.New("-entry must be hex")
	}
	return entry, nil
}
