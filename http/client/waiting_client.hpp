#pragma once
// A client for a thread that may wait: it runs the loop of its calls until the answer is there. For
// commands, and for threads of their own; never for a thread that serves. Used by
// app/jwks/jwks_fetch and app/objects.

#include "http/client/client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace sluice::http {

/// True when `time` has passed since this call: ends the waits of a waiting_client.
[[nodiscard]] std::function<bool()> is_over_after(std::chrono::milliseconds time);

class waiting_client {
  public:
    /// `secure` and `with` as in client. A wait ends when `is_over` returns true; it is asked ten
    /// times a second.
    waiting_client(std::shared_ptr<const channel_maker> secure, std::function<bool()> is_over,
                   client::settings with = {});

    /// Starts the calls, which are destroyed before this object. They go on during wait_for() only.
    [[nodiscard]] client& calls() noexcept { return client_; }

    /// Waits until `answer`, which the handler of a call sets, has a value. False when the wait was
    /// over before.
    template <class T>
    [[nodiscard]] bool wait_for(const std::optional<T>& answer) {
        while (!answer && !is_over_()) {
            run_briefly();
        }
        return answer.has_value();
    }

  private:
    void run_briefly();

    std::function<bool()> is_over_;
    net::io_context context_{1};
    client client_;
};

} // namespace sluice::http
