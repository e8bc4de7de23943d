/* SPDX-License-Identifier: MIT */
/* The key policy of aws/secretsmanager as AWS publishes it (policy id auto-secretsmanager-2). It cannot be edited, so
 * every account has this one. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
#include "access/access.h"

#define SID "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager"

void pe_managed_key_policy(pe_slice account, pe_slice region, pe_slice partition, pe_buf *out) {
  const int a = (int)account.len, r = (int)region.len, p = (int)partition.len;
  pe_buf_str(out, "{\"Id\":\"auto-secretsmanager-2\",\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"" SID
                  "\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]},\"Action\":[\"kms:Encrypt\",\"kms:Decrypt\","
                  "\"kms:ReEncrypt*\",\"kms:CreateGrant\",\"kms:DescribeKey\"],\"Resource\":\"*\",");
  pe_buf_fmt(out, "\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":\"%.*s\",\"kms:ViaService\":"
                  "\"secretsmanager.%.*s.amazonaws.com\"}}},", a, account.ptr, r, region.ptr);
  pe_buf_str(out, "{\"Sid\":\"" SID "\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]},"
                  "\"Action\":\"kms:GenerateDataKey*\",\"Resource\":\"*\",");
  pe_buf_fmt(out, "\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":\"%.*s\"},\"StringLike\":{\"kms:ViaService\":"
                  "\"secretsmanager.%.*s.amazonaws.com\"}}},", a, account.ptr, r, region.ptr);
  pe_buf_str(out, "{\"Sid\":\"Allow direct access to key metadata to the account\",\"Effect\":\"Allow\",");
  pe_buf_fmt(out, "\"Principal\":{\"AWS\":[\"arn:%.*s:iam::%.*s:root\"]},", p, partition.ptr, a, account.ptr);
  pe_buf_str(out, "\"Action\":[\"kms:Describe*\",\"kms:Get*\",\"kms:List*\",\"kms:RevokeGrant\"],\"Resource\":\"*\"}]}");
}
