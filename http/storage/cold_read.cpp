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

class read_job final : public storage_job {
  public:
    read_job(std::shared_ptr<cold_read> what, std::shared_ptr<storage_device> device) noexcept
        : what_(std::move(what)), device_(std::move(device)) {}

    void run() override {
        auto& one = *what_;
        one.bytes = device_->buffers().take();
        const auto began = steady_clock::now();
        read(one);
        count(one, steady_clock::now() - began);
        const int file = one.media->fd.get();
        const auto behind = one.first + one.count;
        one.is_kept = one.count > 0 && are_kept(file, one.first, one.count) == warmth::warm;
        const auto media = one.media; // `one` is the worker's from here on
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
            if (got <= 0) { // bytes before a fault are still sent
                one.error = got < 0 && one.count == 0 ? errno : 0;
                return;
            }
            one.count += static_cast<std::size_t>(got);
        }
    }

    void count(const cold_read& one, steady_clock::duration took) noexcept {
        constexpr auto relaxed = std::memory_order_relaxed;
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
        device_->bytes_read.fetch_add(one.count, relaxed);
        device_->reads_done.fetch_add(1, relaxed);
        device_->reads_failed.fetch_add(one.error != 0 ? 1 : 0, relaxed);
        device_->read_microseconds.fetch_add(static_cast<std::uint64_t>(time), relaxed);
    }

    std::shared_ptr<cold_read> what_;
    std::shared_ptr<storage_device> device_;
};

} // namespace

void begin_read(std::shared_ptr<cold_read> what, const std::shared_ptr<storage_device>& device,
                std::uint64_t key) {
    device->reads().submit(key, std::make_unique<read_job>(std::move(what), device));
}

} // namespace sluice::http
