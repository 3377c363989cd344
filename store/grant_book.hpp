#pragma once
// Answers whether somebody holds a grant: from memory where it was asked a moment ago, else from
// the store. What is remembered are windows, not verdicts, so that a grant opens and closes on the
// second. It is forgotten when grants change and after a short time anyway, and nothing is
// remembered while changes go unheard. Thread safe; one for the process.

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
        std::size_t entries = 10'000; // 0: nothing is remembered
        std::chrono::milliseconds lifetime{5000};
    };
    using time_point = std::chrono::steady_clock::time_point;

    /// `pool` is kept.
    grant_book(connection_pool& pool, const settings& with);

    /// Whether, and how long, `user_id` may have `place` at `wall`, seconds since the Unix epoch;
    /// nullopt when that is not known without asking the store. Never blocks.
    [[nodiscard]] std::optional<core::standing> recall(std::string_view user_id,
                                                       const core::media_place& place,
                                                       std::int64_t wall, time_point now);
    /// Asks the store, and remembers. Blocks.
    [[nodiscard]] core::store_result<core::standing>
    ask(std::string_view user_id, const core::media_place& place, std::int64_t wall);

    /// Grants may have changed. `is_live`: so will the next change be told, and until then answers
    /// are good.
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
    std::uint64_t epoch_ = 0; // counts forget(): an answer from before it is not remembered
    bool is_live_ = false;
};

} // namespace sluice::store
