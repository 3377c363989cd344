#pragma once
// One version of an object as a file that responses can send (http/storage/remote_file): each
// response has a reader. It does not find the version: object_desk does. Used by
// http/handlers/open_file.

#include "http/objects/object_desk.hpp"
#include "http/objects/object_origin.hpp"
#include "http/storage/remote_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace sluice::http {

/// What a reader has to know. Shared by all readers of the version on one thread.
struct object_source {
    std::shared_ptr<object_origin> origin;
    std::string path;
    std::string etag;
    std::uint64_t size = 0;
    bool is_current = true; // false: the store has another version, or none
};

class object_file final : public remote_file {
  public:
    /// `desk` is that of the thread that uses this object.
    object_file(object_source from, object_desk& desk)
        : from_(std::make_shared<object_source>(std::move(from))), desk_(desk) {}

    [[nodiscard]] std::unique_ptr<remote_reader> read() const override;
    [[nodiscard]] bool is_current() const noexcept override { return from_->is_current; }

  private:
    std::shared_ptr<object_source> from_;
    object_desk& desk_;
};

} // namespace sluice::http
