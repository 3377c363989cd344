// A read-only FUSE file system over a directory that simulates slow, broken and missing disks, for
// the integration tests (support/slow_disk.py). The name of a file selects the behaviour of reads:
//   slow-MS-...     take MS milliseconds each
//   eio-OFFSET-...  fail with EIO at OFFSET and beyond
//   short-OFFSET-.. end at OFFSET, before the size of the file
//   hang-OFFSET-... wait, beyond OFFSET, until the file .release lies in the directory
//   stuck-...       open waits in the same way
// After such a wait, ...-eio.mp4 fails with EIO, and reads of ...-end.mp4 end at OFFSET. Any other
// file continues normally.
// The kernel's page cache and readahead are real. usage: slowfs DIRECTORY MOUNTPOINT
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char source[4096];

static void full(char *out, size_t size, const char *path) {
    snprintf(out, size, "%s%s", source, path);
}

static void sleep_ms(long ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void wait_for_release(void) {
    char path[8192];
    full(path, sizeof path, "/.release");
    while (access(path, F_OK) != 0) {
        sleep_ms(20);
    }
}

// The number after `prefix` in the file's name; -1 when the name starts differently.
static long number_after(const char *path, const char *prefix) {
    const char *name = strrchr(path, '/') + 1;
    const size_t size = strlen(prefix);
    return strncmp(name, prefix, size) == 0 ? strtol(name + size, NULL, 10) : -1;
}

static int ends_with(const char *path, const char *end) {
    const size_t size = strlen(path), wanted = strlen(end);
    return size >= wanted && strcmp(path + size - wanted, end) == 0;
}

static int fs_getattr(const char *path, struct stat *facts, struct fuse_file_info *info) {
    if (info != NULL) { // an open file, which may have no name any more
        return fstat((int)info->fh, facts) != 0 ? -errno : 0;
    }
    char real[8192];
    full(real, sizeof real, path);
    return lstat(real, facts) != 0 ? -errno : 0;
}

static int fs_readdir(const char *path, void *into, fuse_fill_dir_t fill, off_t offset,
                      struct fuse_file_info *info, enum fuse_readdir_flags flags) {
    (void)offset, (void)info, (void)flags;
    char real[8192];
    full(real, sizeof real, path);
    DIR *folder = opendir(real);
    if (folder == NULL) {
        return -errno;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        fill(into, entry->d_name, NULL, 0, 0);
    }
    closedir(folder);
    return 0;
}

static int fs_open(const char *path, struct fuse_file_info *info) {
    char real[8192];
    full(real, sizeof real, path);
    if (number_after(path, "stuck-") >= 0) {
        wait_for_release();
        if (ends_with(path, "-eio.mp4")) {
            return -EIO;
        }
    }
    const int file = open(real, O_RDONLY);
    if (file < 0) {
        return -errno;
    }
    info->fh = (uint64_t)file;
    return 0;
}

static int fs_read(const char *path, char *into, size_t count, off_t offset,
                   struct fuse_file_info *info) {
    const long delay = number_after(path, "slow-");
    const long hang = number_after(path, "hang-");
    long fault = number_after(path, "eio-");
    long end = number_after(path, "short-");
    if (delay > 0) {
        sleep_ms(delay);
    }
    if (hang >= 0 && offset + (off_t)count > hang) {
        wait_for_release();
        fault = ends_with(path, "-eio.mp4") ? hang : -1;
        end = ends_with(path, "-end.mp4") ? hang : -1;
    }
    if (fault >= 0 && offset + (off_t)count > fault) {
        return -EIO;
    }
    if (end >= 0 && offset + (off_t)count > end) {
        count = offset >= end ? 0 : (size_t)(end - offset);
    }
    const ssize_t got = pread((int)info->fh, into, count, offset);
    return got < 0 ? -errno : (int)got;
}

static int fs_release(const char *path, struct fuse_file_info *info) {
    (void)path;
    close((int)info->fh);
    return 0;
}

static void *fs_init(struct fuse_conn_info *connection, struct fuse_config *with) {
    connection->max_background = 4096;
    connection->congestion_threshold = 4096;
    with->kernel_cache = 1;
    return NULL;
}

int main(int count, char **words) {
    static const struct fuse_operations calls = {.init = fs_init, .getattr = fs_getattr,
        .readdir = fs_readdir, .open = fs_open, .read = fs_read, .release = fs_release};
    if (count != 3 || realpath(words[1], source) == NULL) {
        fprintf(stderr, "usage: slowfs DIRECTORY MOUNTPOINT\n");
        return 2;
    }
    char options[] = "ro,allow_other,max_threads=600,max_idle_threads=600";
    char *with[] = {words[0], words[2], "-f", "-o", options, NULL};
    return fuse_main(5, with, &calls, NULL);
}
