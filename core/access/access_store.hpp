#pragma once
// The interface of the store of grants and revocations. Not an implementation: store/sql_store.hpp
// is one. Used by store and app/commands. Every call may block for as long as the store's timeout
// and works on one connection. Commands call it directly; the service calls it only from the
// threads of its pool (store/connection_pool.hpp) and its feed (store/change_feed.hpp), never from
// a thread that serves connections.

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

/// The reason why the store did not respond. `cause` is for the log and for operators: it never
/// contains a password or the parameters of a statement.
struct store_fault {
    enum class kind : std::uint8_t {
        lost,        // the connection broke; a new one may work at once
        unavailable, // unreachable, busy or too slow; a later retry may succeed
        unusable,    // damaged, access denied, not ours or another version; an operator must act
        rejected,    // a constraint of the schema rejected the write
    };
    kind what = kind::unavailable;
    std::string cause{};
};

template <class T>
using store_result = boost::system::result<T, store_fault>;

[[noreturn]] void throw_exception_from_error(const store_fault& why,
                                             const boost::source_location& where);

/// A reader's position in the list of revocations. When `generation` changes, some were lifted or
/// changed and all must be read again; otherwise only those after `last` are new.
struct revocation_position {
    std::uint64_t generation = 0;
    std::uint64_t last = 0;

    friend bool operator==(const revocation_position&, const revocation_position&) = default;
};

/// The changes since the last check, as far as the store can tell.
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

    /// Names the trace of the request that needs the next calls, so that the database can name it
    /// in its logs; empty: none. Does nothing where the database has no such name. REQUIRES: 32
    /// hexadecimal digits, or empty.
    [[nodiscard]] virtual store_result<void> name_trace(std::string_view /*trace_id*/) {
        return {};
    }

    // Grants.

    /// The windows of every grant of `user_id` that covers `place`, whether or not they are open
    /// now.
    [[nodiscard]] virtual store_result<std::vector<validity>>
    windows_of(std::string_view user_id, const media_place& place) = 0;
    /// Adds all of them or none. A grant that exists for the same user and target gets the new
    /// window. Returns how many were added or changed. REQUIRES: each has passed check().
    [[nodiscard]] virtual store_result<std::uint64_t> put_grants(std::span<const grant> all) = 0;
    /// False when there was none.
    [[nodiscard]] virtual store_result<bool> remove_grant(std::string_view user_id,
                                                          const grant_target& target) = 0;
    /// Ordered by user and target; only those of `user_id` when it is not empty.
    [[nodiscard]] virtual store_result<void>
    list_grants(std::string_view user_id, const std::function<void(const grant&)>& visit) = 0;

    // Revocations.

    /// False when the same revocation existed already.
    [[nodiscard]] virtual store_result<bool> put_revocation(const revocation& one) = 0;
    /// Lifts all revocations of this subject. False when there was none.
    [[nodiscard]] virtual store_result<bool> lift(revocation_kind kind,
                                                  std::string_view subject) = 0;
    /// At most `limit` of those after `position`, in order.
    [[nodiscard]] virtual store_result<std::vector<placed_revocation>>
    revocations_after(std::uint64_t position, std::size_t limit) = 0;
    [[nodiscard]] virtual store_result<revocation_position> position() = 0;
    /// Deletes the revocations that had expired by `now` and were made at or before `made_by`.
    /// Returns their number.
    [[nodiscard]] virtual store_result<std::uint64_t> purge(std::int64_t now,
                                                            std::int64_t made_by) = 0;

    // The feed.

    /// Waits until something changes or `limit` has passed. The first call reports that everything
    /// has changed.
    [[nodiscard]] virtual store_result<store_changes>
    wait_for_change(std::chrono::milliseconds limit) = 0;

    // The schema.

    /// 0 when the store has no schema yet.
    [[nodiscard]] virtual store_result<int> schema_version() = 0;
    /// Migrates the schema to this program's version. Each step is a transaction of its own; other
    /// nodes may migrate at the same time. Returns the version before the migration.
    [[nodiscard]] virtual store_result<int> migrate() = 0;

  protected:
    access_store() = default;
};

} // namespace sluice::core
