package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"strings"

	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"k8s.io/klog/v2"
)

// workers is also the length of the queue of tiles to compare.
const workers = 8

func init() {
	// Tessera's own diagnostics are for a person at a terminal.
	settings := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(settings)
	_ = settings.Set("logtostderr", "false")
	_ = settings.Set("stderrthreshold", "FATAL")
	klog.SetOutput(discard{})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// openLog returns a reader of a folder or of a URL.
func openLog(place string) (fsck.Fetcher, error) {
	if !strings.Contains(place, "://") {
		return client.FileFetcher{Root: place}, nil
	}
	root, err := url.Parse(place)
	if err != nil {
		return nil, err
	}
	return client.NewHTTPFetcher(root, nil)
}

// checkLog reads everything, hashes upwards and compares every tile and the root.
func checkLog(o options, place string) (string, error) {
	key, err := f_note.NewVerifier(o.vkey)
	if err != nil {
		return "", fmt.Errorf("-vkey: %w", err)
	}
	source, err := openLog(place)
	if err != nil {
		return "", err
	}
	whole := fsck.New(key.Name(), key, source, hashBundle, fsck.Opts{N: workers})
	return "every tile and the root agree", whole.Check(context.Background())
}

func hashBundle(raw []byte) ([][]byte, error) {
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(bundle.Entries))
	for _, entry := range bundle.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
