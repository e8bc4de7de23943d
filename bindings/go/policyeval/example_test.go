// SPDX-License-Identifier: MIT

package policyeval_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"policyeval"
)

const folder = "../../../examples/article/"

// May PRODUCTION_ROLE read SECURITY_SECRET? The three policies decide together.
func ExampleCanRead() {
	answer, err := policyeval.CanRead(
		policyeval.Principal("arn:aws:iam::111122223333:role/PRODUCTION_ROLE"),
		policyeval.Secret("arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"),
		policyeval.Key("arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
		policyeval.File(policyeval.KindSecret, folder+"corrected/secret.json"),
		policyeval.File(policyeval.KindKMSKey, folder+"corrected/key.json"),
		policyeval.File(policyeval.KindIdentity, folder+"corrected/role.json"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Effect, answer.CanRead())
	// Output: allowed true
}

// An Access is kept to change the question. Here the key is disabled: AWS would allow the call, and it would fail.
func ExampleAccess() {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	question, err := lib.NewAccess(
		policyeval.Principal("arn:aws:iam::111122223333:role/PRODUCTION_ROLE"),
		policyeval.Secret("arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"),
		policyeval.Key("arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
		policyeval.File(policyeval.KindSecret, folder+"corrected/secret.json"),
		policyeval.File(policyeval.KindKMSKey, folder+"corrected/key.json"),
		policyeval.File(policyeval.KindIdentity, folder+"corrected/role.json"))
	if err != nil {
		log.Fatal(err)
	}
	defer question.Close()
	for _, state := range []string{"Enabled", "Disabled"} {
		if err := question.Set(policyeval.KeyState(state)); err != nil {
			log.Fatal(err)
		}
		answer, err := question.Decide()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(answer.Effect, answer.CanRead(), answer.Operability.Problems)
	}
	// Output:
	// allowed true []
	// allowed false [{DisabledException the key is disabled: enable it}]
}

// The article's identity policy as printed has two faults. Hints say where, and what to write.
func ExampleAnswer() {
	lib, err := policyeval.NewContext(
		policyeval.Placeholder("CENTRAL_SECURITY", "444455556666"),
		policyeval.Placeholder("SECURITY_CMK", "1234abcd-12ab-34cd-56ef-1234567890ab"))
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	question, err := lib.NewAccess(
		policyeval.Principal("arn:aws:iam::111122223333:role/PRODUCTION_ROLE"),
		policyeval.Secret("arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf"),
		policyeval.Key("arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
		policyeval.File(policyeval.KindSecret, folder+"corrected/secret.json"),
		policyeval.File(policyeval.KindKMSKey, folder+"corrected/key.json"),
		policyeval.File(policyeval.KindIdentity, folder+"printed/role.json"))
	if err != nil {
		log.Fatal(err)
	}
	defer question.Close()
	answer, err := question.Decide()
	if err != nil {
		log.Fatal(err)
	}
	for _, leg := range answer.Legs {
		fmt.Println(leg.Action, leg.Effect, leg.BlockedBy)
		for _, hint := range leg.Hints {
			fmt.Printf("  line %d: %s\n", hint.Span.Start.Line, hint.Rule)
		}
	}
	// Output:
	// secretsmanager:GetSecretValue implicitDeny [identity]
	//   line 7: RESOURCE_LEADING_SPACE
	//   line 7: RESOURCE_MISSING_SUFFIX
	// kms:Decrypt allowed []
}

const reports = `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:username}/*"},
  {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`

func reportsSet() (*policyeval.Context, *policyeval.PolicySet) {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	set, err := lib.NewPolicySet(policyeval.Document(policyeval.KindIdentity, []byte(reports), "reports.json"))
	if err != nil {
		log.Fatal(err)
	}
	return lib, set
}

// One request, with the reason in AWS's words.
func ExamplePolicySet_Decide() {
	lib, set := reportsSet()
	defer lib.Close()
	defer set.Close()
	request, err := lib.NewRequest(
		policyeval.Principal("arn:aws:iam::111122223333:user/alice"),
		policyeval.Action("s3:GetObject"),
		policyeval.Resource("arn:aws:s3:::reports/bob/may"),
		policyeval.ResourceAccount("111122223333"),
		policyeval.ContextValue("aws:SecureTransport", "true"))
	if err != nil {
		log.Fatal(err)
	}
	defer request.Close()
	decision, err := set.Decide(request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(decision.Effect, decision.Reason)
	fmt.Println(decision.BlockedBy)
	// Output:
	// implicitDeny because no identity-based policy allows the s3:GetObject action
	// [identity]
}

// Many requests cross into C once. The context.Context stops a long batch.
func ExamplePolicySet_DecideMany() {
	lib, set := reportsSet()
	defer lib.Close()
	defer set.Close()
	var requests []*policyeval.Request
	for _, user := range []string{"alice", "bob"} {
		request, err := lib.NewRequest(
			policyeval.Principal("arn:aws:iam::111122223333:user/"+user),
			policyeval.Action("s3:GetObject"),
			policyeval.Resource("arn:aws:s3:::reports/bob/may"),
			policyeval.ResourceAccount("111122223333"))
		if err != nil {
			log.Fatal(err)
		}
		defer request.Close()
		requests = append(requests, request)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	effects, err := set.DecideMany(ctx, requests)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(effects)
	// Output: [implicitDeny allowed]
}

// Columns take the place of requests when only some facts differ.
func ExamplePolicySet_DecideTable() {
	lib, set := reportsSet()
	defer lib.Close()
	defer set.Close()
	request, err := lib.NewRequest(
		policyeval.Principal("arn:aws:iam::111122223333:user/alice"),
		policyeval.Action("s3:GetObject"),
		policyeval.ResourceAccount("111122223333"))
	if err != nil {
		log.Fatal(err)
	}
	defer request.Close()
	table, err := policyeval.NewTable(
		policyeval.ResourceColumn("arn:aws:s3:::reports/alice/may", "arn:aws:s3:::reports/alice/may", "arn:aws:s3:::reports/bob/may"),
		policyeval.ContextColumn("aws:SecureTransport", []string{"true", "false", ""}, []bool{true, true, false}))
	if err != nil {
		log.Fatal(err)
	}
	effects, err := set.DecideTable(context.Background(), request, table)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(effects)
	// Output: [allowed explicitDeny implicitDeny]
}

// A document that is refused tells all its faults.
func ExampleError() {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	_, err = lib.LoadPolicyString(policyeval.KindIdentity, "{\"Version\": \"2012-10-17\",\n \"statement\": []}", "broken.json")
	var refused *policyeval.Error
	if errors.As(err, &refused) && errors.Is(err, policyeval.EPOLICY) {
		fmt.Println(refused.Source, refused.Code.String())
		for _, finding := range refused.Findings {
			fmt.Printf("%d:%d %s\n", finding.Span.Start.Line, finding.Span.Start.Column+1, finding.Code)
		}
	}
	// Output:
	// broken.json EPOLICY
	// 1:1 MISSING_STATEMENT
	// 2:2 INVALID_POLICY_ELEMENT
}

// Cases as `policyeval simulate --cases` reads them, one a line.
func ExampleSimulator_RunLines() {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	simulator, err := lib.NewSimulator()
	if err != nil {
		log.Fatal(err)
	}
	defer simulator.Close()
	cases := `{"define": "all", "policies": {"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]}}
{"id": "a", "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:ListAllMyBuckets", "resource": "*", "policies": "all"}
{"id": "b", "principal": "arn:aws:iam::111122223333:user/a", "action": "sqs:ListQueues", "resource": "*", "policies": "all"}
{"id": "c"}
`
	results, err := simulator.RunLines(context.Background(), []byte(cases))
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range results {
		if result.Answered || result.Code != 0 {
			fmt.Println(result.Line, result.Answered, result.Effect)
		}
	}
	// Output:
	// 2 true allowed
	// 3 true implicitDeny
	// 4 false implicitDeny
}

// Everything that is wrong with a document at once, and the document without it.
func ExampleValidator() {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	validator, err := lib.NewValidator(policyeval.IgnoreRule("REDUNDANT_STATEMENT"))
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()
	source := policyeval.Source{Kind: policyeval.KindIdentity, Name: "role.json", Text: []byte(
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*"}}`)}
	report, err := validator.Validate(source)
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range report.Findings {
		fmt.Println(finding.Severity, finding.Code)
	}
	fixed, _, err := validator.Fix(source)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fixed)
	// Output:
	// SUGGESTION REDUNDANT_ACTION
	// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}}
}

// Does the new policy allow anything that the old one does not? The answer is proved, or comes with a request.
func ExampleContext_Ask() {
	lib, err := policyeval.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer lib.Close()
	load := func(action string) *policyeval.Policy {
		policy, err := lib.LoadPolicyString(policyeval.KindIdentity,
			`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "`+action+`", "Resource": "*"}}`, action)
		if err != nil {
			log.Fatal(err)
		}
		return policy
	}
	narrow, broad := load("s3:GetObject"), load("s3:Get*")
	ctx := context.Background()
	forward, err := lib.Ask(ctx, policyeval.AskNewAccess, broad, policyeval.Existing(narrow))
	if err != nil {
		log.Fatal(err)
	}
	back, err := lib.Ask(ctx, policyeval.AskNewAccess, narrow, policyeval.Existing(broad))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(forward.Answer, forward.Witness != "", forward.Reasons)
	fmt.Println(back.Answer, back.Witness != "")
	// Output:
	// yes true [0]
	// no false
}
