#include "core/base/unique_fd.hpp"
#include "http/storage/page_probe.hpp"
#include "http/storage/residence.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace sluice::http;

namespace {

constexpr std::uint64_t mebi = 1U << 20U;

// A file of 8 MiB on the disk that holds the working directory, removed at once. It has no blocks:
// a page of it is cold until it has been read.
class disk_file {
  public:
    disk_file() : fd_(::open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
        can_be_evicted_ =
            fd_ && ::ftruncate(fd_.get(), off_t{8 * mebi}) == 0 &&
            ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_RANDOM) == 0 && // no readahead
            look_at_pages(fd_.get(), 0, mebi, stride::near, false) == warmth::cold;
    }
    [[nodiscard]] int get() const { return fd_.get(); }
    // False on a file system that has no such cache, or does not speak of it.
    [[nodiscard]] bool can_be_evicted() const { return can_be_evicted_; }
    void evict(off_t first, off_t length) {
        BOOST_TEST(
            ::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, first, length) == 0);
    }
    void read(off_t first, std::size_t length) {
        std::vector<char> bytes(length);
        BOOST_TEST(::pread(fd_.get(), bytes.data(), length, first) == static_cast<ssize_t>(length));
    }

  private:
    sluice::core::unique_fd fd_;
    bool can_be_evicted_ = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(residence_suite)

BOOST_AUTO_TEST_CASE(pages_are_cold_until_they_are_read) {
    disk_file file;
    if (!file.can_be_evicted()) {
        BOOST_TEST_MESSAGE("skipped: this file system does not say what is in its page cache");
        return;
    }
    file.read(0, 4 * mebi);
    file.read(5 * mebi, 3 * mebi);
    const auto look = [&](std::uint64_t first, std::uint64_t length) {
        return look_at_pages(file.get(), first, length, stride::near, false);
    };
    BOOST_TEST((look(0, 4 * mebi) == warmth::warm));
    BOOST_TEST((look(0, 8 * mebi) == warmth::cold));
    BOOST_TEST((look(4 * mebi, 4096) == warmth::cold));
    BOOST_TEST((look(5 * mebi, 3 * mebi) == warmth::warm));
}

BOOST_AUTO_TEST_CASE(a_cold_part_ahead_does_not_hide_the_warm_one_before_it) {
    disk_file file;
    if (!file.can_be_evicted()) {
        return;
    }
    file.read(0, 2 * mebi);
    residence where(nullptr, 8 * mebi);
    const auto now = residence::time_point{} + std::chrono::hours(1);
    BOOST_TEST(where.is_warm(file.get(), 0, mebi / 2, now));
    BOOST_TEST(where.is_warm(file.get(), mebi / 2, mebi / 2, now));
    BOOST_TEST(where.is_warm(file.get(), mebi, mebi, now));
    BOOST_TEST(!where.is_warm(file.get(), 2 * mebi, mebi / 2, now));
    where.learn(2 * mebi, mebi, now);
    BOOST_TEST(where.is_warm(file.get(), 2 * mebi, mebi, now));
}

BOOST_AUTO_TEST_CASE(what_is_known_is_not_asked_again_for_a_second) {
    disk_file file;
    if (!file.can_be_evicted()) {
        return;
    }
    file.read(0, mebi);
    residence where(nullptr, 8 * mebi);
    const auto now = residence::time_point{} + std::chrono::hours(1);
    BOOST_TEST(where.is_warm(file.get(), 0, mebi, now));
    file.evict(0, 8 * mebi);
    BOOST_TEST(where.is_warm(file.get(), 0, mebi, now + std::chrono::milliseconds(900)));
    BOOST_TEST(!where.is_warm(file.get(), 0, mebi, now + std::chrono::milliseconds(1100)));
}

BOOST_AUTO_TEST_SUITE_END()
