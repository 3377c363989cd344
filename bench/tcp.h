// Sockets, time and arguments for the small C programs of the benchmark. A fault ends the program:
// the measurement is then void, so there is nothing to recover.
#pragma once

#include <stdint.h>
#include <stdnoreturn.h>

// Prints "program: what: errno text" on standard error and exits with 1.
noreturn void die(const char* what);

// The decimal number `text`, at most `most`; exits on anything else.
uint64_t number(const char* text, uint64_t most);

// Nanoseconds of the monotonic clock.
uint64_t now_ns(void);

// A non-blocking listening socket on 127.0.0.1.
int listen_on(uint16_t port);

// A blocking connection from the address `source` (any of 127.0.0.0/8) to 127.0.0.1. A
// `receive_buffer` above 0 limits the kernel's receive buffer, for a slow reader.
int connect_from(const char* source, uint16_t port, int receive_buffer);

void set_non_blocking(int fd);

// Watches `fd` for `events`; epoll_wait returns `data`.
void watch(int epoll, int fd, uint32_t events, void* data);
