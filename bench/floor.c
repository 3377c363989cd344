// The floor under every server of the benchmark: floor PORT HEADER_BYTES BODY_BYTES
// A bare epoll loop. It treats the result of one recv as a request, parses nothing, and responds
// with one send of fixed bytes. The cost of a server above this floor is the cost of its own work.

#include "answer_text.h"
#include "tcp.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { events_at_once = 256, request_bytes = 16384 };

struct floor_server {
    int epoll;
    int listener;
    const char* answer;
    size_t answer_bytes;
};

static void accept_all(const struct floor_server* server) {
    for (;;) {
        const int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        watch(server->epoll, fd, EPOLLIN, (void*)(intptr_t)fd);
    }
}

static void answer(const struct floor_server* server, int fd) {
    static char request[request_bytes];
    const ssize_t got = recv(fd, request, sizeof request, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        close(fd);
        return;
    }
    const ssize_t sent = send(fd, server->answer, server->answer_bytes, MSG_NOSIGNAL);
    if (sent >= 0 && (size_t)sent != server->answer_bytes) {
        errno = EMSGSIZE; // only for rows whose response fits into the socket's buffer
        die("send");
    }
}

static void serve(const struct floor_server* server) {
    struct epoll_event events[events_at_once];
    for (;;) {
        const int ready = epoll_wait(server->epoll, events, events_at_once, -1);
        for (int i = 0; i < ready; ++i) {
            const int fd = (int)(intptr_t)events[i].data.ptr;
            if (fd == server->listener)
                accept_all(server);
            else
                answer(server, fd);
        }
    }
}

int main(int argc, char** argv) {
    if (argc != 4) {
        fputs("usage: floor PORT HEADER_BYTES BODY_BYTES\n", stderr);
        return 2;
    }
    const size_t header_bytes = number(argv[2], 1 << 20);
    const size_t body_bytes = number(argv[3], 1 << 20);
    char* const text = make_header(header_bytes, body_bytes, body_bytes);
    memset(text + header_bytes, 'b', body_bytes);
    const struct floor_server server = {.epoll = epoll_create1(EPOLL_CLOEXEC),
                                        .listener = listen_on((uint16_t)number(argv[1], 65535)),
                                        .answer = text,
                                        .answer_bytes = header_bytes + body_bytes};
    watch(server.epoll, server.listener, EPOLLIN, (void*)(intptr_t)server.listener);
    serve(&server);
}
