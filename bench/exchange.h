// One HTTP/1.1 exchange as the benchmark's clients see it: a request from a prepared list, and an
// answer that must be 2xx with a Content-Length. Bodies are dropped inside the kernel, so that the
// client does not become the bottleneck of rows that send much.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Prepared requests, one after the other in a file, each ending with an empty line.
struct request_list {
    const char* bytes;
    const size_t* begin; // count + 1 offsets
    size_t count;
};

struct request_list load_requests(const char* path);

// Sends the whole of request `index` (taken modulo the count); dies when the socket does not take
// it at once, as its buffer must be empty then.
void send_request(int fd, const struct request_list* list, size_t index);

// How far the answer on a connection has come. Zero-initialised before the first byte.
struct answer {
    uint64_t body_left;
    int is_in_body;
};

enum answer_state { answer_incomplete, answer_complete, answer_bad };

// Takes what one recv gives and adds its size to `bytes`. Bad is anything but a 2xx whose header
// section came in one piece, and the end of the connection.
enum answer_state read_answer(int fd, struct answer* answer, uint64_t* bytes);

// A whole exchange on a blocking socket; dies unless the answer is good.
void exchange_blocking(int fd, const struct request_list* list, size_t index);
