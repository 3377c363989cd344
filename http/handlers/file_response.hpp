#pragma once
// Renders a download_plan: which status and fields it becomes. Decides nothing.

#include "core/download_plan.hpp"
#include "core/media_store.hpp"
#include "http/exchange.hpp"

#include <chrono>
#include <string_view>

namespace sluice::http {

/// `filename` is the name to save under; `now` bounds Last-Modified (RFC 9110 §8.8.2.1).
void send_file(const core::download_plan& plan, std::string_view filename, core::media_handle file,
               std::chrono::sys_seconds now, reply& out);

} // namespace sluice::http
