/* SPDX-License-Identifier: MIT */
/* Where results go: to standard output, or through a temporary file to --output. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

static int write_all(FILE *file, const char *text, size_t len) {
  return fwrite(text, 1, len, file) == len && (len == 0 || text[len - 1] == '\n' || fputc('\n', file) != EOF) ? 0 : -1;
}

static int cannot_write(const common *c) {
  return fail(c, EXIT_INPUT, "cannot write %s: %s", c->output ? c->output : "to standard output", strerror(errno));
}

static char *join(const char *folder, const char *name) {
  const size_t room = strlen(folder) + strlen(name) + sizeof "/";
  char *path = malloc(room);
  if (path) snprintf(path, room, "%s/%s", folder, name);
  return path;
}

/* What a symbolic link names, seen from where the link is; a copy of the path when it is none. */
static char *one_link(const char *path) {
  char names[PATH_MAX];
  const ssize_t n = readlink(path, names, sizeof names - 1);
  if (n < 0) return errno == EINVAL || errno == ENOENT ? strdup(path) : NULL;
  names[n] = '\0';
  if (names[0] == '/') return strdup(names);
  char *folder = strdup(path);
  char *next = folder ? join(dirname(folder), names) : NULL;
  free(folder);
  return next;
}

/* The file behind all links, also one that a link names and that is not there yet. NULL and errno; release with free. */
static char *file_behind(const char *path) {
  char *at = strdup(path);
  for (int links = 0; at && links < 40; links++) {
    char *real = realpath(at, NULL), *next = real || errno != ENOENT ? real : one_link(at);
    const bool last = real || !next || strcmp(next, at) == 0;
    free(at);
    at = next;
    if (last) return at;
  }
  free(at);
  errno = ELOOP;
  return NULL;
}

static int make_temporary(sink *s) {
  const size_t n = strlen(s->target) + sizeof ".XXXXXX";
  s->temporary = malloc(n);
  if (!s->temporary) return -1;
  snprintf(s->temporary, n, "%s.XXXXXX", s->target);
  const int fd = mkstemp(s->temporary);
  s->file = fd < 0 ? NULL : fdopen(fd, "wb");
  if (s->file) return 0;
  if (fd >= 0) {
    close(fd);
    unlink(s->temporary);
  }
  return -1;
}

static void forget(sink *s) {
  free(s->temporary);
  free(s->target);
  s->temporary = s->target = NULL;
}

/* Through a temporary file beside the target: a reader never sees half a result. */
int sink_open(const common *c, sink *s) {
  *s = (sink){.file = stdout};
  struct stat old;
  if (!c->output) return 0;
  if (stat(c->output, &old) == 0 && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode)) {
    s->file = fopen(c->output, "wb"); /* a device or a pipe is written to, never replaced */
    return s->file ? 0 : cannot_write(c);
  }
  s->target = file_behind(c->output);
  if (s->target && make_temporary(s) == 0) return 0;
  const int status = cannot_write(c);
  forget(s);
  return status;
}

/* Whoever could not read the file that is replaced cannot read the new one either. */
static int give_mode(int fd, const char *target) {
  struct stat old, new;
  const mode_t mask = umask(0);
  umask(mask);
  if (stat(target, &old) != 0) return fchmod(fd, 0666 & ~mask);
  mode_t mode = old.st_mode & 0777;
  if (fstat(fd, &new) != 0) return -1;
  if (old.st_gid != new.st_gid && fchown(fd, (uid_t)-1, old.st_gid) != 0) mode &= ~(mode_t)S_IRWXG;
  return fchmod(fd, mode);
}

int sink_close(const common *c, sink *s, bool good) {
  if (!s->temporary) {
    good = (s->file == stdout ? fflush(s->file) : fclose(s->file)) == 0 && good;
    return good ? 0 : cannot_write(c);
  }
  good = good && give_mode(fileno(s->file), s->target) == 0;
  good = (fclose(s->file) == 0) && good;
  good = good && rename(s->temporary, s->target) == 0;
  const int status = good ? 0 : cannot_write(c);
  if (!good) unlink(s->temporary);
  forget(s);
  return status;
}

int put_result(const common *c, const char *text, size_t len) {
  if (!text) return fail_rc(c, POLICYEVAL_ENOMEM, "print");
  sink out;
  const int status = sink_open(c, &out);
  return status ? status : sink_close(c, &out, write_all(out.file, text, len) == 0);
}

int put_verdict(const common *c, const char *text, size_t len, int effect) {
  const char *plain = getenv("NO_COLOR"), *end = text ? memchr(text, ':', len) : NULL;
  if (!end || c->output || (plain && *plain) || !isatty(STDOUT_FILENO)) return put_result(c, text, len);
  const char *colour = effect == POLICYEVAL_ALLOW ? "\033[1;32m" : effect == POLICYEVAL_UNKNOWN ? "\033[1;33m" : "\033[1;31m";
  fputs(colour, stdout);
  fwrite(text, 1, (size_t)(end - text), stdout);
  fputs("\033[0m", stdout);
  return put_result(c, end, len - (size_t)(end - text));
}
