/* Ends a program as a crash would: SIGKILL right before one chosen call that changes something in a folder.
 *
 * DIES_IN      the folder
 * DIES_COUNTS  a file of 8 bytes, to be mapped: how many such calls were begun, by whatever thread
 * DIES_BEFORE  the number of the call that is never made, from 1; nothing or 0 to live
 * DIES_LIST    a file to which a line is added for each call; may be left out
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder;
static long before;
static _Atomic long *count;
static int list = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *counts = getenv("DIES_COUNTS"), *number = getenv("DIES_BEFORE"), *lines = getenv("DIES_LIST");
    folder = getenv("DIES_IN");
    if (folder == NULL || counts == NULL) return;
    before = number == NULL ? 0 : atol(number);
    int file = REAL(open64)(counts, O_RDWR | O_CLOEXEC);
    if (file < 0) abort();
    count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (count == MAP_FAILED) abort();
    if (lines != NULL) list = REAL(open64)(lines, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* Counts a call on this path, and dies if it is the one. */
static void call(const char *name, const char *path) {
    if (count == NULL || path == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
    long number = atomic_fetch_add(count, 1) + 1;
    if (list >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path + strlen(folder));
        if (REAL(write)(list, line, length) != length) abort();
    }
    if (number == before) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
}

static void call_on(const char *name, int file) {
    char link[64], path[PATH_MAX];
    if (count == NULL) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    call(name, path);
}

ssize_t write(int file, const void *bytes, size_t length) {
    call_on("write", file);
    return REAL(write)(file, bytes, length);
}

ssize_t writev(int file, const struct iovec *parts, int number) {
    call_on("writev", file);
    return REAL(writev)(file, parts, number);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    call_on("pwrite", file);
    return REAL(pwrite)(file, bytes, length, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
    call_on("pwrite", file);
    return REAL(pwrite64)(file, bytes, length, at);
}

int fsync(int file) {
    call_on("fsync", file);
    return REAL(fsync)(file);
}

int fdatasync(int file) {
    call_on("fdatasync", file);
    return REAL(fdatasync)(file);
}

int sync_file_range(int file, off64_t at, off64_t length, unsigned int flags) {
    call_on("sync_file_range", file);
    return REAL(sync_file_range)(file, at, length, flags);
}

int ftruncate(int file, off_t length) {
    call_on("ftruncate", file);
    return REAL(ftruncate)(file, length);
}

int ftruncate64(int file, off64_t length) {
    call_on("ftruncate", file);
    return REAL(ftruncate64)(file, length);
}

int fallocate64(int file, int mode, off64_t at, off64_t length) {
    call_on("fallocate", file);
    return REAL(fallocate64)(file, mode, at, length);
}

int rename(const char *from, const char *to) {
    call("rename", to);
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    call("unlink", path);
    return REAL(unlink)(path);
}

int rmdir(const char *path) {
    call("rmdir", path);
    return REAL(rmdir)(path);
}

int unlinkat(int at, const char *path, int flags) {
    call_on("unlinkat", at);
    return REAL(unlinkat)(at, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    call("mkdir", path);
    return REAL(mkdir)(path, mode);
}

/* A file that is made, or emptied, is a change too. */
static void opening(const char *path, int flags) {
    if (flags & (O_CREAT | O_TRUNC)) call("open", path);
}

int open(const char *path, int flags, ...) {
    __builtin_va_list more;
    __builtin_va_start(more, flags);
    mode_t mode = __builtin_va_arg(more, mode_t);
    __builtin_va_end(more);
    opening(path, flags);
    return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    __builtin_va_list more;
    __builtin_va_start(more, flags);
    mode_t mode = __builtin_va_arg(more, mode_t);
    __builtin_va_end(more);
    opening(path, flags);
    return REAL(open64)(path, flags, mode);
}
