#pragma once
// Finds the version of one object: HEAD, repeated while the store is busy or away, until the
// patience of the origin ends. The response to HEAD has no content, so a refusal is asked for again
// with GET to learn its cause. Used by http/objects/object_desk.

#include "core/base/result.hpp"
#include "core/download/representation.hpp"
#include "http/client/client.hpp"
#include "http/client/whole_call.hpp"
#include "http/objects/object_origin.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

class object_desk;

class object_lookup {
  public:
    /// media_not_found, or media_unavailable with the cause for the log as its subject.
    using found = core::result<core::representation>;
    using handler = std::function<void(const found&)>;

    object_lookup(object_desk& desk, std::shared_ptr<object_origin> origin, std::string path);
    object_lookup(const object_lookup&) = delete;
    object_lookup& operator=(const object_lookup&) = delete;

    [[nodiscard]] bool is_for(const object_origin& origin, std::string_view path) const noexcept {
        return origin_.get() == &origin && path_ == path;
    }
    /// `then` gets the result too.
    void join(handler then) { waiting_.push_back(std::move(then)); }
    /// `end` destroys this object; it is called before the handlers.
    void start(std::function<void()> end);

  private:
    void ask();
    void ask_for_cause();
    void take(const call& head);
    void repeat(object_outcome why);
    void finish(found result);
    void finish_later(core::failure why);

    object_desk& desk_;
    std::shared_ptr<object_origin> origin_;
    std::string path_;
    std::vector<handler> waiting_;
    std::function<void()> end_;
    std::chrono::steady_clock::time_point deadline_{};
    unsigned tries_ = 0;
    net::steady_timer pause_;
    std::unique_ptr<call> head_;
    std::optional<whole_call> cause_;
    std::shared_ptr<const bool> life_ = std::make_shared<const bool>(true);
};

/// The cause in the log for an object that cannot be had: "object_forbidden" and so on.
[[nodiscard]] std::string_view object_cause(object_outcome why) noexcept;

/// The pause before the repetition number `tries` of a request, the first being 1.
[[nodiscard]] std::chrono::milliseconds object_pause(unsigned tries) noexcept;

} // namespace sluice::http
