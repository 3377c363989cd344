// The report of bench/load: latencies, bytes, and the CPU time of the server in the same window.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { most_processes = 64 };

struct window {
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t bytes;
    double cpu_seconds; // at the end of the window minus at its start
    float* latencies_us;
    size_t completed;
    size_t room;
};

// The user and system time of the processes in `pids` ("12,34"), in seconds.
double cpu_seconds_of(const char* pids);

void add_latency(struct window* window, uint64_t nanoseconds);

// Prints one line of JSON.
void print_window(struct window* window);
