// The fixed answer of the two floors. They say what bytes cost, not what HTTP costs: the header
// section is as long as the one they are compared with, and says nothing but the length.
#pragma once

#include <stddef.h>

// A header section of exactly `header_bytes`, for a body of `body_bytes`, with room for
// `extra_bytes` after it. Dies when that is too short to hold it.
char* make_header(size_t header_bytes, size_t body_bytes, size_t extra_bytes);
