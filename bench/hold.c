// Holds connections open, so that their cost for the server can be measured:
//   hold PORT CONNECTIONS REQUESTS SOURCE_ADDRESS idle|slow
// idle: each connection makes one whole exchange and then sends nothing.
// slow: each requests a large file and reads a few KiB of it every second, in its own hundredth of
//       the second: clients on the Internet do not read in step. Thousands of simultaneous
//       acknowledgements would overflow the queue of the loopback interface and distort the result.
// It prints "ready" when all connections are in that state. For each line on standard input it
// prints the number of connections that are still open; it exits at the end of standard input.

#include "exchange.h"
#include "tcp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { sip_bytes = 4096, slow_receive_buffer = 8192, most_connections = 1 << 20, slices = 100 };

struct holder {
    int* sockets;
    size_t count;
    int is_slow;
};

static void connect_one(struct holder* holder, uint16_t port, const char* source,
                        const struct request_list* list, size_t index) {
    struct answer answer = {0};
    uint64_t bytes = 0;
    const int fd = connect_from(source, port, holder->is_slow ? slow_receive_buffer : 0);
    holder->sockets[index] = fd;
    if (!holder->is_slow) {
        exchange_blocking(fd, list, index);
        return;
    }
    send_request(fd, list, index);
    if (read_answer(fd, &answer, &bytes) != answer_incomplete || !answer.is_in_body)
        die("not the begin of a large 2xx answer");
}

// Returns whether the connection is still open.
static int sip(int fd) {
    const ssize_t got = recv(fd, NULL, sip_bytes, MSG_TRUNC | MSG_DONTWAIT);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

static int is_quiet(int fd) {
    char byte = 0;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static size_t count_open(const struct holder* holder) {
    size_t open = 0;
    for (size_t i = 0; i < holder->count; ++i)
        open += (size_t)(holder->is_slow ? sip(holder->sockets[i]) : is_quiet(holder->sockets[i]));
    return open;
}

static void sip_slice(const struct holder* holder, size_t slice) {
    for (size_t i = slice; i < holder->count; i += slices)
        sip(holder->sockets[i]);
}

static void hold(const struct holder* holder) {
    char line[64];
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    for (size_t slice = 0;; slice = (slice + 1) % slices) {
        const int asked = poll(&input, 1, 1000 / slices);
        if (asked > 0 && read(STDIN_FILENO, line, sizeof line) <= 0)
            return;
        if (asked > 0) {
            printf("%zu\n", count_open(holder));
            fflush(stdout);
        }
        if (holder->is_slow)
            sip_slice(holder, slice);
    }
}

int main(int argc, char** argv) {
    if (argc != 6 || (strcmp(argv[5], "idle") != 0 && strcmp(argv[5], "slow") != 0)) {
        fputs("usage: hold PORT CONNECTIONS REQUESTS SOURCE_ADDRESS idle|slow\n", stderr);
        return 2;
    }
    const struct request_list list = load_requests(argv[3]);
    struct holder holder = {.count = number(argv[2], most_connections),
                            .is_slow = strcmp(argv[5], "slow") == 0};
    holder.sockets = calloc(holder.count, sizeof *holder.sockets);
    if (holder.sockets == NULL)
        die("calloc");
    for (size_t i = 0; i < holder.count; ++i)
        connect_one(&holder, (uint16_t)number(argv[1], 65535), argv[4], &list, i);
    puts("ready");
    fflush(stdout);
    hold(&holder);
    return 0;
}
