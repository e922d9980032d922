package provider_test

import (
	"strings"
	"syscall"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// refusedConnection is what the system says where nobody listens: WSAECONNREFUSED
// (winsock2.h), which package syscall has no name for.
var refusedConnection = message.Reason(syscall.Errno(10061))

// inWordsOfAll has texts of Windows, which are in the language of the user, and of Unix be the same.
// Windows does not tell a path below a file from one that is not there.
func inWordsOfAll(text string) string {
	return strings.NewReplacer(
		message.Reason(syscall.ERROR_FILE_NOT_FOUND), "NOT THERE",
		message.Reason(syscall.ERROR_PATH_NOT_FOUND), "NOT THERE",
		"no such file or directory", "NOT THERE",
		"not a directory", "NOT THERE",
		"connectex: "+refusedConnection, "connect: connection refused",
	).Replace(text)
}
