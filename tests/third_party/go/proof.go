package main

import (
	"context"
	"fmt"
	"os"

	"github.com/transparency-dev/formats/log"
	f_proof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// checkProof checks a .tlog-proof file (c2sp.org/tlog-proof).
func checkProof(o options, file string) (string, error) {
	entry, err := decodeEntry(o)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var claimed f_proof.TLogProof
	if err := claimed.Unmarshal(raw); err != nil {
		return "", err
	}
	checkpoint, err := openCheckpoint(o, claimed.Checkpoint)
	if err != nil {
		return "", err
	}
	path := make([][]byte, len(claimed.Hashes))
	for i := range claimed.Hashes {
		path[i] = claimed.Hashes[i][:]
	}
	return verifyInclusion(checkpoint, claimed.Index, entry, path)
}

// checkInclusion builds a proof from the log's tiles and verifies it.
func checkInclusion(o options, place string) (string, error) {
	entry, err := decodeEntry(o)
	if err != nil {
		return "", err
	}
	checkpoint, builder, err := openTiles(o, place)
	if err != nil {
		return "", err
	}
	path, err := builder.InclusionProof(context.Background(), o.index)
	if err != nil {
		return "", err
	}
	return verifyInclusion(checkpoint, o.index, entry, path)
}

func verifyInclusion(head *log.Checkpoint, index uint64, entry []byte, path [][]byte) (string, error) {
	leaf := rfc6962.DefaultHasher.HashLeaf(entry)
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, path, head.Hash)
	return fmt.Sprintf("entry %d of %d", index, head.Size), err
}

// checkConsistency builds a proof from the log's tiles that an earlier checkpoint is of the same log.
func checkConsistency(o options, place string) (string, error) {
	old, err := readCheckpoint(o, o.old)
	if err != nil {
		return "", err
	}
	checkpoint, builder, err := openTiles(o, place)
	if err != nil {
		return "", err
	}
	path, err := builder.ConsistencyProof(context.Background(), old.Size, checkpoint.Size)
	if err != nil {
		return "", err
	}
	err = proof.VerifyConsistency(
		rfc6962.DefaultHasher, old.Size, checkpoint.Size, path, old.Hash, checkpoint.Hash)
	return fmt.Sprintf("size %d begins size %d", old.Size, checkpoint.Size), err
}

func openTiles(o options, place string) (*log.Checkpoint, *client.ProofBuilder, error) {
	source, err := openLog(place)
	if err != nil {
		return nil, nil, err
	}
	raw, err := source.ReadCheckpoint(context.Background())
	if err != nil {
		return nil, nil, err
	}
	checkpoint, err := openCheckpoint(o, raw)
	if err != nil {
		return nil, nil, err
	}
	builder, err := client.NewProofBuilder(context.Background(), checkpoint.Size, source.ReadTile)
	return checkpoint, builder, err
}
