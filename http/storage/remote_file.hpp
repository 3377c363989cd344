#pragma once
// A file whose bytes another server holds, as a response sees it: readers that bring its bytes into
// memory, a few at a time. It is to http/sending/file_body what a descriptor is for a local file.
// It knows no protocol: http/objects implements it. Used by http/sending.

#include "http/storage/cold_read.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::http {

/// Where a remote file is.
struct remote_place {
    std::string_view origin; // its name
    std::string_view path;   // in the origin
};

/// The bytes of one version of a file for one response. On one thread.
class remote_reader {
  public:
    virtual ~remote_reader() = default;
    remote_reader(const remote_reader&) = delete;
    remote_reader& operator=(const remote_reader&) = delete;

    /// The bytes in memory from `first` on; empty: there are none, call fetch().
    [[nodiscard]] virtual std::string_view view(std::uint64_t first) const noexcept = 0;
    /// Valid as long as this object.
    [[nodiscard]] virtual remote_place place() const noexcept = 0;
    /// The cause for the log when no further byte of this version will come; empty otherwise.
    [[nodiscard]] virtual std::string_view fault() const noexcept = 0;
    /// Brings bytes from `first` on into memory, then calls `waiter`; also when fault() is set.
    /// `rest` bytes from `first` on will be wanted in all. It tries until forget() is called.
    virtual void fetch(storage_waiter& waiter, std::uint64_t first, std::uint64_t rest) = 0;
    /// The waiter is not called any more.
    virtual void forget() noexcept = 0;

  protected:
    remote_reader() = default;
};

/// One version of a file.
class remote_file {
  public:
    virtual ~remote_file() = default;
    remote_file(const remote_file&) = delete;
    remote_file& operator=(const remote_file&) = delete;

    [[nodiscard]] virtual std::unique_ptr<remote_reader> read() const = 0;
    /// False when a reader has found that the server has another version, or none.
    [[nodiscard]] virtual bool is_current() const noexcept = 0;

  protected:
    remote_file() = default;
};

} // namespace sluice::http
