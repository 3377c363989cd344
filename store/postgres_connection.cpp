#include "store/postgres_connection.hpp"

#include "store/schema.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace sluice::store {

using core::store_fault;
using core::store_result;

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view channel = "sluice_changed";
constexpr const char* program = "sluice"; // application_name

/// libpq's messages end in a line break and may have several lines.
std::string one_line(const char* message) {
    std::string text = message == nullptr ? "" : message;
    std::ranges::replace(text, '\n', ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text.empty() ? "no reason given" : text;
}

store_fault::kind kind_of(std::string_view state) noexcept {
    constexpr std::array<std::string_view, 7> passing{
        "08", // connection
        "40", // rolled back: deadlock, serialization
        "53", // out of connections, memory, disk
        "55", // in use, lock not available
        "57", // cancelled, shutting down, starting up
        "58", // system error
        "25", // read only (a standby, for a while), idle in transaction
    };
    const auto group = state.substr(0, 2);
    if (group == "23") {
        return store_fault::kind::rejected;
    }
    return std::ranges::find(passing, group) != passing.end() ? store_fault::kind::unavailable
                                                              : store_fault::kind::unusable;
}

/// Returns only the primary message: DETAIL and CONTEXT repeat parameters, which must not reach
/// logs.
store_fault fault_of(const PGresult* failed, const PGconn* connection) {
    const char* const state = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    if (state == nullptr || PQstatus(connection) == CONNECTION_BAD) {
        return {store_fault::kind::lost, one_line(PQresultErrorMessage(failed))};
    }
    return {kind_of(state),
            one_line(PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY)) + " [" + state + "]"};
}

bool is_good(const PGresult* result) noexcept {
    const auto status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

class postgres_row final : public sql_row {
  public:
    postgres_row(const PGresult* of, int row) noexcept : of_(of), row_(row) {}
    [[nodiscard]] bool is_null(int column) const override {
        return PQgetisnull(of_, row_, column) != 0;
    }
    [[nodiscard]] std::int64_t number(int column) const override {
        const auto digits = text(column);
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }
    [[nodiscard]] std::string_view text(int column) const override {
        return {PQgetvalue(of_, row_, column),
                static_cast<std::size_t>(PQgetlength(of_, row_, column))};
    }

  private:
    const PGresult* of_;
    int row_;
};

/// The parameters in libpq's form: NUL-terminated texts, or null pointers.
class bound_parameters {
  public:
    explicit bound_parameters(std::span<const sql_value> values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (const auto* const number = std::get_if<std::int64_t>(&values[i])) {
                texts_[i] = std::to_string(*number);
            } else if (const auto* const text = std::get_if<std::string_view>(&values[i])) {
                texts_[i] = *text;
            } else {
                continue;
            }
            pointers_[i] = texts_[i].c_str();
        }
    }
    [[nodiscard]] const char* const* data() const noexcept { return pointers_.data(); }

  private:
    static constexpr std::size_t most = 8;
    std::array<std::string, most> texts_;
    std::array<const char*, most> pointers_{};
};

} // namespace

void postgres_connection::closer::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

void postgres_connection::closer::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

postgres_connection::~postgres_connection() = default;

store_fault postgres_connection::lost() const {
    return {store_fault::kind::lost, one_line(PQerrorMessage(connection_.get()))};
}

store_result<void> postgres_connection::wait(short events, time_point deadline) const {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    pollfd waiting{PQsocket(connection_.get()), events, 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0 || (ready < 0 && errno == EINTR)) {
        return {};
    }
    return store_fault{store_fault::kind::unavailable, "no answer within the timeout"};
}

store_result<void> postgres_connection::connect(const std::string& url) {
    const std::array<const char*, 5> names{"dbname", "application_name", "client_encoding",
                                           "keepalives_idle", nullptr};
    const std::array<const char*, 5> values{url.c_str(), program, "UTF8", "30", nullptr};
    connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) {
        return lost();
    }
    const auto deadline = steady_clock::now() + timeout_;
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;
         state = PQconnectPoll(connection_.get())) {
        if (state == PGRES_POLLING_FAILED) {
            return lost();
        }
        const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (const auto ready = wait(events, deadline); !ready) {
            return ready;
        }
    }
    if (PQsetnonblocking(connection_.get(), 1) != 0) {
        return lost();
    }
    return {};
}

store_result<std::unique_ptr<postgres_connection>> postgres_connection::open(const settings& with) {
    std::unique_ptr<postgres_connection> opened(new postgres_connection);
    opened->timeout_ = with.timeout;
    if (const auto connected = opened->connect(with.url); !connected) {
        auto why = connected.error();
        why.what = store_fault::kind::unavailable; // an immediate retry would fail too
        return why;
    }
    // The server's timeout is shorter, so that the connection stays usable.
    const auto limit = std::to_string(with.timeout.count() * 3 / 4 + 1);
    const auto set =
        opened->run_script("SET statement_timeout = " + limit + "; SET lock_timeout = " + limit +
                           "; SET standard_conforming_strings = on");
    if (!set) {
        return set.error();
    }
    return opened;
}

const dialect& postgres_connection::speaks() const noexcept {
    return postgres_dialect();
}

store_result<void> postgres_connection::flush(time_point deadline) {
    for (;;) {
        const int unsent = PQflush(connection_.get());
        if (unsent == 0) {
            return {};
        }
        if (unsent < 0) {
            return lost();
        }
        if (const auto ready = wait(POLLIN | POLLOUT, deadline); !ready) {
            return ready;
        }
        if (PQconsumeInput(connection_.get()) == 0) {
            return lost();
        }
    }
}

store_result<postgres_connection::result> postgres_connection::finish(bool was_sent) {
    if (!was_sent) {
        return lost();
    }
    const auto deadline = steady_clock::now() + timeout_;
    if (const auto sent = flush(deadline); !sent) {
        return sent.error();
    }
    result last;
    for (;;) {
        while (PQisBusy(connection_.get()) != 0) {
            if (const auto ready = wait(POLLIN, deadline); !ready) {
                return ready.error();
            }
            if (PQconsumeInput(connection_.get()) == 0) {
                return lost();
            }
        }
        result next(PQgetResult(connection_.get()));
        if (!next) {
            break;
        }
        if (!last || is_good(last.get())) {
            last = std::move(next);
        }
    }
    if (!last) {
        return lost();
    }
    if (!is_good(last.get())) {
        return fault_of(last.get(), connection_.get());
    }
    return last;
}

store_result<void> postgres_connection::prepare(query which) {
    const auto index = static_cast<std::size_t>(which);
    if (prepared_[index]) {
        return {};
    }
    const auto name = "sluice" + std::to_string(index);
    const auto done =
        finish(PQsendPrepare(connection_.get(), name.c_str(), text_of(which), 0, nullptr) != 0);
    if (!done) {
        return done.error();
    }
    prepared_.set(index);
    return {};
}

store_result<std::uint64_t>
postgres_connection::run(query which, std::span<const sql_value> parameters, const visitor& visit) {
    if (const auto ready = prepare(which); !ready) {
        return ready.error();
    }
    const auto name = "sluice" + std::to_string(static_cast<std::size_t>(which));
    const bound_parameters bound(parameters);
    const auto done = finish(PQsendQueryPrepared(connection_.get(), name.c_str(),
                                                 static_cast<int>(parameters.size()), bound.data(),
                                                 nullptr, nullptr, 0) != 0);
    if (!done) {
        return done.error();
    }
    const int rows = PQntuples(done->get());
    for (int row = 0; visit && row < rows; ++row) {
        visit(postgres_row(done->get(), row));
    }
    const std::string_view count = PQcmdTuples(done->get());
    std::uint64_t affected = 0;
    std::from_chars(count.data(), count.data() + count.size(), affected);
    return affected;
}

store_result<void> postgres_connection::run_script(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    const auto done = finish(PQsendQuery(connection_.get(), std::string(text).c_str()) != 0);
    return done ? store_result<void>{} : done.error();
}

store_result<bool> postgres_connection::has_schema() {
    // Not to_regclass(): inside a transaction it may still report that the table is missing.
    const auto done =
        finish(PQsendQuery(connection_.get(), "SELECT 1 FROM pg_class WHERE relname = 'sluice_meta'"
                                              " AND pg_table_is_visible(oid)") != 0);
    if (!done) {
        return done.error();
    }
    return PQntuples(done->get()) > 0;
}

store_result<void> postgres_connection::name_trace(std::string_view trace_id) {
    if (trace_id == trace_id_) {
        return {};
    }
    const std::string separator = trace_id.empty() ? "" : "/";
    const auto named = run_script(std::string("SET application_name = '") + program + separator +
                                  std::string(trace_id) + "'");
    if (named) {
        trace_id_ = trace_id;
    }
    return named;
}

core::store_changes postgres_connection::take_notifications() {
    core::store_changes found;
    while (PGnotify* const one = PQnotifies(connection_.get())) {
        const std::string_view table = one->extra;
        found.grants = found.grants || table == "sluice_grants";
        found.revocations = found.revocations || table == "sluice_revocations";
        PQfreemem(one);
    }
    return found;
}

store_result<core::store_changes>
postgres_connection::wait_for_change(std::chrono::milliseconds limit) {
    if (!is_listening_) {
        if (const auto listening = run_script("LISTEN " + std::string(channel)); !listening) {
            return listening.error();
        }
        is_listening_ = true;
        return core::store_changes{.grants = true, .revocations = true};
    }
    const auto end = steady_clock::now() + limit;
    for (;;) {
        if (PQconsumeInput(connection_.get()) == 0) {
            return lost();
        }
        const auto found = take_notifications();
        if (found.grants || found.revocations || !wait(POLLIN, end)) {
            return found;
        }
    }
}

} // namespace sluice::store
