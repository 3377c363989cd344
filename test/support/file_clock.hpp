#pragma once
// Waits for the clock of the file system. On most file systems it ticks every few milliseconds, and
// two changes within one tick get the same timestamp. A test that gives a catalogue a simulated
// time must let this clock advance too.

#include "core/base/unique_fd.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

namespace sluice::test {

/// Returns once a change of a file gets a later timestamp than any change before the call.
inline void wait_for_file_clock() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-clock-XXXXXX").string();
    const core::unique_fd file(::mkstemp(name.data()));
    if (!file || ::unlink(name.c_str()) != 0) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    const auto stamp = [&file] {
        struct stat facts {};
        if (::futimens(file.get(), nullptr) != 0 || ::fstat(file.get(), &facts) != 0) {
            throw std::system_error(errno, std::generic_category(), "clock of files");
        }
        return std::chrono::seconds(facts.st_ctim.tv_sec) +
               std::chrono::nanoseconds(facts.st_ctim.tv_nsec);
    };
    const auto before = stamp();
    while (stamp() == before) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

} // namespace sluice::test
