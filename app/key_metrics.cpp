#include "app/key_metrics.hpp"

#include "http/exposition.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace sluice::app {

namespace {

std::uint64_t written_at(const std::string& path) {
    struct stat facts {};
    if (path.empty() || ::stat(path.c_str(), &facts) != 0) {
        return 0;
    }
    return static_cast<std::uint64_t>(std::max<time_t>(facts.st_mtim.tv_sec, 0));
}

} // namespace

key_metrics::key_metrics(const core::loaded_keys& keys, const std::string& path)
    : is_ephemeral_(keys.ephemeral), count_(keys.ring.keys().size()), written_(written_at(path)) {}

void key_metrics::append(std::string& text) const {
    http::exposition out(text);
    const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.family(name, "gauge", help);
        out.sample({}, value);
    };
    gauge("sluice_ephemeral_key",
          "1 when tokens are signed with a random key that dies with the process.",
          is_ephemeral_ ? 1 : 0);
    gauge("sluice_keys", "Signing keys in force.", count_);
    gauge("sluice_keys_written_timestamp_seconds",
          "When the key file in force was written, in Unix time; 0 without one.", written_);
}

} // namespace sluice::app
