#pragma once
// The databases that the tests of the store run on: a SQLite file and a real PostgreSQL server,
// each with a fresh and empty database for every object. A suite with one of these as its type
// parameter runs the same cases on both.

#include "core/base/unique_fd.hpp"
#include "store/open_store.hpp"
#include "store/postgres_connection.hpp"
#include "store/sqlite_connection.hpp"
#include "temp_dir.hpp"

#include <boost/mpl/list.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::test {

/// test/support/postgres_server.py, started once for the whole test program.
class postgres_server {
  public:
    static postgres_server& shared() {
        static postgres_server one;
        return one;
    }
    [[nodiscard]] const std::string& url() const { return url_; }

    postgres_server(const postgres_server&) = delete;
    postgres_server& operator=(const postgres_server&) = delete;

  private:
    postgres_server() {
        std::array<int, 2> to{};
        std::array<int, 2> from{};
        if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("pipe");
        }
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(to[0], STDIN_FILENO);
            ::dup2(from[1], STDOUT_FILENO);
            const char* const script = SLUICE_TEST_DATA "/support/postgres_server.py";
            ::execl("/usr/bin/python3", "python3", script, nullptr);
            ::_exit(127);
        }
        ::close(to[0]);
        ::close(from[1]);
        input_ = core::unique_fd(to[1]);
        const core::unique_fd output(from[0]);
        char letter = 0;
        while (::read(output.get(), &letter, 1) == 1 && letter != '\n') {
            url_ += letter;
        }
        if (letter != '\n') {
            throw std::runtime_error("no PostgreSQL server: is the package postgresql installed?");
        }
    }
    ~postgres_server() {
        input_ = {}; // the end of its input stops it
        ::waitpid(child_, nullptr, 0);
    }

    pid_t child_ = -1;
    core::unique_fd input_;
    std::string url_;
};

class sqlite_backend {
  public:
    [[nodiscard]] store::store_address address() const {
        return {.url = "sqlite://" + folder_.path("store.db"), .timeout = timeout};
    }
    [[nodiscard]] std::unique_ptr<store::sql_connection> connect() const {
        auto opened = store::sqlite_connection::open(
            {.path = folder_.path("store.db"), .timeout = timeout, .may_create = true});
        if (!opened) {
            throw std::runtime_error(opened.error().cause);
        }
        return std::move(*opened);
    }
    [[nodiscard]] const temp_dir& folder() const { return folder_; }

    static constexpr std::chrono::milliseconds timeout{5000};

  private:
    temp_dir folder_;
};

class postgres_backend {
  public:
    postgres_backend() {
        // Connections of an earlier test may still be closing; their tables are dropped all the
        // same.
        const auto emptied =
            connect()->run_script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        if (!emptied) {
            throw std::runtime_error(emptied.error().cause);
        }
    }
    [[nodiscard]] static store::store_address address() {
        return {.url = postgres_server::shared().url(), .timeout = sqlite_backend::timeout};
    }
    [[nodiscard]] static std::unique_ptr<store::sql_connection> connect() {
        auto opened = store::postgres_connection::open(
            {.url = postgres_server::shared().url(), .timeout = sqlite_backend::timeout});
        if (!opened) {
            throw std::runtime_error(opened.error().cause);
        }
        return std::move(*opened);
    }
};

using store_backends = boost::mpl::list<sqlite_backend, postgres_backend>;

/// The value of a result that must not be a failure.
template <class T>
T got(core::store_result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().cause);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// A migrated store on `where`.
template <class Backend>
std::unique_ptr<core::access_store> migrated(const Backend& where) {
    got(got(store::create_store(where.address()))->migrate());
    return got(store::open_store(where.address()));
}

} // namespace sluice::test
