#include "app/service/key_metrics.hpp"

#include "http/telemetry/exposition.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

namespace sluice::app {

namespace {

std::uint64_t written_at(const std::string& path) {
    struct stat facts {};
    if (path.empty() || ::stat(path.c_str(), &facts) != 0) {
        return 0;
    }
    return static_cast<std::uint64_t>(std::max<time_t>(facts.st_mtim.tv_sec, 0));
}

std::string text_of(const std::optional<std::int64_t>& time) {
    return time ? std::to_string(*time) : "-";
}

// Equal on nodes with the same keys, kids, times and order. 32 bits of a MAC reveal less than any
// token does.
std::uint32_t fingerprint_of(const core::key_ring& ring) {
    std::uint32_t value = 0;
    for (const auto& key : ring.keys()) {
        const auto tag = key.key().mac(
            "sluice keys fingerprint\n" + key.kid() + '\n' + text_of(key.window().not_before) +
            '\n' + text_of(key.window().not_after) + '\n' + std::to_string(value));
        value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = value << 8U | tag[i];
        }
    }
    return value;
}

} // namespace

key_metrics::key_metrics(const core::loaded_keys& keys, const std::string& path)
    : is_ephemeral_(keys.ephemeral), count_(keys.ring.keys().size()),
      fingerprint_(fingerprint_of(keys.ring)), written_(written_at(path)) {}

void key_metrics::append(std::string& text) const {
    http::exposition out(text);
    const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.family(name, "gauge", help);
        out.sample({}, value);
    };
    gauge("sluice_ephemeral_key",
          "1 if no key is configured: tokens are signed with a random key and become invalid when "
          "the process ends.",
          is_ephemeral_ ? 1 : 0);
    gauge("sluice_keys", "Signing keys in use.", count_);
    gauge("sluice_keys_fingerprint",
          "A number computed from all keys; it differs between nodes with different keys, kids, "
          "times or orders of keys.",
          fingerprint_);
    gauge("sluice_keys_written_timestamp_seconds",
          "Modification time of the key file in use, since the Unix epoch; 0 without a file.",
          written_);
}

} // namespace sluice::app
