#pragma once
// A call whose content is small and wanted whole: a key set, credentials, a list. Bounded in bytes
// and in time. Content that is passed on as it comes is read with http/client/call. Used by
// app/jwks/jwks_fetch.

#include "http/client/client.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace sluice::http {

/// Its destruction cancels the call, also inside the handler.
class whole_call {
  public:
    struct bounds {
        std::size_t bytes = 0; // of content; more is call_fault::too_large
        /// Of everything; more is call_fault::timeout, however steadily the content drips. Looked
        /// at when content arrives: the deadlines of the call's own limits may end it later.
        std::chrono::milliseconds time{30000};
    };
    using handler = std::function<void(call_result<std::string>)>;

    /// `then` is called once with the content, whatever the status, and never from inside this.
    whole_call(client& by, outgoing what, bounds within, handler then);
    whole_call(const whole_call&) = delete;
    whole_call& operator=(const whole_call&) = delete;

    /// The response without its content; for the handler, and when that got no fault.
    [[nodiscard]] const call& head() const noexcept { return *call_; }

  private:
    void read_more();
    void take(std::size_t bytes);
    void finish(call_result<std::string> outcome);

    bounds within_;
    std::chrono::steady_clock::time_point due_;
    handler then_;
    std::string all_;
    std::string room_;
    std::unique_ptr<call> call_; // the last member: its end comes first
};

} // namespace sluice::http
