/* SPDX-License-Identifier: MIT */
/* Reading a file whole: the one place of the library that touches the file system for policies. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "api/objects.h"

static int read_all(policyeval_context *c, FILE *file, pe_buf *buf, const char **why) {
  char block[16384];
  size_t n;
  while ((n = fread(block, 1, sizeof block, file)) > 0) {
    pe_buf_add(buf, block, n);
    if (buf->failed) return POLICYEVAL_ENOMEM;
    if (buf->len > c->limits.text_bytes) {
      *why = "the file is longer than the limit of the context";
      return POLICYEVAL_ELIMIT;
    }
  }
  if (ferror(file)) {
    *why = "the file cannot be read to its end";
    return POLICYEVAL_EIO;
  }
  pe_buf_add(buf, "", 0);
  return buf->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

int pe_file_read(policyeval_context *c, const char *path, char **text, size_t *len, const char **why) {
  struct stat info;
  if (stat(path, &info) != 0) {
    *why = errno == ENOENT    ? "there is no such file"
           : errno == EACCES  ? "the file may not be read"
           : errno == ENOTDIR ? "a part of the path is no folder"
                              : "the file cannot be opened";
    return POLICYEVAL_EIO;
  }
  if (S_ISDIR(info.st_mode)) {
    *why = "this is a folder, not a file";
    return POLICYEVAL_EIO;
  }
  FILE *file = fopen(path, "rb");
  if (!file) {
    *why = errno == EACCES ? "the file may not be read" : "the file cannot be opened";
    return POLICYEVAL_EIO;
  }
  pe_buf buf;
  pe_buf_init(&buf, &c->alloc);
  int rc = read_all(c, file, &buf, why);
  fclose(file);
  if (rc == POLICYEVAL_OK && !buf.ptr) pe_buf_char(&buf, '\0'), buf.len = 0;
  if (rc == POLICYEVAL_OK && !(*text = pe_buf_take(&buf, len))) rc = POLICYEVAL_ENOMEM;
  pe_buf_done(&buf);
  return rc;
}
