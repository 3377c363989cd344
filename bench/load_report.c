#include "load_report.h"

#include "tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double cpu_seconds_of_one(unsigned long pid) {
    char path[64];
    char line[1024];
    snprintf(path, sizeof path, "/proc/%lu/stat", pid);
    FILE* const file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        die(path);
    fclose(file);
    // The name of the program may contain any character; the fields after it contain no
    // parenthesis.
    const char* const fields = strrchr(line, ')');
    unsigned long user = 0;
    unsigned long system = 0;
    if (fields == NULL || sscanf(fields + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                                 &user, &system) != 2)
        die(path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double cpu_seconds_of(const char* pids) {
    double sum = 0;
    const char* next = pids;
    for (int i = 0; i < most_processes && *next != '\0'; ++i) {
        char* end = NULL;
        sum += cpu_seconds_of_one(strtoul(next, &end, 10));
        next = *end == ',' ? end + 1 : end;
    }
    return sum;
}

void add_latency(struct window* window, uint64_t nanoseconds) {
    if (window->completed == window->room) {
        window->room = window->room == 0 ? 1U << 20 : window->room * 2;
        window->latencies_us = realloc(window->latencies_us, window->room * sizeof(float));
        if (window->latencies_us == NULL)
            die("realloc");
    }
    window->latencies_us[window->completed++] = (float)nanoseconds / 1000.0F;
}

static int by_value(const void* left, const void* right) {
    const float a = *(const float*)left;
    const float b = *(const float*)right;
    return (a > b) - (a < b);
}

static double percentile(const struct window* window, double share) {
    if (window->completed == 0)
        return 0;
    const size_t at = (size_t)(share * (double)(window->completed - 1) + 0.5);
    return (double)window->latencies_us[at];
}

void print_window(struct window* window) {
    qsort(window->latencies_us, window->completed, sizeof(float), by_value);
    printf("{\"requests\": %zu, \"seconds\": %.6f, \"bytes\": %llu, \"cpu_seconds\": %.2f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f}\n",
           window->completed, (double)(window->end_ns - window->begin_ns) / 1e9,
           (unsigned long long)window->bytes, window->cpu_seconds, percentile(window, 0.5),
           percentile(window, 0.99), percentile(window, 0.999), percentile(window, 1.0));
}
