#pragma once
// What is asked of the store of grants and revocations, whatever holds it. Every call may block for
// as long as the store's timeout and works on one connection: commands use one directly, the
// service only from the threads of its pool (store/connection_pool.hpp) and its feed
// (store/change_feed.hpp), never from a thread that serves connections.

#include "core/access/grant.hpp"
#include "core/access/revocation.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Why the store did not answer. `cause` is for the log and for operators: it never holds a
/// password, nor the parameters of a statement.
struct store_fault {
    enum class kind : std::uint8_t {
        lost,        // the connection broke: another one may work at once
        unavailable, // away, busy or too slow: trying again later may help
        unusable,    // damaged, refused, not ours or of another version: somebody must look
        rejected,    // a constraint of the schema refused what was written
    };
    kind what = kind::unavailable;
    std::string cause{};
};

template <class T>
using store_result = boost::system::result<T, store_fault>;

[[noreturn]] void throw_exception_from_error(const store_fault& why,
                                             const boost::source_location& where);

/// How far somebody has read the revocations. When `generation` moves, some were lifted or changed
/// and all must be read again; otherwise those after `last` are new.
struct revocation_position {
    std::uint64_t generation = 0;
    std::uint64_t last = 0;

    friend bool operator==(const revocation_position&, const revocation_position&) = default;
};

/// What has changed since the last look, as far as the store can tell.
struct store_changes {
    bool grants = false;
    bool revocations = false;
};

/// A revocation with its place in the order of their arrival.
struct placed_revocation {
    std::uint64_t position = 0;
    revocation what;
    std::int64_t created_at = 0;
};

class access_store {
  public:
    virtual ~access_store() = default;
    access_store(const access_store&) = delete;
    access_store& operator=(const access_store&) = delete;

    // Grants.

    /// The windows of every grant of `user_id` that covers `place`, whether or not they are open
    /// now.
    [[nodiscard]] virtual store_result<std::vector<validity>>
    windows_of(std::string_view user_id, const media_place& place) = 0;
    /// All of them or none; one that exists for the same user and target gets the new window. Each
    /// has passed check().
    [[nodiscard]] virtual store_result<void> put_grants(std::span<const grant> all) = 0;
    /// False when there was none.
    [[nodiscard]] virtual store_result<bool> remove_grant(std::string_view user_id,
                                                          const grant_target& target) = 0;
    /// In the order of users and targets; of one user when `user_id` is not empty.
    [[nodiscard]] virtual store_result<void>
    list_grants(std::string_view user_id, const std::function<void(const grant&)>& visit) = 0;

    // Revocations.

    /// False when the same one was there already.
    [[nodiscard]] virtual store_result<bool> put_revocation(const revocation& one) = 0;
    /// Lifts all of this subject. False when there was none.
    [[nodiscard]] virtual store_result<bool> lift(revocation_kind kind,
                                                  std::string_view subject) = 0;
    /// At most `limit` of those after `position`, in order.
    [[nodiscard]] virtual store_result<std::vector<placed_revocation>>
    revocations_after(std::uint64_t position, std::size_t limit) = 0;
    [[nodiscard]] virtual store_result<revocation_position> position() = 0;
    /// Deletes those that had expired by `now` and were made at or before `made_by`; how many.
    [[nodiscard]] virtual store_result<std::uint64_t> purge(std::int64_t now,
                                                            std::int64_t made_by) = 0;

    // The feed.

    /// Waits until something changed or `limit` has passed. The first call says that everything
    /// has.
    [[nodiscard]] virtual store_result<store_changes>
    wait_for_change(std::chrono::milliseconds limit) = 0;

    // The schema.

    /// 0 where there is none yet.
    [[nodiscard]] virtual store_result<int> schema_version() = 0;
    /// Brings the schema to this program's version, in steps, each a transaction of its own; other
    /// nodes may be doing the same. Returns the version that was found.
    [[nodiscard]] virtual store_result<int> migrate() = 0;

  protected:
    access_store() = default;
};

} // namespace sluice::core
