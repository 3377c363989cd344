#pragma once
// Answers GET /status on the control socket: the state of the service as one JSON object
// (docs/status.schema.json). Answers of a quarter of a second are the same, so that many callers
// cost the workers as much as one. It contains no secret, token, jti or user id. Not the text for a
// person: app/status/status_text makes it. Used by app/service/generation.

#include "app/status/media_root.hpp"
#include "app/status/status_board.hpp"
#include "core/access/pseudonym.hpp"
#include "http/exchange/exchange.hpp"
#include "http/storage/storage.hpp"

#include <boost/json/fwd.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

class status_handler final : public http::handler {
  public:
    struct context {
        status_board& board;
        const std::vector<const http::counters*>& counters;
        const std::atomic<bool>& is_leaving;
        const std::atomic<bool>& is_draining;
        const http::storage& devices;
        const core::pseudonyms& names;
        bool shows_users;           // false: log.user_id is off
        unsigned connections;       // limits.connections
        unsigned threads_of_device; // storage.threads
        std::vector<media_root> media_roots;
        /// Adds the keys and the store.
        std::function<void(boost::json::object&)> add_more;
    };

    explicit status_handler(context with) : with_(std::move(with)) {}
    void handle(http::request& in, http::reply& out) const override;

  private:
    [[nodiscard]] std::string render(const transfer_round& from) const;

    context with_;
};

} // namespace sluice::app
