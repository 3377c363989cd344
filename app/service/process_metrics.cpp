#include "app/service/process_metrics.hpp"

#include "app/process/version.hpp"
#include "http/telemetry/exposition.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace sluice::app {

namespace {

constexpr unsigned microseconds = 6; // decimals of a second

std::uint64_t microseconds_of(const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(time.tv_usec);
}

std::uint64_t cpu_time() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return microseconds_of(used.ru_utime) + microseconds_of(used.ru_stime);
}

// Virtual and resident size, in bytes.
struct memory_use {
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
};

memory_use memory() {
    memory_use pages;
    std::ifstream("/proc/self/statm") >> pages.size >> pages.resident;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {.size = pages.size * page, .resident = pages.resident * page};
}

// Linux 6.2 and later report the number as the directory's size; on older kernels the entries have
// to be counted.
std::uint64_t open_descriptors() {
    struct stat facts {};
    if (::stat("/proc/self/fd", &facts) == 0 && facts.st_size > 0) {
        return static_cast<std::uint64_t>(facts.st_size);
    }
    std::error_code ec;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", ec), end; !ec && at != end;
         at.increment(ec)) {
        ++count;
    }
    return count;
}

std::uint64_t most_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::uint64_t threads() {
    std::error_code ec;
    const auto links = std::filesystem::hard_link_count("/proc/self/task", ec);
    return ec || links < 2 ? 0 : links - 2; // "." and ".." are links too
}

} // namespace

process_metrics::process_metrics() : started_(std::chrono::system_clock::now()) {}

void process_metrics::append(std::string& text) const {
    http::exposition out(text);
    const auto plain = [&](std::string_view name, std::string_view type, std::string_view help,
                           http::fixed_point value) {
        out.family(name, type, help);
        out.sample({}, value);
    };
    const auto used = memory();
    const auto started =
        std::chrono::floor<std::chrono::milliseconds>(started_).time_since_epoch().count();
    plain("process_cpu_seconds_total", "counter", "User and system CPU time used.",
          {cpu_time(), microseconds});
    plain("process_resident_memory_bytes", "gauge", "Resident memory.", {used.resident});
    plain("process_virtual_memory_bytes", "gauge", "Virtual memory.", {used.size});
    plain("process_open_fds", "gauge", "Open file descriptors.", {open_descriptors()});
    plain("process_max_fds", "gauge", "Maximum number of open file descriptors.",
          {most_descriptors()});
    plain("process_threads", "gauge", "Number of threads.", {threads()});
    plain("process_start_time_seconds", "gauge", "Start time of the process since the Unix epoch.",
          {static_cast<std::uint64_t>(started), 3});
    out.family("sluice_build_info", "gauge",
               "Always 1; the labels are the version and the compiler.");
    out.sample({{"version", version()}, {"compiler", __VERSION__}}, 1);
}

} // namespace sluice::app
