/* Lets a program believe that its syncs worked: those of files whose path holds the words in FORGETFUL. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int forgotten(int file) {
    const char *words = getenv("FORGETFUL");
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (words == NULL || length < 0) return 0;
    path[length] = 0;
    return strstr(path, words) != NULL;
}

typedef int sync_call(int);

int fsync(int file) {
    return forgotten(file) ? 0 : ((sync_call *)dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
    return forgotten(file) ? 0 : ((sync_call *)dlsym(RTLD_NEXT, "fdatasync"))(file);
}
