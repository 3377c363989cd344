#include "http/storage/storage_metrics.hpp"

#include "http/telemetry/exposition.hpp"

#include <cstdint>
#include <memory>
#include <span>
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
            "1 while a device does not answer; requests for its files get 503."},
           all, [](const device& one) { return std::uint64_t{one.is_away()}; });
    append(out, {"sluice_storage_waiting", "gauge", "Opens and reads that wait for a thread."}, all,
           [](device& one) {
               return std::uint64_t{one.opens().look().waiting + one.reads().look().waiting};
           });
    append(out, {"sluice_storage_busy", "gauge", "Threads that wait for the device."}, all,
           [](device& one) {
               return std::uint64_t{one.opens().look().busy + one.reads().look().busy};
           });
    append(out,
           {"sluice_storage_read_failures_total", "counter",
            "Reads that failed, of those in sluice_storage_read_seconds."},
           all, [](const device& one) { return one.reads_counted().failures.value(); });
    append(out,
           {"sluice_storage_read_bytes_total", "counter",
            "Bytes read from the device because they were not in memory."},
           all, [](const device& one) { return one.reads_counted().bytes.value(); });
    out.family("sluice_storage_read_seconds", "histogram",
               "Time to read up to 256 KiB that were not in memory.");
    for (const auto& one : all) {
        const device* const which = one.get();
        out.histogram(
            {{"device", one->where().device}}, 6, std::span(&which, 1),
            [](const device& each) -> const auto& { return each.reads_counted().time; });
    }
    out.family("sluice_storage_window_bytes", "gauge",
               "Memory of bytes that were read and have not been sent.");
    out.sample({}, std::uint64_t{of.buffers().in_use()});
}

} // namespace sluice::http
