/* SPDX-License-Identifier: MIT */
/* The commands: COMMAND(name, what it answers). Each is a file cmd_<name>.c with int cmd_<name>(int argc, char **argv), where
 * argv[0] is the command's name; '-' in a name is '_' in C. */
COMMAND(access, "access", "may this principal read this secret, and if not, why not")
COMMAND(check_access_not_granted, "check-access-not-granted", "is an action never allowed by this policy")
COMMAND(check_no_new_access, "check-no-new-access", "does a new policy allow nothing that the existing one does not")
COMMAND(check_no_public_access, "check-no-public-access", "does a resource policy let in nobody whom it does not name")
COMMAND(compare, "compare", "which requests does one policy allow and the other not")
COMMAND(findings, "findings", "who outside of the trusted accounts gets what, under which conditions")
COMMAND(grant, "grant", "let this principal read this secret: the three policies, proved")
COMMAND(revoke, "revoke", "take that back, with the proof that it is gone")
COMMAND(simulate, "simulate", "one request, or a file of cases, any service, all policy layers")
COMMAND(validate, "validate", "what is wrong with a policy, or could be better, and what to write instead")
COMMAND(version, "version", "library and build facts")
COMMAND(who_can, "who-can", "who can read this secret, over all requests")
