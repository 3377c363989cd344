#include "app/process/end_within.hpp"

#include <unistd.h>

#include <system_error>
#include <thread>

namespace sluice::app {

void end_within(std::chrono::milliseconds limit, int status) {
    try {
        std::thread([limit, status] {
            std::this_thread::sleep_for(limit);
            ::_exit(status);
        }).detach();
    } catch (const std::system_error&) { // no thread: then a disk that hangs can delay the exit
    }
}

} // namespace sluice::app
