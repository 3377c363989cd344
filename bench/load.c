// Loads a server from one thread:
//   load -p PORT -c CONNECTIONS -f REQUESTS -s SECONDS -P PID[,PID] [-w WARM_UP_MS] [-r RATE] [-k]
//   [-n]
// It opens all connections, makes one exchange on each (not with -n), warms up, and then measures
// for SECONDS; connecting and closing lie outside the window. Without -r, each connection sends a new request as soon as it has a response (closed loop). With
// -r, requests fall due at RATE per second regardless of the server, and latency counts from when a
// request was due, not from when it could be sent (open loop). With -k, each connection repeats one
// request of the list; otherwise every request is the next of the list.

#include "exchange.h"
#include "load_report.h"
#include "tcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { events_at_once = 512, most_connections = 1 << 20 };

static const uint64_t patience_ns = 20U * 1000000000ULL;

struct connection {
    int fd;
    int is_busy;
    struct answer answer;
    uint64_t since_ns; // open loop: when the current request was due, or the next one will be
    uint32_t overdue;  // open loop: requests that fell due during another one
};

struct load {
    uint16_t port;
    size_t count;
    uint64_t seconds;
    uint64_t warm_up_ns;
    uint64_t rate;
    int is_sticky;
    int is_bare; // no exchange while connecting
    const char* pids;
    struct request_list requests;
    struct connection* connections;
    int epoll;
    size_t next_request;
    uint64_t begin_ns;
    uint64_t fallen_due; // open loop
    uint64_t heard_ns;   // time of the last response
    int is_measuring;
    uint64_t bytes;
    struct window window;
};

static void connect_all(struct load* load) {
    load->connections = calloc(load->count, sizeof *load->connections);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load->connections == NULL)
        die("calloc");
    for (size_t i = 0; i < load->count; ++i) {
        struct connection* const one = &load->connections[i];
        one->fd = connect_from("127.0.0.1", load->port, 0);
        // Also limits the rate of connecting to that of the server's accepting.
        if (!load->is_bare)
            exchange_blocking(one->fd, &load->requests, i);
        set_non_blocking(one->fd);
        watch(load->epoll, one->fd, EPOLLIN, one);
    }
}

static void ask(struct load* load, struct connection* one) {
    const size_t own = (size_t)(one - load->connections);
    one->is_busy = 1;
    one->answer = (struct answer){0};
    send_request(one->fd, &load->requests, load->is_sticky ? own : load->next_request++);
}

static uint64_t due_ns(const struct load* load, uint64_t index) {
    return load->begin_ns + (uint64_t)((double)index * 1e9 / (double)load->rate);
}

static void ask_what_is_due(struct load* load, uint64_t now) {
    while (due_ns(load, load->fallen_due) <= now) {
        struct connection* const one = &load->connections[load->fallen_due % load->count];
        if (one->is_busy) {
            ++one->overdue;
        } else {
            one->since_ns = due_ns(load, load->fallen_due);
            ask(load, one);
        }
        ++load->fallen_due;
    }
}

static void on_answered(struct load* load, struct connection* one) {
    const uint64_t now = now_ns();
    load->heard_ns = now;
    if (load->is_measuring)
        add_latency(&load->window, now - one->since_ns);
    one->is_busy = 0;
    if (load->rate == 0) {
        one->since_ns = now;
        ask(load, one);
    } else if (one->overdue > 0) {
        --one->overdue;
        one->since_ns += (uint64_t)((double)load->count * 1e9 / (double)load->rate);
        ask(load, one);
    }
}

static void on_readable(struct load* load, struct connection* one) {
    const enum answer_state state = read_answer(one->fd, &one->answer, &load->bytes);
    if (state == answer_bad)
        die("not a whole 2xx answer");
    if (state == answer_complete)
        on_answered(load, one);
}

static void open_window(struct load* load, uint64_t now) {
    load->is_measuring = 1;
    load->bytes = 0;
    load->window.cpu_seconds = -cpu_seconds_of(load->pids);
    load->window.begin_ns = now;
}

static void close_window(struct load* load, uint64_t now) {
    load->window.cpu_seconds += cpu_seconds_of(load->pids);
    load->window.end_ns = now;
    load->window.bytes = load->bytes;
}

static void begin(struct load* load) {
    load->begin_ns = load->heard_ns = now_ns();
    for (size_t i = 0; load->rate == 0 && i < load->count; ++i) {
        load->connections[i].since_ns = now_ns();
        ask(load, &load->connections[i]);
    }
}

static void run(struct load* load) {
    struct epoll_event events[events_at_once];
    begin(load);
    for (;;) {
        const uint64_t now = now_ns();
        if (!load->is_measuring && now >= load->begin_ns + load->warm_up_ns)
            open_window(load, now);
        if (load->is_measuring && now >= load->window.begin_ns + load->seconds * 1000000000U) {
            close_window(load, now);
            return;
        }
        if (now > load->heard_ns + patience_ns) {
            errno = ETIMEDOUT;
            die("no answer");
        }
        if (load->rate != 0)
            ask_what_is_due(load, now);
        // The open loop spins: a timer's delay would exceed the measured latencies.
        const int ready =
            epoll_wait(load->epoll, events, events_at_once, load->rate != 0 ? 0 : 100);
        for (int i = 0; i < ready; ++i)
            on_readable(load, events[i].data.ptr);
    }
}

static void read_options(int argc, char** argv, struct load* load) {
    int option = 0;
    while ((option = getopt(argc, argv, "p:c:f:s:P:w:r:kn")) != -1) {
        switch (option) {
        case 'p':
            load->port = (uint16_t)number(optarg, 65535);
            break;
        case 'c':
            load->count = number(optarg, most_connections);
            break;
        case 'f':
            load->requests = load_requests(optarg);
            break;
        case 's':
            load->seconds = number(optarg, 3600);
            break;
        case 'P':
            load->pids = optarg;
            break;
        case 'w':
            load->warm_up_ns = number(optarg, 60000) * 1000000U;
            break;
        case 'r':
            load->rate = number(optarg, 10000000);
            break;
        case 'k':
            load->is_sticky = 1;
            break;
        case 'n':
            load->is_bare = 1;
            break;
        default:
            exit(2);
        }
    }
}

int main(int argc, char** argv) {
    struct load load = {.warm_up_ns = 500000000U};
    read_options(argc, argv, &load);
    if (load.count == 0 || load.requests.count == 0 || load.seconds == 0 || load.pids == NULL) {
        fputs("usage: load -p PORT -c CONNECTIONS -f REQUESTS -s SECONDS -P PIDS "
              "[-w WARM_UP_MS] [-r RATE] [-k] [-n]\n",
              stderr);
        return 2;
    }
    connect_all(&load);
    run(&load);
    print_window(&load.window);
    return 0;
}
