#include "app/service/store_service.hpp"

#include "app/service/token_policy.hpp"
#include "http/telemetry/exposition.hpp"

#include <string>
#include <utility>

namespace sluice::app {

namespace {

store::store_address address_of(const core::config::store_section& settings) {
    return {.url = settings.url, .timeout = std::chrono::milliseconds(settings.timeout_ms)};
}

} // namespace

store_service::store_service(const core::config& settings, const core::clock& clock,
                             service_log& log)
    : settings_(settings.store), token_lifetime_(longest_use(settings)), clock_(clock), log_(log),
      where_(address_of(settings_)),
      is_migrated_(settings_.migrate == core::store_migration::manual),
      pool_([where = where_] { return store::open_store(where); }, reporter("grants")),
      grants_(pool_, {.entries = settings_.cache_lifetime_ms == 0 ? 0 : settings_.cache_entries,
                      .lifetime = std::chrono::milliseconds(settings_.cache_lifetime_ms)}),
      threads_({.threads = settings_.connections}, [this](const std::exception& fault) {
          log_.error("store_question_failed", {{"cause", fault.what()}});
      }) {}

store::connection_pool::state_handler store_service::reporter(std::string_view use) {
    return [this, use](const core::store_fault* fault) {
        if (fault == nullptr) {
            log_.info("store_recovered", {{"use", use}});
        } else {
            log_.error("store_failing", {{"use", use}, {"cause", fault->cause}});
        }
    };
}

core::store_result<std::unique_ptr<core::access_store>> store_service::open_migrated() {
    if (!is_migrated_) {
        auto created = store::create_store(where_);
        if (!created) {
            return created;
        }
        const auto found = (*created)->migrate();
        if (!found) {
            return found.error();
        }
        is_migrated_ = true;
    }
    return store::open_store(where_);
}

void store_service::start(table_handler on_revocations) {
    store::change_feed::listener tell{
        .on_revocations =
            [this, tell_more = std::move(on_revocations)](const auto& table) {
                const bool is_first = !revoked_.are_known();
                revoked_.put(table);
                tell_more(table);
                if (is_first) {
                    log_.info("revocations_loaded", {{"entries", std::to_string(table->size())},
                                                     {"bytes", std::to_string(table->bytes())}});
                }
            },
        .on_grants =
            [this](bool is_live) {
                is_followed_.store(is_live, std::memory_order_relaxed);
                grants_.forget(is_live);
            },
        .on_state = reporter("changes"),
        .on_look = [this] { looked_at_.store(clock_.steady(), std::memory_order_relaxed); },
    };
    feed_.emplace([this] { return open_migrated(); },
                  store::change_feed::settings{.token_lifetime = token_lifetime_,
                                               .max_revocations = settings_.max_revocations},
                  clock_, std::move(tell));
}

void store_service::append_metrics(std::string& text) const {
    http::exposition out(text);
    out.family("sluice_store_followed", "gauge",
               "1 while changes of the store arrive; 0: the node uses the last known revocations.");
    out.sample({}, is_followed_.load(std::memory_order_relaxed) ? 1 : 0);
    const auto table = revoked_.table();
    out.family("sluice_revocations", "gauge", "Revocations in memory.");
    out.sample({}, table == nullptr ? 0 : table->size());
}

void store_service::stop() {
    feed_.reset();
}

} // namespace sluice::app
