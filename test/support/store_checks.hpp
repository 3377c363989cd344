#pragma once
// Shared by the tests of media_store: one store for each resolver, and short names for its
// failures.

#include "core/media/media_store.hpp"
#include "core/media/resolve_path.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

using resolver = core::media_store::resolver;

inline std::string_view name_of(resolver how) {
    return how == resolver::walk ? "walk" : "openat2";
}

/// Both resolvers, when the kernel supports both.
inline std::vector<resolver> resolvers() {
    const core::unique_fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (core::probe_openat2(root.get()) != 0) {
        BOOST_TEST_MESSAGE("no openat2 here: only the walk is tested");
        return {resolver::walk};
    }
    return {resolver::openat2, resolver::walk};
}

inline constexpr core::failure not_found{core::errc::media_not_found, {}};
inline constexpr core::failure symlink_refused{core::errc::media_not_found, "symlink"};

inline core::failure refusal(const core::media_store& store, const std::string& path) {
    const auto outcome = store.open(path);
    BOOST_REQUIRE_MESSAGE(outcome.has_error(), "opened " + path);
    return outcome.error();
}

inline std::string content(const core::open_media& media) {
    std::array<char, 256> bytes{};
    const ssize_t length = ::pread(media.fd.get(), bytes.data(), bytes.size(), 0);
    BOOST_REQUIRE(length >= 0);
    return {bytes.data(), static_cast<std::size_t>(length)};
}

/// Runs `check` once for each resolver on a store of the same directory.
template <class Check>
void with_each_resolver(const std::string& root, Check check) {
    for (const resolver how : resolvers()) {
        BOOST_TEST_CONTEXT(name_of(how)) {
            check(core::media_store(root, how));
        }
    }
}

} // namespace sluice::test
