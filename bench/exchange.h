// One HTTP/1.1 exchange of the benchmark's clients: a request from a prepared list, and a response
// that must be 2xx with a Content-Length. Bodies are dropped inside the kernel, so that the client
// does not become the bottleneck of rows with large bodies. Used by bench/load.c and bench/hold.c.
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

// Sends the whole of request `index` (modulo the count); exits when the socket does not accept it
// at once, because its buffer must be empty then.
void send_request(int fd, const struct request_list* list, size_t index);

// The progress of the response on a connection. Zero-initialised before the first byte.
struct answer {
    uint64_t body_left;
    int is_in_body;
};

enum answer_state { answer_incomplete, answer_complete, answer_bad };

// Processes the result of one recv and adds its size to `bytes`. Bad is any response other than a
// 2xx whose header section came in one piece, and the end of the connection.
enum answer_state read_answer(int fd, struct answer* answer, uint64_t* bytes);

// Makes a whole exchange on a blocking socket; exits unless the response is good.
void exchange_blocking(int fd, const struct request_list* list, size_t index);
