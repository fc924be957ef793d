package socklog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// errStop: the consumer has stopped the sequence.
var errStop = errors.New("stop")

// records yields the records of an answer's groups. If prove is not "", they are of
// that stream, and have proofs.
func (l *remote) records(ctx context.Context, path string, values url.Values, prove eventlog.Stream) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		var d pack.Decoder
		p := prover{stream: prove}
		one := func(r eventlog.Record) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if l.closed() {
				return eventlog.ErrClosed
			}
			if !yield(r, nil) {
				return errStop
			}
			return nil
		}
		err := l.frames(ctx, path, values, func(kind byte, payload []byte) error {
			if prove != "" && kind == frameChain {
				return p.begin(payload)
			}
			if kind != frameGroup {
				return unexpected(kind)
			}
			g, err := d.Open(payload)
			if err != nil {
				return err
			}
			if prove != "" {
				return p.group(g, one)
			}
			return each(g, one)
		})
		if err != nil && err != errStop {
			yield(eventlog.Record{}, err)
		}
	}
}

func each(g *pack.Group, f func(eventlog.Record) error) error {
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil || !ok {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
}

// A prover recomputes the chain of the records that arrive.
type prover struct {
	stream eventlog.Stream
	at     eventlog.Revision
	chain  chain.Digest
	begun  bool
	hasher chain.Hasher
}

func (p *prover) begin(payload []byte) (err error) {
	p.at, p.chain, err = decodeChain(payload)
	p.begun = true
	return err
}

// group proves a whole group before it yields any record of it.
func (p *prover) group(g *pack.Group, f func(eventlog.Record) error) error {
	var records []eventlog.Record
	err := each(g, func(r eventlog.Record) error {
		if !p.begun || r.Stream != p.stream || r.Revision != p.at+1 || r.Proof == nil {
			return fmt.Errorf("prove %s: answer holds revision %d of %s after %d: %w", p.stream, r.Revision, r.Stream, p.at, eventlog.ErrDamaged)
		}
		if !r.Proof.Redacted {
			r.Proof.Commitment = p.hasher.Commit(r.Proof.Salt, r.Text)
		}
		v := r.Values(r.Proof.Commitment)
		p.at, p.chain = r.Revision, p.hasher.Next(p.chain, &v)
		r.Proof.Chain = p.chain
		records = append(records, r)
		return nil
	})
	if err != nil {
		return err
	}
	if part := g.Part(p.stream); part == nil || part.Chain != p.chain {
		return fmt.Errorf("prove %s: revisions up to %d do not give the chain value that came with them: %w", p.stream, p.at, eventlog.ErrDamaged)
	}
	for _, r := range records {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}
