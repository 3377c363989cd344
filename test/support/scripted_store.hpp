#pragma once
// A store in memory for tests: holds grants and revocations, and can become unreachable or lose
// connections on request. test/unit/store/sql_store_test.cpp tests the real stores.

#include "core/access/access_store.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace sluice::test {

/// The state that all connections of a test share.
struct scripted_database {
    std::mutex mutex;
    std::map<std::string, std::vector<core::validity>> windows; // by user
    std::vector<core::revocation> revocations;                  // the position is the index + 1
    std::uint64_t generation = 0;
    std::int64_t made_at = 0; // of all revocations
    std::atomic<int> connects{0};
    std::atomic<int> questions{0};
    std::atomic<bool> is_away{false};    // every connection and every query fails
    std::atomic<int> lost{0};            // number of further queries that lose their connection
    std::atomic<bool> has_grants{false}; // changes to report
    std::atomic<bool> is_silent{false};  // reports no revocations: a notification was lost
    std::vector<std::string> traces;     // the arguments of name_trace()
    std::function<void()> meanwhile;     // runs while the answer about grants is on its way
};

class scripted_store final : public core::access_store {
  public:
    explicit scripted_store(scripted_database& in) : in_(in) {}

    static auto connector(scripted_database& to) {
        return [&to]() -> core::store_result<std::unique_ptr<core::access_store>> {
            ++to.connects;
            if (to.is_away) {
                return away();
            }
            return std::unique_ptr<core::access_store>(std::make_unique<scripted_store>(to));
        };
    }

    core::store_result<void> name_trace(std::string_view trace_id) override {
        const std::lock_guard lock(in_.mutex);
        in_.traces.emplace_back(trace_id);
        return {};
    }
    core::store_result<std::vector<core::validity>> windows_of(std::string_view user_id,
                                                               const core::media_place&) override {
        ++in_.questions;
        if (in_.is_away) {
            return away();
        }
        if (in_.lost > 0) {
            --in_.lost;
            return core::store_fault{core::store_fault::kind::lost, "lost"};
        }
        const std::lock_guard lock(in_.mutex);
        if (in_.meanwhile) {
            in_.meanwhile();
        }
        return in_.windows[std::string(user_id)];
    }
    core::store_result<std::uint64_t> put_grants(std::span<const core::grant>) override {
        return std::uint64_t{0};
    }
    core::store_result<bool> remove_grant(std::string_view, const core::grant_target&) override {
        return false;
    }
    core::store_result<void> list_grants(std::string_view,
                                         const std::function<void(const core::grant&)>&) override {
        return {};
    }
    core::store_result<bool> put_revocation(const core::revocation&) override { return true; }
    core::store_result<bool> lift(core::revocation_kind, std::string_view) override {
        return false;
    }
    core::store_result<std::vector<core::placed_revocation>>
    revocations_after(std::uint64_t position, std::size_t limit) override {
        const std::lock_guard lock(in_.mutex);
        std::vector<core::placed_revocation> found;
        for (auto i = position; i < in_.revocations.size() && found.size() < limit; ++i) {
            found.push_back({i + 1, in_.revocations[i], in_.made_at});
        }
        return found;
    }
    core::store_result<core::revocation_position> position() override {
        if (in_.is_away) {
            return away();
        }
        const std::lock_guard lock(in_.mutex);
        return core::revocation_position{in_.generation, in_.revocations.size()};
    }
    core::store_result<std::uint64_t> purge(std::int64_t, std::int64_t) override { return 0; }
    core::store_result<core::store_changes>
    wait_for_change(std::chrono::milliseconds limit) override {
        if (in_.is_away) {
            return away();
        }
        std::this_thread::sleep_for(std::min(limit, std::chrono::milliseconds{2}));
        return core::store_changes{.grants = in_.has_grants.exchange(false),
                                   .revocations = !in_.is_silent};
    }
    core::store_result<int> schema_version() override { return 0; }
    core::store_result<int> migrate() override { return 0; }

  private:
    static core::store_fault away() { return {core::store_fault::kind::unavailable, "away"}; }

    scripted_database& in_;
};

} // namespace sluice::test
