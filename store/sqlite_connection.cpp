#include "store/sqlite_connection.hpp"

#include "core/base/unique_fd.hpp"
#include "core/files/file_owner.hpp"
#include "core/files/file_replacement.hpp"
#include "store/schema.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::store {

using core::store_fault;
using core::store_result;

namespace {

constexpr mode_t file_mode = 0640;

// Virtual machine steps between two checks of the clock: some ten microseconds.
constexpr int steps_per_look = 2000;

// The pause between two tries of a script that met another connection's lock.
constexpr std::chrono::milliseconds retry_interval{5};

// SQLite does not notify other connections of a commit, so they poll. The interval is half of the
// time that a revocation may take.
constexpr std::chrono::milliseconds look_interval{100};

store_fault::kind kind_of(int code) noexcept {
    switch (code & 0xFF) { // without the extended part
    case SQLITE_CONSTRAINT:
        return store_fault::kind::rejected;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
        return store_fault::kind::unavailable;
    default:
        return store_fault::kind::unusable;
    }
}

int bind(sqlite3_stmt* to, int index, const sql_value& value) noexcept {
    if (const auto* const number = std::get_if<std::int64_t>(&value)) {
        return sqlite3_bind_int64(to, index, *number);
    }
    if (const auto* const text = std::get_if<std::string_view>(&value)) {
        // A null pointer would bind NULL instead of an empty text.
        const char* const data = text->data() == nullptr ? "" : text->data();
        return sqlite3_bind_text(to, index, data, static_cast<int>(text->size()), SQLITE_STATIC);
    }
    return sqlite3_bind_null(to, index);
}

class sqlite_row final : public sql_row {
  public:
    explicit sqlite_row(sqlite3_stmt* of) noexcept : of_(of) {}
    [[nodiscard]] bool is_null(int column) const override {
        return sqlite3_column_type(of_, column) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t number(int column) const override {
        return sqlite3_column_int64(of_, column);
    }
    [[nodiscard]] std::string_view text(int column) const override {
        const auto* const data = sqlite3_column_text(of_, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(of_, column));
        return data == nullptr ? std::string_view{}
                               : std::string_view(reinterpret_cast<const char*>(data), size);
    }

  private:
    sqlite3_stmt* of_;
};

/// Resets the statement, so that its read lock ends.
struct reset_at_end {
    sqlite3_stmt* what;
    ~reset_at_end() { sqlite3_reset(what); }
};

store_fault system_fault(const std::string& path) {
    const int error = errno;
    return {store_fault::kind::unavailable, path + ": " + std::generic_category().message(error) +
                                                (error == EACCES ? core::access_advice(path) : "")};
}

} // namespace

void sqlite_connection::closer::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

void sqlite_connection::closer::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

sqlite_connection::~sqlite_connection() = default;

store_result<sqlite_connection::identity> sqlite_connection::look_at(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return system_fault(path);
    }
    return identity{facts.st_dev, facts.st_ino};
}

store_result<std::unique_ptr<sqlite_connection>> sqlite_connection::open(const settings& with) {
    if (with.may_create) {
        const core::unique_fd made(
            ::open(with.path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode));
        if (made ? !core::give_to_service(made.get(), core::directory_of(with.path))
                 : errno != EEXIST) {
            return system_fault(with.path);
        }
    }
    const auto file = look_at(with.path);
    if (!file) {
        return file.error();
    }
    std::unique_ptr<sqlite_connection> opened(new sqlite_connection);
    opened->path_ = with.path;
    opened->timeout_ = with.timeout;
    opened->file_ = *file;
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(with.path.c_str(), &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    opened->database_.reset(raw); // also after a failure: the handle holds the message
    if (code != SQLITE_OK) {
        return opened->fault();
    }
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, static_cast<int>(with.timeout.count()));
    sqlite3_progress_handler(raw, steps_per_look, &sqlite_connection::is_too_late, opened.get());
    // FULL: a confirmed revocation survives a power loss. A schema that another program may have
    // written is not trusted to call functions.
    if (const auto set = opened->run_script("PRAGMA synchronous = FULL;"
                                            "PRAGMA trusted_schema = OFF;"
                                            "PRAGMA cell_size_check = ON");
        !set) {
        return set.error();
    }
    return opened;
}

const dialect& sqlite_connection::speaks() const noexcept {
    return sqlite_dialect();
}

store_result<void> sqlite_connection::check_file() const {
    const auto now = look_at(path_);
    if (!now) {
        return now.error();
    }
    if (*now != file_) {
        return store_fault{store_fault::kind::lost, path_ + ": the file was replaced"};
    }
    return {};
}

store_fault sqlite_connection::fault() const {
    const int code = sqlite3_extended_errcode(database_.get());
    return {kind_of(code), path_ + ": " + sqlite3_errmsg(database_.get())};
}

int sqlite_connection::is_too_late(void* self) noexcept {
    const auto& me = *static_cast<const sqlite_connection*>(self);
    return std::chrono::steady_clock::now() > me.deadline_ ? 1 : 0;
}

void sqlite_connection::start_clock() noexcept {
    deadline_ = std::chrono::steady_clock::now() + timeout_;
}

store_result<sqlite3_stmt*> sqlite_connection::prepared(query which) {
    auto& kept = statements_[static_cast<std::size_t>(which)];
    if (!kept) {
        sqlite3_stmt* raw = nullptr;
        const int code = sqlite3_prepare_v3(database_.get(), text_of(which), -1,
                                            SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
        if (code != SQLITE_OK) {
            return fault();
        }
        kept.reset(raw);
    }
    return kept.get();
}

store_result<std::uint64_t>
sqlite_connection::run(query which, std::span<const sql_value> parameters, const visitor& visit) {
    if (const auto same = check_file(); !same) {
        return same.error();
    }
    start_clock();
    const auto ready = prepared(which);
    if (!ready) {
        return ready.error();
    }
    const reset_at_end reset{*ready};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (bind(*ready, static_cast<int>(i) + 1, parameters[i]) != SQLITE_OK) {
            return fault();
        }
    }
    std::uint64_t rows = 0;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(*ready)) == SQLITE_ROW) {
        ++rows;
        if (visit) {
            visit(sqlite_row(*ready));
        }
    }
    if (code != SQLITE_DONE) {
        return fault();
    }
    return sqlite3_stmt_readonly(*ready) != 0
               ? rows
               : static_cast<std::uint64_t>(sqlite3_changes64(database_.get()));
}

store_result<void> sqlite_connection::run_script(std::string_view text) {
    start_clock();
    const std::string script(text);
    while (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        if (!may_try_again()) {
            return fault();
        }
        sqlite3_sleep(static_cast<int>(retry_interval.count()));
    }
    return {};
}

// A change of the journal mode meets other connections' locks without calling the busy handler.
// Inside a transaction nothing is retried.
bool sqlite_connection::may_try_again() const noexcept {
    return (sqlite3_errcode(database_.get()) & 0xFF) == SQLITE_BUSY &&
           sqlite3_get_autocommit(database_.get()) != 0 &&
           std::chrono::steady_clock::now() < deadline_;
}

store_result<std::int64_t> sqlite_connection::read_number(const char* text) {
    start_clock();
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database_.get(), text, -1, &raw, nullptr) != SQLITE_OK) {
        return fault();
    }
    const statement made(raw);
    if (sqlite3_step(raw) != SQLITE_ROW) {
        return fault();
    }
    return sqlite3_column_int64(raw, 0);
}

store_result<bool> sqlite_connection::has_schema() {
    const auto found = read_number("SELECT count(*) FROM sqlite_master WHERE name = 'sluice_meta'");
    if (!found) {
        return found.error();
    }
    return *found > 0;
}

store_result<core::store_changes>
sqlite_connection::wait_for_change(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (const auto same = check_file(); !same) {
            return same.error();
        }
        const auto version = read_number("PRAGMA data_version");
        if (!version) {
            return version.error();
        }
        if (*version != seen_version_) {
            seen_version_ = *version;
            return core::store_changes{.grants = true, .revocations = true};
        }
        const auto left = end - std::chrono::steady_clock::now();
        if (left <= std::chrono::steady_clock::duration::zero()) {
            return core::store_changes{};
        }
        std::this_thread::sleep_for(
            std::min<std::chrono::steady_clock::duration>(left, look_interval));
    }
}

} // namespace sluice::store
