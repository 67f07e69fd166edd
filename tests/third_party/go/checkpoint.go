package main

import (
	"fmt"
	"os"

	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// openCheckpoint verifies the log's signature, the origin and the quorum of witnesses.
func openCheckpoint(o options, raw []byte) (*log.Checkpoint, error) {
	key, err := f_note.NewVerifier(o.vkey)
	if err != nil {
		return nil, fmt.Errorf("-vkey: %w", err)
	}
	witnesses := make([]note.Verifier, 0, len(o.witnesses))
	for _, text := range o.witnesses {
		witness, err := f_note.NewVerifier(text)
		if err != nil {
			return nil, fmt.Errorf("-witness: %w", err)
		}
		witnesses = append(witnesses, witness)
	}
	checkpoint, rest, signed, err := log.ParseCheckpoint(raw, key.Name(), key, witnesses...)
	if err != nil {
		return nil, err
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("extension lines: %q", rest)
	}
	if cosigned := len(signed.Sigs) - 1; cosigned < o.quorum {
		return nil, fmt.Errorf("cosigned by %d witnesses of %d", cosigned, o.quorum)
	}
	return checkpoint, nil
}

func readCheckpoint(o options, file string) (*log.Checkpoint, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return openCheckpoint(o, raw)
}

func checkCheckpoint(o options, file string) (string, error) {
	checkpoint, err := readCheckpoint(o, file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("size %d, root %x", checkpoint.Size, checkpoint.Hash), nil
}
