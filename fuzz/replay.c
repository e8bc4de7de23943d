/* SPDX-License-Identifier: MIT */
/* main() of a fuzz target where there is no libFuzzer: gives it every file named on the command line, and every file
 * directly in every folder named there; without arguments the seeds of the target, fuzz/seeds/NAME. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(size ? size : 1); /* exactly as large, so that a sanitizer sees a byte too far */
  int rc = 1;
  if (file && data && fread(data, 1, size, file) == size) {
    rc = 0;
    LLVMFuzzerTestOneInput(data, size);
  } else {
    fprintf(stderr, "%s: cannot be read\n", path);
  }
  free(data);
  if (file) fclose(file);
  return rc;
}

static int replay(const char *path, int depth, size_t *count) {
  struct stat info;
  if (stat(path, &info) != 0) {
    fprintf(stderr, "%s: there is no such file\n", path);
    return 1;
  }
  if (!S_ISDIR(info.st_mode)) {
    (*count)++;
    return replay_file(path, (size_t)info.st_size);
  }
  DIR *folder = depth > 0 ? opendir(path) : NULL;
  int rc = 0;
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    char name[4096];
    if (entry->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    rc |= replay(name, depth - 1, count);
  }
  if (folder) closedir(folder);
  return rc;
}

/* fuzz_NAME or .../fuzz_NAME: all of $srcdir/fuzz/seeds/NAME, if there is such a folder. */
static int replay_seeds(const char *program, size_t *count) {
  const char *top = getenv("srcdir"), *name = strstr(program, "fuzz_");
  char path[4096];
  struct stat info;
  for (const char *next = name; next; next = strstr(next + 1, "fuzz_")) name = next;
  snprintf(path, sizeof path, "%s/fuzz/seeds/%s", top ? top : ".", name ? name + strlen("fuzz_") : program);
  return stat(path, &info) == 0 ? replay(path, 1, count) : 0;
}

int main(int argc, char **argv) {
  size_t count = 0;
  int rc = LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  if (argc == 1) rc |= replay_seeds(argv[0], &count);
  for (int i = 1; i < argc; i++) rc |= replay(argv[i], 1, &count);
  printf("%zu inputs\n", count);
  return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
