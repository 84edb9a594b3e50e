/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into the program: the n-th call that changes a folder of the test, or opens a file there,
 * fails; or the clock jumps. tests/program/test_faults.py builds and drives it.
 *
 *   LATENT_FAULT_UNDER   only calls on files below this folder count
 *   LATENT_FAULT_AT      which of them fails, from 1; 0: none
 *   LATENT_FAULT_ERRNO   with which error
 *   LATENT_FAULT_LOG     a file that gets a line for each call that counts
 *   LATENT_FAULT_CLOCK   1: each look at the clock jumps a day forwards or two back, in turn
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_int calls;

static int is_under(const char *path) {
  const char *under = getenv("LATENT_FAULT_UNDER");
  return under != NULL && path != NULL && strncmp(path, under, strlen(under)) == 0;
}

static int fd_is_under(int fd) {
  char name[64];
  char path[PATH_MAX + 1];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, PATH_MAX);
  if (length <= 0) return 0;
  path[length] = '\0';
  return is_under(path);
}

/* Counts a call; whether it is the one that fails. */
static int fails(const char *what) {
  const int number = atomic_fetch_add(&calls, 1) + 1;
  const char *log = getenv("LATENT_FAULT_LOG");
  if (log != NULL) {
    char line[96];
    const int length = snprintf(line, sizeof line, "%d %s\n", number, what);
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
      syscall(SYS_write, fd, line, length);
      syscall(SYS_close, fd);
    }
  }
  const char *at = getenv("LATENT_FAULT_AT");
  if (at == NULL || atoi(at) != number) return 0;
  const char *error = getenv("LATENT_FAULT_ERRNO");
  errno = error != NULL ? atoi(error) : EIO;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OF_DESCRIPTOR(type, name, parameters, arguments) \
  type name parameters {                                 \
    if (fd_is_under(fd) && fails(#name)) return -1;      \
    return REAL(name) arguments;                         \
  }
OF_DESCRIPTOR(ssize_t, write, (int fd, const void *from, size_t count), (fd, from, count))
OF_DESCRIPTOR(ssize_t, pwrite, (int fd, const void *from, size_t count, off_t at),
              (fd, from, count, at))
OF_DESCRIPTOR(ssize_t, pwrite64, (int fd, const void *from, size_t count, off64_t at),
              (fd, from, count, at))
OF_DESCRIPTOR(ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count))
OF_DESCRIPTOR(int, fsync, (int fd), (fd))
OF_DESCRIPTOR(int, fdatasync, (int fd), (fd))
OF_DESCRIPTOR(int, ftruncate, (int fd, off_t length), (fd, length))
OF_DESCRIPTOR(int, ftruncate64, (int fd, off64_t length), (fd, length))
OF_DESCRIPTOR(int, fallocate, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))
OF_DESCRIPTOR(int, fchmod, (int fd, mode_t mode), (fd, mode))

int rename(const char *from, const char *to) {
  if (is_under(to) && fails("rename")) return -1;
  return REAL(rename)(from, to);
}
int renameat(int from_fd, const char *from, int to_fd, const char *to) {
  if (is_under(to) && fails("renameat")) return -1;
  return REAL(renameat)(from_fd, from, to_fd, to);
}
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
  if (is_under(to) && fails("renameat2")) return -1;
  return REAL(renameat2)(from_fd, from, to_fd, to, flags);
}
int link(const char *from, const char *to) {
  if (is_under(to) && fails("link")) return -1;
  return REAL(link)(from, to);
}
int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
  if (is_under(to) && fails("linkat")) return -1;
  return REAL(linkat)(from_fd, from, to_fd, to, flags);
}
int mkdir(const char *path, mode_t mode) {
  if (is_under(path) && fails("mkdir")) return -1;
  return REAL(mkdir)(path, mode);
}

#define OPEN(name)                                         \
  int name(const char *path, int flags, ...) {             \
    va_list more;                                          \
    va_start(more, flags);                                 \
    const mode_t mode = va_arg(more, mode_t);              \
    va_end(more);                                          \
    if (is_under(path) && fails(#name)) return -1;         \
    return REAL(name)(path, flags, mode);                  \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                       \
  int name(int fd, const char *path, int flags, ...) {     \
    va_list more;                                          \
    va_start(more, flags);                                 \
    const mode_t mode = va_arg(more, mode_t);              \
    va_end(more);                                          \
    if (is_under(path) && fails(#name)) return -1;         \
    return REAL(name)(fd, path, flags, mode);              \
  }
OPENAT(openat)
OPENAT(openat64)

int clock_gettime(clockid_t clock, struct timespec *now) {
  static atomic_int looks;
  const int result = REAL(clock_gettime)(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME && getenv("LATENT_FAULT_CLOCK") != NULL) {
    const int look = atomic_fetch_add(&looks, 1);
    now->tv_sec += look % 2 == 0 ? 86400 : -2 * 86400;
  }
  return result;
}
time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
