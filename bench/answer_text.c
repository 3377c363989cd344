#include "answer_text.h"

#include "tcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char* make_header(size_t header_bytes, size_t body_bytes, size_t extra_bytes) {
    static const char tail[] = "\r\n\r\n";
    char* const text = malloc(header_bytes + extra_bytes + 1);
    if (text == NULL)
        die("malloc");
    const int used = snprintf(text, header_bytes,
                              "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nX-Pad: ", body_bytes);
    const size_t tail_bytes = sizeof tail - 1;
    if (used < 0 || (size_t)used + tail_bytes > header_bytes) {
        errno = ENOSPC;
        die("header section");
    }
    memset(text + used, 'p', header_bytes - (size_t)used);
    memcpy(text + header_bytes - tail_bytes, tail, tail_bytes);
    return text;
}
