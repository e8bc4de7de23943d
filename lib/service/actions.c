/* SPDX-License-Identifier: MIT */
/* The built-in services. The .def files are read twice, once for the actions and once for the resource
 * types. */
#include "service/tables.h"

/* Flags */
#define NO_RESOURCE PE_ACTION_NO_RESOURCE
#define CROSS       PE_ACTION_CROSS_ACCOUNT
#define RCP_EXEMPT  PE_ACTION_RCP_EXEMPT
#define TRUST       PE_ACTION_TRUST
#define CRYPTO      PE_ACTION_CRYPTO

/* Resource types */
#define NONE
#define SECRET    "Secret",
#define KEY       "key",
#define ALIAS_KEY "alias", "key",
#define ROLE      "role",
#define ROLE_SELF "role", "self-session",
#define ROOT      "root-user",
#define FEDERATED "federated-user",

/* Condition keys: of an existing secret; of any call that names a KMS key; of an encryption context; of an
 * operation that takes one; of an attested enclave; of calls that pass tags; of a SAML assertion. */
#define SECRET_KEYS                                                                                          \
  "aws:ResourceTag/${TagKey}", "secretsmanager:ResourceTag/tag-key", "secretsmanager:SecretId",              \
      "secretsmanager:SecretPrimaryRegion", "secretsmanager:resource/AllowRotationLambdaArn",                \
      "secretsmanager:resource/Type",
#define CALL     "kms:CallerAccount", "kms:ViaService",
#define CONTEXT  "kms:EncryptionContext:${EncryptionContextKey}", "kms:EncryptionContextKeys",
#define CIPHER   CONTEXT "kms:EncryptionAlgorithm", "kms:RequestAlias",
#define ATTESTED "kms:RecipientAttestation:${Measurement}",
#define TAGS     "aws:RequestTag/${TagKey}", "aws:TagKeys",
#define SAML                                                                                                 \
  "saml:aud", "saml:cn", "saml:commonName", "saml:doc", "saml:edupersonaffiliation",                         \
      "saml:edupersonassurance", "saml:edupersonentitlement", "saml:edupersonnickname",                      \
      "saml:edupersonorgdn", "saml:edupersonorgunitdn", "saml:edupersonprimaryaffiliation",                  \
      "saml:edupersonprimaryorgunitdn", "saml:edupersonprincipalname", "saml:edupersonscopedaffiliation",    \
      "saml:edupersontargetedid", "saml:eduorghomepageuri", "saml:eduorgidentityauthnpolicyuri",             \
      "saml:eduorglegalname", "saml:eduorgsuperioruri", "saml:eduorgwhitepagesuri", "saml:givenName",        \
      "saml:iss", "saml:mail", "saml:name", "saml:namequalifier", "saml:organizationStatus",                 \
      "saml:primaryGroupSID", "saml:sub", "saml:sub_type", "saml:surname", "saml:uid",                       \
      "saml:x500UniqueIdentifier",

#define LIST(...)                                                                                            \
  (const char *const[]) { __VA_ARGS__ NULL }
#define TEXT(literal)                                                                                        \
  { "" literal, sizeof(literal) - 1 }

#define PE_RESOURCE(name, format, ...)
#define PE_ACTION(name, flags, types, ...) {TEXT(SERVICE), TEXT(name), flags, LIST(types), LIST(__VA_ARGS__)},
#define SERVICE                            "kms"
static const pe_action_info kms_actions[] = {
#include "service/kms.def"
};
#undef SERVICE
#define SERVICE "secretsmanager"
static const pe_action_info secretsmanager_actions[] = {
#include "service/secretsmanager.def"
};
#undef SERVICE
#define SERVICE "sts"
static const pe_action_info sts_actions[] = {
#include "service/sts.def"
};
#undef SERVICE
#undef PE_ACTION
#undef PE_RESOURCE

#define PE_ACTION(name, flags, types, ...)
#define PE_RESOURCE(name, format, ...) {TEXT(SERVICE), TEXT(name), LIST(format, ), LIST(__VA_ARGS__)},
#define SERVICE                        "kms"
static const pe_resource_type kms_resources[] = {
#include "service/kms.def"
};
#undef SERVICE
#define SERVICE "secretsmanager"
static const pe_resource_type secretsmanager_resources[] = {
#include "service/secretsmanager.def"
};
#undef SERVICE
#define SERVICE "sts"
static const pe_resource_type sts_resources[] = {
#include "service/sts.def"
};
#undef SERVICE

#define ROWS(array) array, sizeof(array) / sizeof(array)[0]
const pe_service pe_builtin_services[PE_BUILTIN_SERVICES] = {
    {TEXT("kms"), ROWS(kms_actions), ROWS(kms_resources)},
    {TEXT("secretsmanager"), ROWS(secretsmanager_actions), ROWS(secretsmanager_resources)},
    {TEXT("sts"), ROWS(sts_actions), ROWS(sts_resources)},
};
