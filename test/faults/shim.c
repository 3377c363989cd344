// Makes chosen system calls and allocations of a process fail. The integration tests
// (support/faults.py) preload it and write rules into a shared file while the process runs. A rule
// names a call, lets `skip` calls pass, and then changes `times` calls (-1: all) to an errno or a
// smaller count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum call { none, call_openat2, call_openat, call_open, call_fstat, call_pread, call_read,
            call_sendfile, call_send, call_recv, call_accept, call_write, call_malloc };

// support/faults.py depends on both layouts.
struct rule {
    int64_t call;
    int64_t error; // errno; 0: shorten instead
    int64_t skip;
    int64_t times;
    int64_t limit;        // bytes at most, when error is 0
    int64_t regular_only; // only when the descriptor is a regular file, not standard error's
    int64_t hits;
};
enum { rule_count = 8 };
struct control {
    int64_t wall_offset_ns;
    struct rule rules[rule_count];
};

static struct control* control;

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

__attribute__((constructor)) static void attach(void) {
    const char* path = getenv("FAULTS_CONTROL");
    const int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR, 0);
    if (fd < 0) {
        return;
    }
    void* at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    control = at == MAP_FAILED ? NULL : at;
}

// A regular file other than the one that standard error goes to: a test that fills the disk of one
// log still reads the other.
static int is_regular(int fd) {
    struct stat facts;
    struct stat errors;
    return syscall(SYS_fstat, fd, &facts) == 0 && S_ISREG(facts.st_mode) &&
           !(syscall(SYS_fstat, STDERR_FILENO, &errors) == 0 && facts.st_dev == errors.st_dev &&
             facts.st_ino == errors.st_ino);
}

// The rule that changes this call, or NULL.
static const struct rule* spoiler(enum call which, int fd) {
    if (control == NULL) {
        return NULL;
    }
    const int before = errno;
    for (int i = 0; i < rule_count; ++i) {
        struct rule* one = &control->rules[i];
        if (__atomic_load_n(&one->call, __ATOMIC_ACQUIRE) != which ||
            (one->regular_only && !is_regular(fd))) {
            continue;
        }
        if (one->skip > 0 && __atomic_fetch_sub(&one->skip, 1, __ATOMIC_RELAXED) > 0) {
            continue;
        }
        if (one->times >= 0 && __atomic_fetch_sub(&one->times, 1, __ATOMIC_RELAXED) <= 0) {
            one->times = 0;
            continue;
        }
        __atomic_fetch_add(&one->hits, 1, __ATOMIC_RELAXED);
        errno = before;
        return one;
    }
    errno = before;
    return NULL;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void* real(const char* name) { return dlsym(RTLD_NEXT, name); }

static int fails(enum call which, int fd, size_t* count) {
    const struct rule* one = spoiler(which, fd);
    if (one == NULL) {
        return 0;
    }
    if (one->error != 0) {
        errno = (int)one->error;
        return 1;
    }
    if (count != NULL && *count > (size_t)one->limit) {
        *count = (size_t)one->limit;
    }
    return 0;
}

long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; ++i) {
        a[i] = va_arg(list, long);
    }
    va_end(list);
    if (number == SYS_openat2 && fails(call_openat2, -1, NULL)) {
        return -1;
    }
    // http/loop/socket_call.hpp
    const int is_socket_call = number == SYS_recvfrom || number == SYS_sendto;
    size_t count = (size_t)a[2];
    if (is_socket_call &&
        fails(number == SYS_recvfrom ? call_recv : call_send, (int)a[0], &count)) {
        return -1;
    }
    a[2] = (long)count;
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    long result;
    __asm__ volatile("syscall" : "=a"(result)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

static int open_at(enum call which, int at, const char* path, int flags, mode_t mode) {
    return fails(which, -1, NULL) ? -1 : (int)syscall(SYS_openat, at, path, flags, mode);
}

#define MODE_OF(flags, last) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, last); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

int open(const char* path, int flags, ...) {
    MODE_OF(flags, flags)
    return open_at(call_open, AT_FDCWD, path, flags, mode);
}
int openat(int at, const char* path, int flags, ...) {
    MODE_OF(flags, flags)
    return open_at(call_openat, at, path, flags, mode);
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat64(int at, const char* path, int flags, ...) __attribute__((alias("openat")));

int fstat(int fd, struct stat* facts) {
    return fails(call_fstat, fd, NULL) ? -1 : (int)syscall(SYS_fstat, fd, facts);
}
int fstat64(int fd, struct stat64* facts) {
    return fails(call_fstat, fd, NULL) ? -1 : (int)syscall(SYS_fstat, fd, facts);
}

ssize_t pread(int fd, void* to, size_t count, off_t offset) {
    return fails(call_pread, fd, &count) ? -1 : syscall(SYS_pread64, fd, to, count, offset);
}
ssize_t pread64(int fd, void* to, size_t count, off_t offset)
    __attribute__((alias("pread")));

// The fortified variants, which -D_FORTIFY_SOURCE substitutes for calls with a buffer of known
// size.
ssize_t __pread_chk(int fd, void* to, size_t count, off_t offset, size_t size) {
    return count > size ? (abort(), -1) : pread(fd, to, count, offset);
}
ssize_t __pread64_chk(int fd, void* to, size_t count, off_t offset, size_t size)
    __attribute__((alias("__pread_chk")));

// Cancellation points must stay the library's own: a thread may be waiting in them.
ssize_t read(int fd, void* to, size_t count) {
    return fails(call_read, fd, &count) ? -1 : REAL(read)(fd, to, count);
}
ssize_t write(int fd, const void* from, size_t count) {
    return fails(call_write, fd, &count) ? -1 : REAL(write)(fd, from, count);
}
ssize_t sendfile(int to, int from, off_t* offset, size_t count) {
    return fails(call_sendfile, from, &count) ? -1
                                              : syscall(SYS_sendfile, to, from, offset, count);
}
ssize_t sendfile64(int to, int from, off_t* offset, size_t count)
    __attribute__((alias("sendfile")));
ssize_t send(int fd, const void* from, size_t count, int flags) {
    return fails(call_send, fd, &count) ? -1 : REAL(send)(fd, from, count, flags);
}
ssize_t recv(int fd, void* to, size_t count, int flags) {
    return fails(call_recv, fd, &count) ? -1 : REAL(recv)(fd, to, count, flags);
}
ssize_t __recv_chk(int fd, void* to, size_t count, size_t size, int flags) {
    return count > size ? (abort(), -1) : recv(fd, to, count, flags);
}
int accept(int fd, struct sockaddr* address, socklen_t* size) {
    return fails(call_accept, fd, NULL) ? -1 : REAL(accept)(fd, address, size);
}
int accept4(int fd, struct sockaddr* address, socklen_t* size, int flags) {
    return fails(call_accept, fd, NULL) ? -1 : REAL(accept4)(fd, address, size, flags);
}

int clock_gettime(clockid_t which, struct timespec* now) {
    const int result = REAL(clock_gettime)(which, now);
    const int is_wall = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
    if (result == 0 && is_wall && control != NULL) {
        const int64_t billion = 1000000000;
        const int64_t at = now->tv_sec * billion + now->tv_nsec +
                           __atomic_load_n(&control->wall_offset_ns, __ATOMIC_RELAXED);
        now->tv_sec = at / billion;
        now->tv_nsec = at % billion;
    }
    return result;
}

time_t time(time_t* to) {
    struct timespec now;
    const time_t seconds = clock_gettime(CLOCK_REALTIME, &now) == 0 ? now.tv_sec : -1;
    if (to != NULL) {
        *to = seconds;
    }
    return seconds;
}

static int is_exhausted(void) { return fails(call_malloc, -1, NULL); }

void* malloc(size_t size) { return is_exhausted() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) {
    return is_exhausted() ? NULL : __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
    return is_exhausted() ? NULL : __libc_realloc(old, size);
}
void* memalign(size_t alignment, size_t size) {
    return is_exhausted() ? NULL : __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** to, size_t alignment, size_t size) {
    void* made = memalign(alignment, size);
    *to = made != NULL ? made : *to;
    return made != NULL ? 0 : ENOMEM;
}
