#include "http/storage/storage_metrics.hpp"

#include "http/telemetry/exposition.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::http {

namespace {

using devices = std::vector<std::shared_ptr<storage_device>>;

struct family {
    std::string_view name, type, help;
};

template <class Value>
void append(exposition& out, const family& what, const devices& all, Value value) {
    out.family(what.name, what.type, what.help);
    for (const auto& one : all) {
        out.sample({{"device", one->where().device}}, value(*one));
    }
}

} // namespace

void append_storage_metrics(const storage& of, std::string& text) {
    exposition out(text);
    const auto all = of.devices();
    using device = storage_device;
    append(out,
           {"sluice_storage_away", "gauge",
            "1 while a device does not answer; its files are refused meanwhile."},
           all, [](const device& one) { return std::uint64_t{one.is_away()}; });
    append(
        out,
        {"sluice_storage_waiting", "gauge", "Opens and reads that wait for a thread of a device."},
        all, [](device& one) {
            return std::uint64_t{one.opens().look().waiting + one.reads().look().waiting};
        });
    append(out, {"sluice_storage_busy", "gauge", "Threads that wait for a device."}, all,
           [](device& one) {
               return std::uint64_t{one.opens().look().busy + one.reads().look().busy};
           });
    append(out,
           {"sluice_storage_reads_total", "counter",
            "Windows of files read from a device because they were not in memory."},
           all, [](const device& one) { return one.reads_done.load(); });
    append(out, {"sluice_storage_read_failures_total", "counter", "Of those, reads that failed."},
           all, [](const device& one) { return one.reads_failed.load(); });
    append(out, {"sluice_storage_read_bytes_total", "counter", "Bytes that they brought."}, all,
           [](const device& one) { return one.bytes_read.load(); });
    append(out, {"sluice_storage_read_seconds_total", "counter", "Time that they took, summed."},
           all, [](const device& one) {
               return fixed_point{one.read_microseconds.load(), 6};
           });
    out.family("sluice_storage_window_bytes", "gauge",
               "Memory of what has been read and has not been sent.");
    out.sample({}, std::uint64_t{of.buffers().in_use()});
}

} // namespace sluice::http
