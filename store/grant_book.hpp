#pragma once
// Looks up grants: from a cache of recent look-ups, otherwise from the store. The cache holds
// windows, not verdicts, so that a grant starts and ends on the second. Entries are dropped when
// grants change and after a short time; nothing is cached while changes are not reported. Thread
// safe; one for the process. Used by store/granted_entitlements.

#include "core/access/grant.hpp"
#include "crypto/siphash.hpp"
#include "store/connection_pool.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::store {

class grant_book {
  public:
    struct settings {
        std::size_t entries = 10'000; // 0: no cache
        std::chrono::milliseconds lifetime{5000};
    };
    using time_point = std::chrono::steady_clock::time_point;

    /// Keeps a reference to `pool`.
    grant_book(connection_pool& pool, const settings& with);

    /// Whether and until when `user_id` may have `place` at `wall`, in seconds since the Unix
    /// epoch; nullopt when the cache does not know. Never blocks.
    [[nodiscard]] std::optional<core::standing> recall(std::string_view user_id,
                                                       const core::media_place& place,
                                                       std::int64_t wall, time_point now);
    /// Queries the store and caches the result. Blocks. `trace_id`: see access_store::name_trace().
    [[nodiscard]] core::store_result<core::standing> ask(std::string_view user_id,
                                                         const core::media_place& place,
                                                         std::int64_t wall,
                                                         std::string_view trace_id = {});

    /// Drops the cache because grants may have changed. `is_live`: the next change will be
    /// reported, so that results may be cached until then.
    void forget(bool is_live);

  private:
    struct keyed_hash {
        crypto::siphash_key key;
        [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
            return crypto::siphash(key, text);
        }
    };
    struct entry {
        std::string key;
        std::vector<core::validity> windows;
        time_point until;
    };
    using order = std::list<entry>; // oldest first

    [[nodiscard]] std::uint64_t epoch();
    void remember(std::string key, std::vector<core::validity> windows, std::uint64_t since);
    void drop(order::iterator which);

    connection_pool& pool_;
    settings with_;
    std::mutex mutex_; // guards the rest
    order entries_;
    std::unordered_map<std::string_view, order::iterator, keyed_hash> by_key_;
    std::uint64_t epoch_ = 0; // number of forget() calls: a result from before one is not cached
    bool is_live_ = false;
};

} // namespace sluice::store
