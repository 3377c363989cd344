#include "app/process/installation.hpp"

#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace sluice::app {

installation packaged() {
    return {"/etc/sluice/sluice.json", "/etc/default/sluice", core::state_directory};
}

std::string become(const core::account& user) {
    const auto name = core::user_name(user.user);
    const auto home = core::home_of(user.user);
    if (::initgroups(name.c_str(), user.group) != 0 ||
        ::setresgid(user.group, user.group, user.group) != 0 ||
        ::setresuid(user.user, user.user, user.user) != 0) {
        return "cannot become the user " + name + ": " + std::generic_category().message(errno);
    }
    // PostgreSQL's client looks for its files there.
    if (!home.empty()) {
        ::setenv("HOME", home.c_str(), 1); // NOLINT(concurrency-mt-unsafe)
    }
    return {};
}

} // namespace sluice::app
