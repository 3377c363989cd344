#pragma once
// Renders a download_plan as a response: its status, its fields and its body. Makes no decision:
// core/download does. Used by http/handlers/download_handler.cpp and http/handlers/open_file.cpp.

#include "core/download/download_plan.hpp"
#include "core/media/media_store.hpp"
#include "http/exchange/exchange.hpp"
#include "http/request/request_id.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::http {

/// Whether reading the content of a small file may wait for its disk.
enum class reading : std::uint8_t { may_wait, from_memory };

/// An open file, and the trainer of a presentation.
struct opened_media {
    core::media_handle media;
    std::string owner;
};

/// Prepares the parts of a response that depend on the file and its name only. `date` and `now` are
/// those of the response: they bound Last-Modified. Null: the content of a small file is not in
/// memory, and `how` does not allow to wait for it.
[[nodiscard]] std::shared_ptr<cached_file> prepare_file(opened_media opened,
                                                        std::string_view filename,
                                                        std::string_view date,
                                                        std::chrono::sys_seconds now, reading how);

/// Responds with the status and body of `plan`. `ids` makes the boundary of several parts.
void send_file(const core::download_plan& plan, const cached_file& file, request_ids& ids,
               reply& out);

} // namespace sluice::http
