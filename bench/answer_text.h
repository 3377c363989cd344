// The fixed response of the two floors. The floors measure the cost of bytes, not of HTTP: the
// header section is as long as that of the compared server and holds only the length. Used by
// bench/floor.c and bench/sendfile_floor.c.
#pragma once

#include <stddef.h>

// A header section of exactly `header_bytes`, for a body of `body_bytes`, with room for
// `extra_bytes` after it. Exits when `header_bytes` is too short.
char* make_header(size_t header_bytes, size_t body_bytes, size_t extra_bytes);
