#pragma once
// Writes the metrics of the storage devices. It counts nothing: http/storage/device.hpp does. Used
// by app/service/generation.

#include "http/storage/storage.hpp"

#include <string>

namespace sluice::http {

/// Appends the families sluice_storage_*. Thread safe.
void append_storage_metrics(const storage& of, std::string& out);

} // namespace sluice::http
