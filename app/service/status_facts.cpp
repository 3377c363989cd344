#include "app/service/status_facts.hpp"

#include "core/text/timestamp.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace sluice::app {

namespace json = boost::json;

namespace {

json::value time_or_null(const std::optional<std::int64_t>& time) {
    return time ? json::value(core::format_timestamp(*time)) : json::value(nullptr);
}

/// The seconds since `then`; 0 when a clock was set back.
std::int64_t seconds_since(std::int64_t then, std::chrono::sys_seconds now) noexcept {
    return std::max<std::int64_t>(now.time_since_epoch().count() - then, 0);
}

std::string_view state_of(const core::key_ring& ring, const core::signing_key& key,
                          std::chrono::seconds grace, std::chrono::sys_seconds now) {
    const auto& from = key.window().not_before;
    return &ring.signer(now) == &key                        ? "signs"
           : from && *from > now.time_since_epoch().count() ? "waits"
           : ring.is_over(key.kid(), now, grace)            ? "over"
                                                            : "verifies";
}

} // namespace

void add_signing_keys(const core::loaded_keys& keys, std::uint64_t written,
                      std::chrono::seconds grace, std::chrono::sys_seconds now, json::object& out) {
    json::array list;
    for (const auto& key : keys.ring.keys()) {
        const auto& window = key.window();
        list.push_back({{"kid", key.kid()},
                        {"state", state_of(keys.ring, key, grace, now)},
                        {"not_before", time_or_null(window.not_before)},
                        {"not_after", time_or_null(window.not_after)}});
    }
    out["signing_keys"] = json::object{
        {"random", keys.ephemeral},
        {"file_age_s", written == 0
                           ? json::value(nullptr)
                           : json::value(seconds_since(static_cast<std::int64_t>(written), now))},
        {"keys", std::move(list)}};
}

void add_issuer_keys(const core::issuer_keys* keys, std::chrono::sys_seconds now,
                     json::object& out) {
    json::array list;
    if (keys != nullptr) {
        for (const auto& key : keys->all()) {
            const bool is_over = key.not_after && *key.not_after <= now.time_since_epoch().count();
            list.push_back(
                {{"name", key.name},
                 {"state", is_over ? "retired" : "valid"},
                 {"age_s", key.created_at ? json::value(seconds_since(*key.created_at, now))
                                          : json::value(nullptr)},
                 {"not_after", time_or_null(key.not_after)}});
        }
    }
    out["issuer_keys"] = std::move(list);
}

void add_object_stores(std::span<const http::object_origin* const> all,
                       std::chrono::steady_clock::time_point now, json::object& out) {
    json::array list;
    for (const auto* const objects : all) {
        const auto& with = objects->with();
        const auto last = objects->last_outcome();
        const auto end = objects->credentials_end().time_since_epoch().count();
        json::value problem = nullptr;
        if (const auto trouble = objects->last_trouble()) {
            const auto age = std::chrono::floor<std::chrono::seconds>(now - trouble->at).count();
            problem = json::object{{"outcome", name_of(trouble->what)},
                                   {"code", trouble->code},
                                   {"age_s", std::max<std::int64_t>(age, 0)}};
        }
        list.push_back({{"name", with.name},
                        {"endpoint", with.endpoint.base()},
                        {"bucket", with.bucket},
                        {"ready", objects->is_ready()},
                        {"last_outcome", last ? json::value(name_of(*last)) : json::value(nullptr)},
                        {"last_problem", std::move(problem)},
                        {"credentials_end", end == 0 ? json::value(nullptr) : time_or_null(end)}});
    }
    out["object_stores"] = std::move(list);
}

void add_store(const store_service* store, std::chrono::steady_clock::time_point now,
               json::object& out) {
    if (store == nullptr) {
        out["store"] = nullptr;
        return;
    }
    const auto looked = store->looked_at();
    const auto table = store->revoked().table();
    json::value lag = nullptr;
    if (looked != decltype(looked){}) {
        constexpr double thousand = 1000;
        const auto since = std::chrono::floor<std::chrono::milliseconds>(now - looked).count();
        lag = static_cast<double>(std::max<std::int64_t>(since, 0)) / thousand;
    }
    out["store"] = json::object{{"followed", store->is_followed()},
                                {"lag_s", std::move(lag)},
                                {"revocations", table == nullptr ? 0 : table->size()}};
}

} // namespace sluice::app
