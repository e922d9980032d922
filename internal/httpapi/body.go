package httpapi

import (
	"errors"
	"io"
	"sync"
)

// requestBody counts what the transport took.
type requestBody struct {
	mu     sync.Mutex
	body   io.ReadCloser
	read   int64
	sealed bool
}

var errSealed = errors.New("the request was given up")

func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sealed {
		return 0, errSealed
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	return n, err
}

// Close never fails: what matters of a body that was only read is its bytes.
func (b *requestBody) Close() error {
	b.seal()
	return nil
}

// seal ends the reading of the body. The transport may go on reading after it
// has answered; nobody wants to share a file with it then.
func (b *requestBody) seal() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.sealed {
		b.sealed = true
		_ = b.body.Close()
	}
}

func (b *requestBody) count() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}
