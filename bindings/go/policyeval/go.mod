module policyeval

go 1.19
