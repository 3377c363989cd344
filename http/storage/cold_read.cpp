#include "http/storage/cold_read.hpp"

#include "http/storage/page_probe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace sluice::http {

namespace {

using std::chrono::steady_clock;

// A collision does little harm: the two files share the threads that one file may use.
std::uint64_t file_key(const core::media_facts& facts) noexcept {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U; // 2^64 over the golden ratio
    auto hash = facts.size * odd;
    for (const auto& time : {facts.mtime, facts.ctime}) {
        hash = (hash ^ static_cast<std::uint64_t>(time.seconds)) * odd;
        hash = (hash ^ static_cast<std::uint64_t>(time.nanoseconds)) * odd;
    }
    return hash | 1U; // never lane::any_file
}

class read_job final : public storage_job {
  public:
    read_job(std::shared_ptr<cold_read> what, std::shared_ptr<storage_device> device) noexcept
        : what_(std::move(what)), device_(std::move(device)) {}

    void run() override {
        auto& one = *what_;
        if (!one.is_wanted.load(std::memory_order_relaxed)) {
            return;
        }
        one.bytes = device_->buffers().take();
        const auto began = steady_clock::now();
        read(one);
        count(one, steady_clock::now() - began);
        const int file = one.media->fd.get();
        const auto behind = one.first + one.count;
        one.is_kept = one.count > 0 && are_kept(file, one.first, one.count) == warmth::warm;
        const auto media = one.media; // after the post, `one` belongs to the worker
        one.to->post([what = what_] {
            if (auto* const owner = std::exchange(what->owner, nullptr)) {
                owner->on_storage();
            }
        });
        ::readahead(file, static_cast<off64_t>(behind), storage_buffers::window * 2);
    }

  private:
    static void read(cold_read& one) noexcept {
        while (one.count < one.length) {
            const auto got =
                ::pread(one.media->fd.get(), one.bytes.get() + one.count, one.length - one.count,
                        static_cast<off_t>(one.first + one.count));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) { // the bytes before an error are still sent
                one.error = got < 0 && one.count == 0 ? errno : 0;
                return;
            }
            one.count += static_cast<std::size_t>(got);
        }
    }

    void count(const cold_read& one, steady_clock::duration took) noexcept {
        device_->note_read(one.count, one.error != 0,
                           std::chrono::duration_cast<std::chrono::microseconds>(took));
    }

    std::shared_ptr<cold_read> what_;
    std::shared_ptr<storage_device> device_;
};

} // namespace

void begin_read(std::shared_ptr<cold_read> what, const std::shared_ptr<storage_device>& device,
                std::uint64_t key) {
    const auto& facts = what->media->facts;
    const lane::turn turn{.key = key, .file = file_key(facts)};
    // On NFS and FUSE, the opening threads read the bytes that cachestat(2) counts in the page
    // cache, so that these do not wait behind slow reads. The worker must not read them itself: the
    // file system first asks its server for the attributes, and the server may not respond.
    const bool is_quick = !device->is_local() && are_kept(what->media->fd.get(), what->first,
                                                          what->length) == warmth::warm;
    auto& where = is_quick ? device->opens() : device->reads();
    where.submit(turn, std::make_unique<read_job>(std::move(what), device));
}

} // namespace sluice::http
