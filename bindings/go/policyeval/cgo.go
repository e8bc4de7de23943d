// SPDX-License-Identifier: MIT

package policyeval

// #cgo !static pkg-config: libpolicyeval
// #cgo static pkg-config: --static libpolicyeval
// #cgo static LDFLAGS: -static
// #include <policyeval/policyeval.h>
import "C"

import (
	"strings"
	"unsafe"
)

// HeaderVersion is the version of the headers that this package was built with.
const HeaderVersion = C.POLICYEVAL_VERSION

// Version is the version of the library that runs, "0.1.0".
func Version() string { return C.GoString(C.policyeval_version()) }

// VersionJSON tells library and build facts: {"version", "abi", "features": […]}.
func VersionJSON() string { return C.GoString(C.policyeval_version_json()) }

// goText copies what the library owns.
func goText(s C.policyeval_slice) string { return C.GoStringN(s.ptr, C.int(s.len)) }

// zeroTerminated prepares s for a parameter without a length; ok is false for one that holds a NUL itself.
func zeroTerminated(s string) (text string, ok bool) {
	return s + "\x00", strings.IndexByte(s, 0) < 0
}

// bytesOf is what C receives of a text: where it starts, and its length.
func bytesOf(text []byte) (*C.char, C.size_t) {
	if len(text) == 0 {
		return nil, 0
	}
	return (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text))
}
