package httpapi

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// LongFileError is a file that has more bytes than any that is meant.
type LongFileError struct{ Most int64 }

func (e *LongFileError) Error() string { return fmt.Sprintf("it is longer than %d bytes", e.Most) }

// ReadShort reads a file that somebody named, which may be without end. It reads no more than
// most bytes and one; where that is not all, the error is a *LongFileError.
func ReadShort(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err = errors.Join(err, file.Close()); err == nil && int64(len(data)) > most {
		err = &LongFileError{most}
	}
	return data, err
}
