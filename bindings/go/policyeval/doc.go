// SPDX-License-Identifier: MIT

// Package policyeval answers whether AWS policies allow a request, and why not, without an AWS account.
//
// It binds the C library libpolicyeval through cgo and pkg-config. A [Context] makes everything else: it loads each
// [Policy] document, collects them in a [PolicySet], and asks about a [Request], about many at once, or about the
// question that takes three policies: may this principal read this secret ([Access]). A [Simulator] answers cases written
// as JSON lines.
//
// # Life and threads
//
// Context, Policy, PolicySet and Simulator are immutable once made and serve any number of goroutines. Request and
// Access are for one goroutine at a time; a second one is refused with [ErrBusy], never mixed up with the first. Results
// ([Decision], [Answer], [Report], [CaseResult]) are plain values.
//
// Close releases an object of the library; a finalizer does it for what was forgotten. An object that is closed
// while calls use it goes when the last of them returns. Later calls fail with [ErrClosed]. Nothing made from an
// object is harmed by closing it: a PolicySet keeps its policies, and everything keeps its Context.
//
// # Errors
//
// Every error is an *[Error], for errors.As; its [Code] is there for errors.Is:
//
//	if errors.Is(err, policyeval.EPOLICY) { … }
//
// The zero [Effect] is [ImplicitDeny], and so is the Effect that comes with an error.
//
// # Static programs
//
// With -tags static the library and jansson are linked from their archives and the program needs no shared object.
package policyeval
