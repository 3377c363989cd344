#include "app/service/certificates.hpp"

#include "core/text/timestamp.hpp"
#include "http/telemetry/exposition.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sluice::app {

namespace {

std::string text_of(std::chrono::sys_seconds when) {
    return core::format_timestamp(when.time_since_epoch().count());
}

} // namespace

std::vector<std::string> certificate_files(const core::config& settings) {
    std::vector<std::string> files;
    for (const auto& listener : settings.listeners) {
        files.push_back(listener.certificate);
        files.push_back(listener.key);
    }
    return files;
}

certificates::certificates(const core::config& settings) {
    for (const auto& listener : settings.listeners) {
        if (!listener.certificate.empty() && starter_of(listener) == nullptr) {
            contexts_.push_back(std::make_unique<tls::context>(listener));
        }
    }
    use(load(settings.tls));
}

const http::session_starter*
certificates::starter_of(const core::listener_settings& listener) const noexcept {
    const auto found =
        std::ranges::find_if(contexts_, [&](const auto& one) { return one->is_of(listener); });
    return found == contexts_.end() ? nullptr : found->get();
}

certificates::staged certificates::load(const core::config::tls_section& with) const {
    staged loaded;
    for (const auto& one : contexts_) {
        loaded.push_back(one->load(with));
    }
    return loaded;
}

void certificates::use(staged next) {
    for (std::size_t i = 0; i < contexts_.size(); ++i) {
        contexts_[i]->use(std::move(next[i]));
    }
}

void certificates::warn(std::chrono::sys_seconds now, service_log& log) const {
    for (const auto& one : contexts_) {
        const auto holds = one->valid();
        if (now < holds.from || now > holds.until) {
            log.warning("certificate_not_valid", {{"certificate", one->certificate()},
                                                  {"valid_from", text_of(holds.from)},
                                                  {"valid_until", text_of(holds.until)}});
        }
    }
}

void certificates::append_metrics(std::string& text) const {
    if (contexts_.empty()) {
        return;
    }
    auto first = std::chrono::sys_seconds::max();
    for (const auto& one : contexts_) {
        first = std::min(first, one->valid().until);
    }
    http::exposition out(text);
    out.family("sluice_tls_certificate_expiry_timestamp_seconds", "gauge",
               "Time at which the first of the certificates in use expires, since the Unix epoch.");
    out.sample({}, static_cast<std::uint64_t>(
                       std::max<std::int64_t>(0, first.time_since_epoch().count())));
}

} // namespace sluice::app
