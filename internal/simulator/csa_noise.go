package simulator

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"unicode/utf8"
)

// noise is what differs between two exports of the same artifacts. Real archives
// of CSA 4.50 differ in the cipher texts of confidential values and in the order
// of the keys in JSON. Nothing does when it is quiet.
type noise struct {
	quiet bool
}

const (
	// saltLength makes a short value as long as it is in real archives: salt and
	// one block.
	saltLength = 8
	blockWidth = 8
)

// archiveKey is the same for all servers, so that an archive of one can be read
// by another, also in another process. It protects nothing.
var archiveKey = sha256.Sum256([]byte("the simulator's key for archives"))

// encrypted is a confidential value as archives have it.
func (n noise) encrypted(value string) string {
	salt := randomBytes(saltLength)
	if n.quiet {
		sum := sha256.Sum256([]byte(value))
		salt = sum[:saltLength]
	}
	// The last byte tells how many fill the last block.
	fill := blockWidth - len(value)%blockWidth
	text := append([]byte(value), bytes.Repeat([]byte{byte(fill)}, fill)...)
	archiveCipher(salt).XORKeyStream(text, text)
	return "ENC(" + base64.StdEncoding.EncodeToString(append(salt, text...)) + ")"
}

func archiveCipher(salt []byte) cipher.Stream {
	block, err := aes.NewCipher(archiveKey[:])
	if err != nil {
		panic(fmt.Sprintf("the simulator's own key is none: %v", err))
	}
	start := sha256.Sum256(salt)
	return cipher.NewCTR(block, start[:aes.BlockSize])
}

var encryptedValue = regexp.MustCompile(`^ENC\(([0-9A-Za-z+/]+=*)\)$`)

// decrypted is a confidential value in clear; one that another server encrypted
// stays as it is.
func decrypted(text string) string {
	match := encryptedValue.FindStringSubmatch(text)
	if match == nil {
		return text
	}
	data, err := base64.StdEncoding.DecodeString(match[1])
	if err != nil || len(data) < saltLength+blockWidth {
		return text
	}
	value := data[saltLength:]
	archiveCipher(data[:saltLength]).XORKeyStream(value, value)
	end := len(value) - int(value[len(value)-1])
	if end < 0 || end < len(value)-blockWidth || end == len(value) {
		return text
	}
	fill := bytes.Repeat(value[len(value)-1:], len(value)-end)
	if !bytes.Equal(value[end:], fill) || !utf8.Valid(value[:end]) {
		// What another key makes of it ends like one of ours once in thirty times, and is no text.
		return text
	}
	return string(value[:end])
}

// member is a key of a JSON object with its value.
type member struct {
	key   string
	value any
}

// object is a JSON object whose keys have an order.
type object []member

// json writes a value as servers do, in another order of keys each time. Any
// order has the same length.
func (n noise) json(value any) []byte {
	var buf bytes.Buffer
	n.writeJSON(&buf, value, "\n")
	buf.WriteByte('\n')
	return buf.Bytes()
}

func (n noise) writeJSON(buf *bytes.Buffer, value any, line string) {
	inner := line + "  "
	switch value := value.(type) {
	case object:
		order := rand.Perm(len(value))
		for i := range order {
			if n.quiet {
				order[i] = i
			}
			separate(buf, i, "{", inner)
			one := value[order[i]]
			fmt.Fprintf(buf, "%s : ", quoted(one.key))
			n.writeJSON(buf, one.value, inner)
		}
		buf.WriteString(ending(len(value), "{ }", line+"}"))
	case []any:
		for i, one := range value {
			separate(buf, i, "[", inner)
			n.writeJSON(buf, one, inner)
		}
		buf.WriteString(ending(len(value), "[ ]", line+"]"))
	default:
		buf.Write(quoted(value))
	}
}

// separate writes what stands before the i-th member.
func separate(buf *bytes.Buffer, i int, begin, line string) {
	if i > 0 {
		begin = ","
	}
	buf.WriteString(begin + line)
}

func ending(n int, empty, end string) string {
	if n == 0 {
		return empty
	}
	return end
}

// quoted is a text, a bool or a number in JSON.
func quoted(value any) []byte {
	var buf strings.Builder
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own value: %v", err))
	}
	return []byte(strings.TrimSuffix(buf.String(), "\n"))
}
