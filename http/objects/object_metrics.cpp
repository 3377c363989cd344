// The metrics of object stores: object_origin::append_metrics().

#include "http/objects/object_origin.hpp"
#include "http/telemetry/exposition.hpp"

#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

namespace {

constexpr std::array<std::string_view, object_call_count> kinds{"head", "get", "list"};

using origins = std::span<const object_origin* const>;

/// The families of a list of origins: each has a sample or more of every origin.
class origin_families {
  public:
    origin_families(origins all, std::string& out) : text_(out), all_(all) {}

    /// `write(text, origin, name)` writes the samples.
    template <class Write>
    void add(std::string_view family, std::string_view type, std::string_view help, Write write) {
        text_.family(family, type, help);
        for (const auto* const one : all_) {
            write(text_, *one, std::string_view(one->with().name));
        }
    }
    /// A family with one sample for each origin.
    template <class Value>
    void add_one(std::string_view family, std::string_view type, std::string_view help,
                 Value value) {
        add(family, type, help, [&](auto& text, const auto& one, std::string_view name) {
            text.sample({{"origin", name}}, std::uint64_t{value(one)});
        });
    }

  private:
    exposition text_;
    origins all_;
};

} // namespace

void object_origin::append_metrics(origins all, std::string& out) {
    if (all.empty()) {
        return;
    }
    constexpr auto relaxed = std::memory_order_relaxed;
    origin_families families(all, out);
    families.add("sluice_object_requests_total", "counter",
                 "Requests to the object store, by what came of them.",
                 [](auto& text, const object_origin& one, std::string_view name) {
                     for (std::size_t i = 0; i < object_outcome_count; ++i) {
                         const auto outcome = name_of(static_cast<object_outcome>(i));
                         text.sample({{"origin", name}, {"outcome", outcome}},
                                     one.outcomes_[i].load(relaxed));
                     }
                 });
    families.add("sluice_object_first_byte_seconds", "histogram",
                 "Time until the head of a response of the store had arrived.",
                 [](auto& text, const object_origin& one, std::string_view name) {
                     for (std::size_t i = 0; i < object_call_count; ++i) {
                         const request_times* const which = &one.times_[i];
                         text.histogram(
                             {{"origin", name}, {"kind", kinds[i]}}, 6, std::span(&which, 1),
                             [](const request_times& each) -> const auto& { return each; });
                     }
                 });
    families.add(
        "sluice_object_connections", "gauge", "Connections to the store.",
        [](auto& text, const object_origin& one, std::string_view name) {
            const auto idle = one.connections_->idle.load(relaxed);
            const auto open = one.connections_->open.load(relaxed);
            // The two are not read at the same instant.
            text.sample({{"origin", name}, {"state", "busy"}}, open - std::min(open, idle));
            text.sample({{"origin", name}, {"state", "idle"}}, idle);
        });
    families.add_one("sluice_object_connections_opened_total", "counter",
                     "Connections to the store that were opened.", [](const object_origin& one) {
                         return one.connections_->opened.load(relaxed);
                     });
    families.add_one("sluice_object_bytes_total", "counter", "Bytes of objects received.",
                     [](const object_origin& one) { return one.bytes_.load(relaxed); });
    families.add_one("sluice_object_buffer_bytes", "gauge", "Memory for bytes not yet sent.",
                     [](const object_origin& one) { return one.buffered_.load(relaxed); });
    families.add_one("sluice_object_released_total", "counter",
                     "Transfers from the store that were given up because the client paused.",
                     [](const object_origin& one) { return one.released_.load(relaxed); });
    families.add_one("sluice_object_resumed_total", "counter",
                     "Transfers from the store that were taken up again in the middle.",
                     [](const object_origin& one) { return one.resumed_.load(relaxed); });
    families.add_one("sluice_object_clock_offset_seconds", "gauge",
                     "How far the clock of the store differs from ours, where it rejected ours.",
                     [](const object_origin& one) {
                         return static_cast<std::uint64_t>(std::abs(one.clock_offset().count()));
                     });
    families.add_one("sluice_object_credentials_expire_timestamp_seconds", "gauge",
                     "When the credentials of the store end; 0: they do not say, or there are "
                     "none.",
                     [](const object_origin& one) {
                         return static_cast<std::uint64_t>(one.credentials_end_.load(relaxed));
                     });
    families.add_one("sluice_object_ready", "gauge",
                     "1 when the last list of the courses in the store succeeded.",
                     [](const object_origin& one) { return one.is_ready(); });
}

} // namespace sluice::http
