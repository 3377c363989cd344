#pragma once
// Temporary limits of the test's own process: descriptors, privileges.

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sluice::test {

/// During its lifetime, only `spare` more descriptors can be opened (when the low numbers are all
/// in use).
class few_descriptors {
  public:
    explicit few_descriptors(unsigned spare = 0) {
        const int lowest_free = ::dup(STDERR_FILENO);
        if (lowest_free < 0 || ::close(lowest_free) != 0 ||
            ::getrlimit(RLIMIT_NOFILE, &before_) != 0) {
            throw std::system_error(errno, std::generic_category(), "descriptor limit");
        }
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(lowest_free) + spare;
        if (::setrlimit(RLIMIT_NOFILE, &now) != 0) {
            throw std::system_error(errno, std::generic_category(), "descriptor limit");
        }
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;

  private:
    rlimit before_{};
};

/// During its lifetime, file modes apply, even in a test run by root.
class ordinary_user {
  public:
    ordinary_user() : before_(::geteuid()) {
        constexpr uid_t nobody = 65534;
        if (before_ == 0 && ::seteuid(nobody) != 0) {
            throw std::system_error(errno, std::generic_category(), "seteuid");
        }
    }
    ~ordinary_user() {
        if (::geteuid() != before_) {
            [[maybe_unused]] const int restored = ::seteuid(before_);
        }
    }
    ordinary_user(const ordinary_user&) = delete;
    ordinary_user& operator=(const ordinary_user&) = delete;

  private:
    uid_t before_;
};

} // namespace sluice::test
