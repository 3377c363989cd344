#pragma once
// A directory of media as the status of the service needs it, to show which file of which origin is
// sent. Used by app/service/media_set and app/status/status_handler.

#include <string>

namespace sluice::app {

struct media_root {
    std::string origin; // its name
    int fd;             // open as long as the media_set lives
};

} // namespace sluice::app
