// SPDX-License-Identifier: MIT

//go:build !race

package policyeval

const raceEnabled = false
