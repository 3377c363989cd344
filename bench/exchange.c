#include "exchange.h"

#include "tcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { header_room = 16384, most_requests = 1 << 20 };

// The most bytes taken from one connection in a turn, so that the others get their turns.
static const size_t turn_bytes = 1U << 20;

static char* read_file(const char* path, size_t* size) {
    FILE* const file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die(path);
    const long end = ftell(file);
    rewind(file);
    char* const text = end > 0 ? malloc((size_t)end) : NULL;
    if (text == NULL || fread(text, 1, (size_t)end, file) != (size_t)end)
        die(path);
    fclose(file);
    *size = (size_t)end;
    return text;
}

struct request_list load_requests(const char* path) {
    size_t size = 0;
    const char* const text = read_file(path, &size);
    size_t* const begin = calloc(most_requests + 1, sizeof *begin);
    if (begin == NULL)
        die("calloc");
    size_t count = 0;
    while (begin[count] < size && count < most_requests) {
        const char* const end = memmem(text + begin[count], size - begin[count], "\r\n\r\n", 4);
        if (end == NULL)
            break;
        begin[++count] = (size_t)(end + 4 - text);
    }
    if (count == 0 || begin[count] != size) {
        errno = EINVAL;
        die(path);
    }
    return (struct request_list){.bytes = text, .begin = begin, .count = count};
}

void send_request(int fd, const struct request_list* list, size_t index) {
    const size_t at = index % list->count;
    const size_t size = list->begin[at + 1] - list->begin[at];
    const ssize_t sent = send(fd, list->bytes + list->begin[at], size, MSG_NOSIGNAL);
    if (sent < 0 || (size_t)sent != size)
        die("request not sent whole");
}

// The value of Content-Length in a header section, or -1.
static int64_t content_length(const char* header, size_t size) {
    const char* name = memmem(header, size, "\r\nContent-Length: ", 18);
    if (name == NULL)
        name = memmem(header, size, "\r\ncontent-length: ", 18);
    return name == NULL ? -1 : (int64_t)strtoull(name + 18, NULL, 10);
}

static enum answer_state read_header(int fd, struct answer* answer, uint64_t* bytes) {
    static char text[header_room];
    const ssize_t got = recv(fd, text, sizeof text - 1, 0);
    if (got < 0 && errno == EAGAIN)
        return answer_incomplete;
    if (got <= 0)
        return answer_bad;
    const size_t size = (size_t)got;
    text[size] = '\0';
    const char* const end = memmem(text, size, "\r\n\r\n", 4);
    if (end == NULL || strncmp(text, "HTTP/1.1 2", 10) != 0)
        return answer_bad;
    const size_t header = (size_t)(end + 4 - text);
    const int64_t length = content_length(text, header);
    if (length < 0 || size - header > (uint64_t)length)
        return answer_bad;
    *bytes += size;
    answer->body_left = (uint64_t)length - (size - header);
    answer->is_in_body = answer->body_left > 0;
    return answer->is_in_body ? answer_incomplete : answer_complete;
}

enum answer_state read_answer(int fd, struct answer* answer, uint64_t* bytes) {
    if (!answer->is_in_body)
        return read_header(fd, answer, bytes);
    const size_t most = answer->body_left < turn_bytes ? answer->body_left : turn_bytes;
    const ssize_t got = recv(fd, NULL, most, MSG_TRUNC);
    if (got < 0 && errno == EAGAIN)
        return answer_incomplete;
    if (got <= 0)
        return answer_bad;
    *bytes += (uint64_t)got;
    answer->body_left -= (uint64_t)got;
    answer->is_in_body = answer->body_left > 0;
    return answer->is_in_body ? answer_incomplete : answer_complete;
}

void exchange_blocking(int fd, const struct request_list* list, size_t index) {
    struct answer answer = {0};
    uint64_t bytes = 0;
    enum answer_state state = answer_incomplete;
    send_request(fd, list, index);
    while (state == answer_incomplete)
        state = read_answer(fd, &answer, &bytes);
    if (state == answer_bad)
        die("not a whole 2xx answer");
}
