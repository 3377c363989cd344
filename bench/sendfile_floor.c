// The floor of the rows that send much: sendfile_floor PORT HEADER_BYTES FILE OFFSET LENGTH
// As floor.c, but the body is a slice of a file and leaves by sendfile, in the segment of the
// header where it fits. Edge-triggered, so that a full socket costs no epoll_ctl.

#include "answer_text.h"
#include "tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { events_at_once = 256, request_bytes = 16384 };

// Bytes per call: between 256 KiB and the whole slice, no size was reliably cheaper.
static const size_t most_at_once = 1 << 20;

struct transfer {
    int fd;
    off_t offset;
    size_t left;
};

struct slice_server {
    int epoll;
    int listener;
    int file;
    off_t offset;
    size_t length;
    const char* header;
    size_t header_bytes;
};

static void accept_all(const struct slice_server* server) {
    for (;;) {
        const int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        // As in the servers: otherwise the end of a call may wait for an acknowledgement.
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct transfer* const one = calloc(1, sizeof *one);
        if (one == NULL)
            die("calloc");
        one->fd = fd;
        watch(server->epoll, fd, EPOLLIN | EPOLLOUT | EPOLLET, one);
    }
}

static void end(struct transfer* one) {
    close(one->fd);
    free(one);
}

// Returns 0 when the connection is closed. A call that sends less than requested has filled the
// socket. The next event reports room; another call before it would only return EAGAIN.
static int pump(const struct slice_server* server, struct transfer* one) {
    while (one->left > 0) {
        const size_t wanted = one->left < most_at_once ? one->left : most_at_once;
        const ssize_t sent = sendfile(one->fd, server->file, &one->offset, wanted);
        if (sent < 0 && errno == EAGAIN)
            return 1;
        if (sent <= 0)
            return 0;
        one->left -= (size_t)sent;
        if ((size_t)sent < wanted)
            return 1;
    }
    return 1;
}

static int begin(const struct slice_server* server, struct transfer* one) {
    static char request[request_bytes];
    const ssize_t got = recv(one->fd, request, sizeof request, 0);
    if (got < 0 && errno == EAGAIN)
        return 1;
    if (got <= 0)
        return 0;
    const ssize_t sent =
        send(one->fd, server->header, server->header_bytes, MSG_NOSIGNAL | MSG_MORE);
    if (sent < 0 || (size_t)sent != server->header_bytes)
        return 0;
    one->offset = server->offset;
    one->left = server->length;
    return pump(server, one);
}

static void serve(struct slice_server* server) {
    struct epoll_event events[events_at_once];
    for (;;) {
        const int ready = epoll_wait(server->epoll, events, events_at_once, -1);
        for (int i = 0; i < ready; ++i) {
            struct transfer* const one = events[i].data.ptr;
            if (one == NULL)
                accept_all(server);
            else if (!(one->left > 0 ? pump(server, one) : begin(server, one)))
                end(one);
        }
    }
}

int main(int argc, char** argv) {
    if (argc != 6) {
        fputs("usage: sendfile_floor PORT HEADER_BYTES FILE OFFSET LENGTH\n", stderr);
        return 2;
    }
    struct slice_server server = {.epoll = epoll_create1(EPOLL_CLOEXEC),
                                  .listener = listen_on((uint16_t)number(argv[1], 65535)),
                                  .file = open(argv[3], O_RDONLY | O_CLOEXEC),
                                  .offset = (off_t)number(argv[4], INT64_MAX),
                                  .length = number(argv[5], INT64_MAX),
                                  .header_bytes = number(argv[2], 1 << 20)};
    if (server.file < 0)
        die(argv[3]);
    server.header = make_header(server.header_bytes, server.length, 0);
    watch(server.epoll, server.listener, EPOLLIN, NULL);
    // A client that closes early must not end the server: sendfile has no MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN);
    serve(&server);
}
