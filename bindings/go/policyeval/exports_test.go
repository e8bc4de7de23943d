// SPDX-License-Identifier: MIT

package policyeval

import (
	"debug/elf"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Public functions that this package does not call, and why.
var notCalled = map[string]string{
	"policyeval_policy_ref":          "the garbage collector shares the one reference",
	"policyeval_policyset_ref":       "the garbage collector shares the one reference",
	"policyeval_policy_kind":         "Policy.Kind remembers what it was loaded as",
	"policyeval_access_decision":     "Answer.Effect comes from the JSON, as all of the Answer",
	"policyeval_access_leg":          "Answer.Legs comes from the JSON",
	"policyeval_access_hints":        "Leg.Hints comes from the JSON",
	"policyeval_access_hint_rule":    "Leg.Hints comes from the JSON",
	"policyeval_access_hint_message": "Leg.Hints comes from the JSON",
}

func headers(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.h", "*.h.in"} {
		paths, err := filepath.Glob(inTree("include", "policyeval", pattern))
		must(t, err)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			must(t, err)
			texts[filepath.Base(path)] = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(data), "")
		}
	}
	return texts
}

// Every public function has a counterpart, or a reason above: what this program imports says so.
func TestEveryFunction(t *testing.T) {
	path, err := os.Executable()
	must(t, err)
	program, err := elf.Open(path)
	if err != nil {
		t.Skip("not an ELF system: ", err)
	}
	defer program.Close()
	symbols, err := program.ImportedSymbols()
	if err != nil {
		t.Skip("a static program imports nothing")
	}
	imported := map[string]bool{}
	for _, symbol := range symbols {
		imported[symbol.Name] = true
	}
	declared := 0
	function := regexp.MustCompile(`POLICYEVAL_API[^;]*?\b(policyeval_\w+)\s*\(`)
	for name, text := range headers(t) {
		for _, match := range function.FindAllStringSubmatch(text, -1) {
			declared++
			reason := notCalled[match[1]]
			switch {
			case !imported[match[1]] && reason == "":
				t.Errorf("%s: %s has no counterpart here, and no reason", name, match[1])
			case imported[match[1]] && reason != "":
				t.Errorf("%s: %s is called, and has a reason why not", name, match[1])
			}
			delete(imported, match[1])
		}
	}
	for name := range imported {
		if strings.HasPrefix(name, "policyeval_") {
			t.Errorf("%s is in no header", name)
		}
	}
	if declared < 100 {
		t.Errorf("only %d functions found in the headers", declared)
	}
}

// Every value of the lists of the headers has a constant here.
func TestEveryConstant(t *testing.T) {
	constants := map[string][]int32{
		"ERRORS":     {int32(EINVAL), int32(ENOMEM), int32(ELIMIT), int32(EIO), int32(EJSON), int32(EPOLICY), int32(ESTATE), int32(ECANCELED), int32(ENOTFOUND), int32(EINTERNAL), int32(EMEMLIMIT)},
		"EFFECTS":    {int32(ImplicitDeny), int32(ExplicitDeny), int32(Allow), int32(Unknown)},
		"KINDS":      {int32(KindIdentity), int32(KindResource), int32(KindSecret), int32(KindKMSKey), int32(KindTrust), int32(KindSCP), int32(KindRCP), int32(KindBoundary), int32(KindSession), int32(KindEndpoint)},
		"LAYERS":     {int32(LayerIdentity), int32(LayerResource), int32(LayerKey), int32(LayerGrant), int32(LayerBoundary), int32(LayerSession), int32(LayerSCP), int32(LayerRCP), int32(LayerEndpoint)},
		"SEVERITIES": {int32(SeverityError), int32(SeveritySecurityWarning), int32(SeverityWarning), int32(SeveritySuggestion)},
		// Functions here: RoleARN, SessionName, PrincipalPath, PrincipalID, FederatedParent.
		"PRINCIPAL_FACTS": {1, 2, 3, 4, 5},
		// PrincipalColumn, ActionColumn, ResourceColumn, ContextColumn.
		"COLUMNS": {1, 2, 3, 4},
		// The form of results without an option, and AWSFormat.
		"FORMATS":      {1, 2},
		"ASKS":         {int32(AskNewAccess), int32(AskAccessGranted), int32(AskPublic), int32(AskCompare), int32(AskFindings), int32(AskStatements)},
		"ANSWERS":      {int32(AnswerUnknown), int32(AnswerNo), int32(AnswerYes)},
		"RELATIONS":    {int32(RelationUnknown), int32(RelationEquivalent), int32(RelationNarrower), int32(RelationBroader), int32(RelationIncomparable)},
		"NEEDS":        {int32(NeedUnknown), int32(NeedNeeded), int32(NeedRedundant), int32(NeedShadowed), int32(NeedNever)},
		"REACHES":      {int32(ReachUnknown), int32(ReachNever), int32(ReachSometimes), int32(ReachAlways)},
		"PUBLIC_RULES": {int32(PublicFixedValues), int32(PublicArticle), int32(PublicZone)},
		"TRUSTS":       {int32(TrustAccount), int32(TrustOrg), int32(TrustVPC), int32(TrustVPCE)},
	}
	macro := regexp.MustCompile(`#define POLICYEVAL_(\w+)\(X\)((?:.*\\\n)*.*)`)
	item := regexp.MustCompile(`X\((\w+), (-?\d+),`)
	for header, text := range headers(t) {
		for _, match := range macro.FindAllStringSubmatch(text, -1) {
			values, ok := constants[match[1]]
			if !ok {
				t.Errorf("%s: no constants for POLICYEVAL_%s", header, match[1])
			}
			items := item.FindAllStringSubmatch(match[2], -1)
			if ok && len(items) != len(values) {
				t.Errorf("%s: POLICYEVAL_%s has %d values, here are %d", header, match[1], len(items), len(values))
				continue
			}
			for i, value := range values {
				if strconv.Itoa(int(value)) != items[i][2] {
					t.Errorf("%s: %s of POLICYEVAL_%s is %s, not %d", header, items[i][1], match[1], items[i][2], value)
				}
			}
			delete(constants, match[1])
		}
	}
	for name := range constants {
		t.Errorf("no header has POLICYEVAL_%s", name)
	}
}

func TestVersion(t *testing.T) {
	if Version() != HeaderVersion {
		t.Errorf("library %s, headers %s", Version(), HeaderVersion)
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		Allow.String(): "allowed", Effect(9).String(): "Effect(9)", KindKMSKey.String(): "kms-key", Layer(77).String(): "Layer(77)",
		EPOLICY.String(): "EPOLICY", Code(5).String(): "Code(5)", SeverityWarning.String(): "WARNING", Severity(0).String(): "Severity(0)",
		AnswerYes.String(): "yes", RelationBroader.String(): "broader",
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	for _, name := range []string{"", "nothing", "secret\x00"} {
		if kind, err := ParseKind(name); err == nil {
			t.Errorf("%q is the kind %v", name, kind)
		}
	}
}
