/* Preloaded into redis-server by fault_test: after every successful fsync or fdatasync of the append-only file it writes the
 * length that is now safe into $FSYNC_RECORD (shared memory of a file, so that it survives SIGKILL of the server). A power cut is
 * then the file cut back to that length; kill -9 alone proves nothing, because the page cache survives it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int64_t* safe_length(void) {
  static volatile int64_t* shared = NULL;
  if (shared != NULL) return shared;
  const char* path = getenv("FSYNC_RECORD");
  int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(int64_t)) != 0) abort();
  void* memory = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory == MAP_FAILED) abort();
  shared = memory;
  return shared;
}

static int is_append_only_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof(path) - 1);
  if (size <= 0) return 0;
  path[size] = '\0';
  return strstr(path, ".incr.aof") != NULL;
}

/* The length before the call: what is written while it runs is not safe yet. */
static int record(int fd, const char* name) {
  int (*original)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  struct stat before;
  int relevant = is_append_only_file(fd) && fstat(fd, &before) == 0;
  int result = original(fd);
  if (relevant && result == 0) *safe_length() = (int64_t)before.st_size;
  return result;
}

int fsync(int fd) { return record(fd, "fsync"); }
int fdatasync(int fd) { return record(fd, "fdatasync"); }
