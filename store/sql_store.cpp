#include "store/sql_store.hpp"

#include <array>
#include <optional>
#include <utility>

namespace sluice::store {

using core::store_fault;
using core::store_result;

namespace {

sql_value value_of(const std::optional<std::int64_t>& number) noexcept {
    return number ? sql_value(*number) : sql_value();
}

std::optional<std::int64_t> optional_number(const sql_row& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.number(column));
}

core::grant read_grant(const sql_row& row) {
    return {.user_id = std::string(row.text(0)),
            .target = {.trainer_id = std::string(row.text(1)),
                       .course_id = std::string(row.text(2)),
                       .module_id = std::string(row.text(3)),
                       .lesson_id = std::string(row.text(4))},
            .valid = {.not_before = optional_number(row, 5), .not_after = optional_number(row, 6)}};
}

core::placed_revocation read_revocation(const sql_row& row) {
    // The schema allows no other kind.
    const auto kind = core::parse_revocation_kind(row.text(1));
    return {.position = static_cast<std::uint64_t>(row.number(0)),
            .what = {.kind = kind.value_or(core::revocation_kind::token),
                     .subject = std::string(row.text(2)),
                     .issued_before = optional_number(row, 3),
                     .expires_at = optional_number(row, 4),
                     .reason = std::string(row.text(5))},
            .created_at = row.number(6)};
}

store_result<bool> any(const store_result<std::uint64_t>& count) {
    if (!count) {
        return count.error();
    }
    return *count > 0;
}

} // namespace

template <class Work>
store_result<void> sql_store::in_transaction(Work work) {
    if (const auto begun = connection_->run_script(connection_->speaks().begin); !begun) {
        return begun;
    }
    store_result<void> done = work();
    if (done) {
        done = connection_->run_script("COMMIT");
    }
    if (!done) {
        // Fails when the connection is lost, and the transaction with it.
        static_cast<void>(connection_->run_script("ROLLBACK"));
    }
    return done;
}

store_result<void> sql_store::name_trace(std::string_view trace_id) {
    return connection_->name_trace(trace_id);
}

store_result<std::vector<core::validity>> sql_store::windows_of(std::string_view user_id,
                                                                const core::media_place& place) {
    const std::array<sql_value, 5> parameters{user_id, place.trainer_id, place.course_id,
                                              place.module_id, place.lesson_id};
    std::vector<core::validity> windows;
    const auto found = connection_->run(query::grant_windows, parameters, [&](const auto& row) {
        windows.push_back({optional_number(row, 0), optional_number(row, 1)});
    });
    if (!found) {
        return found.error();
    }
    return windows;
}

store_result<std::uint64_t> sql_store::put_grants(std::span<const core::grant> all) {
    std::uint64_t changed = 0;
    const auto done = in_transaction([&]() -> store_result<void> {
        changed = 0;
        for (const auto& one : all) {
            const std::array<sql_value, 7> parameters{one.user_id,
                                                      one.target.trainer_id,
                                                      one.target.course_id,
                                                      one.target.module_id,
                                                      one.target.lesson_id,
                                                      value_of(one.valid.not_before),
                                                      value_of(one.valid.not_after)};
            const auto put = connection_->run(query::put_grant, parameters, {});
            if (!put) {
                return put.error();
            }
            changed += *put;
        }
        return {};
    });
    return done ? store_result<std::uint64_t>(changed) : done.error();
}

store_result<bool> sql_store::remove_grant(std::string_view user_id,
                                           const core::grant_target& target) {
    const std::array<sql_value, 5> parameters{user_id, target.trainer_id, target.course_id,
                                              target.module_id, target.lesson_id};
    return any(connection_->run(query::remove_grant, parameters, {}));
}

store_result<void> sql_store::list_grants(std::string_view user_id,
                                          const std::function<void(const core::grant&)>& visit) {
    const std::array<sql_value, 1> parameters{user_id};
    const auto listed = connection_->run(query::list_grants, parameters,
                                         [&](const auto& row) { visit(read_grant(row)); });
    return listed ? store_result<void>{} : listed.error();
}

store_result<bool> sql_store::put_revocation(const core::revocation& one) {
    const std::array<sql_value, 5> parameters{core::name_of(one.kind), one.subject,
                                              value_of(one.issued_before), value_of(one.expires_at),
                                              one.reason};
    return any(connection_->run(query::put_revocation, parameters, {}));
}

store_result<bool> sql_store::lift(core::revocation_kind kind, std::string_view subject) {
    const std::array<sql_value, 2> parameters{core::name_of(kind), subject};
    return any(connection_->run(query::lift_revocations, parameters, {}));
}

store_result<std::vector<core::placed_revocation>>
sql_store::revocations_after(std::uint64_t position, std::size_t limit) {
    const std::array<sql_value, 2> parameters{static_cast<std::int64_t>(position),
                                              static_cast<std::int64_t>(limit)};
    std::vector<core::placed_revocation> all;
    const auto found = connection_->run(query::revocations_after, parameters, [&](const auto& row) {
        all.push_back(read_revocation(row));
    });
    if (!found) {
        return found.error();
    }
    return all;
}

store_result<core::revocation_position> sql_store::position() {
    core::revocation_position read;
    const auto found = connection_->run(query::revocation_position, {}, [&](const auto& row) {
        read = {.generation = static_cast<std::uint64_t>(row.number(0)),
                .last = static_cast<std::uint64_t>(row.number(1))};
    });
    if (!found) {
        return found.error();
    }
    return read;
}

store_result<std::uint64_t> sql_store::purge(std::int64_t now, std::int64_t made_by) {
    const std::array<sql_value, 2> parameters{now, made_by};
    return connection_->run(query::purge_revocations, parameters, {});
}

store_result<core::store_changes> sql_store::wait_for_change(std::chrono::milliseconds limit) {
    return connection_->wait_for_change(limit);
}

store_result<int> sql_store::schema_version() {
    const auto exists = connection_->has_schema();
    if (!exists) {
        return exists.error();
    }
    if (!*exists) {
        return 0;
    }
    int version = 0;
    const auto found = connection_->run(query::schema_version, {}, [&](const auto& row) {
        version = static_cast<int>(row.number(0));
    });
    if (!found) {
        return found.error();
    }
    return version;
}

store_result<void> sql_store::take_step(int from) {
    return in_transaction([&]() -> store_result<void> {
        if (const auto locked = connection_->run_script(connection_->speaks().lock); !locked) {
            return locked;
        }
        const auto now = schema_version(); // another node may have migrated first
        if (!now) {
            return now.error();
        }
        if (*now != from) {
            return {};
        }
        return connection_->run_script(connection_->speaks().steps[static_cast<std::size_t>(from)]);
    });
}

store_result<int> sql_store::migrate() {
    if (const auto prepared = connection_->run_script(connection_->speaks().prepare); !prepared) {
        return prepared.error();
    }
    const auto found = schema_version();
    if (!found) {
        return found;
    }
    const auto wanted = static_cast<int>(connection_->speaks().steps.size());
    for (int version = *found; version < wanted; ++version) {
        if (const auto taken = take_step(version); !taken) {
            return taken.error();
        }
    }
    return found;
}

} // namespace sluice::store
