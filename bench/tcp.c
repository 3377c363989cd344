#include "tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

noreturn void die(const char* what) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(1);
}

uint64_t number(const char* text, uint64_t most) {
    char* end = NULL;
    errno = 0;
    const uint64_t value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value > most) {
        errno = EINVAL;
        die(text);
    }
    return value;
}

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static int tcp_socket(void) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket");
    return fd;
}

static void set_option(int fd, int level, int name, int value) {
    if (setsockopt(fd, level, name, &value, sizeof value) != 0)
        die("setsockopt");
}

static struct sockaddr_in endpoint(const char* address, uint16_t port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1) {
        errno = EINVAL;
        die(address);
    }
    return result;
}

int listen_on(uint16_t port) {
    const struct sockaddr_in address = endpoint("127.0.0.1", port);
    const int fd = tcp_socket();
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_non_blocking(fd);
    if (bind(fd, (const struct sockaddr*)&address, sizeof address) != 0)
        die("bind");
    if (listen(fd, SOMAXCONN) != 0)
        die("listen");
    return fd;
}

int connect_from(const char* source, uint16_t port, int receive_buffer) {
    const struct sockaddr_in from = endpoint(source, 0);
    const struct sockaddr_in to = endpoint("127.0.0.1", port);
    const int fd = tcp_socket();
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    // Leaves the choice of the port to connect(), which can reuse a port for another peer.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (receive_buffer > 0)
        set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    if (bind(fd, (const struct sockaddr*)&from, sizeof from) != 0)
        die("bind");
    if (connect(fd, (const struct sockaddr*)&to, sizeof to) != 0)
        die("connect");
    return fd;
}

void set_non_blocking(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        die("fcntl");
}

void watch(int epoll, int fd, uint32_t events, void* data) {
    struct epoll_event event = {.events = events, .data = {.ptr = data}};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("epoll_ctl");
}
