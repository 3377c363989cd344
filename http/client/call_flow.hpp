#pragma once
// The steps of one call: an idle connection, or a name, an address and a handshake; the request;
// the head; the content as it is asked for. Its pending operation keeps it alive; when the call has
// been abandoned, that operation ends it. Used by http/client/client and http/client/call.

#include "http/client/call.hpp"
#include "http/client/channel.hpp"
#include "http/client/client_core.hpp"
#include "http/client/connect_race.hpp"
#include "http/client/outgoing.hpp"
#include "http/client/response_reader.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::http {

class call_flow : public std::enable_shared_from_this<call_flow> {
  public:
    call_flow(std::shared_ptr<client_core> core, outgoing what, call::head_handler then);
    call_flow(const call_flow&) = delete;
    call_flow& operator=(const call_flow&) = delete;

    void begin();
    /// Ends the call; no handler is called afterwards.
    void abandon() noexcept;
    void read_some(net::mutable_buffer room, call::piece_handler then);
    [[nodiscard]] const response_reader& response() const noexcept { return *response_; }
    /// call::waited()
    [[nodiscard]] std::chrono::steady_clock::duration waited() const noexcept { return waited_; }

  private:
    using clock = std::chrono::steady_clock;
    enum class step : std::uint8_t { name, address, handshake, head, content };

    void reuse_or_open();
    void open();
    void connect(std::vector<tcp::endpoint> to);
    void greet(tcp::socket socket);
    void send();
    void read_head();
    void take_head();
    void receive(void (call_flow::*next)());
    /// True when the caller may go on after a read that ended with `ec`.
    [[nodiscard]] bool survives(const error_code& ec);
    void fetch_content();
    void read_directly(std::size_t bytes);
    void deliver();
    void give(std::size_t bytes);
    void release_channel();

    void limit(std::chrono::milliseconds from_now);
    void wait_for_limit();
    void time_out();
    /// The connection broke. Repeats the request if that is allowed.
    void break_off(call_fault why);
    void fail(call_fault why);
    void close() noexcept;

    std::shared_ptr<client_core> core_;
    outgoing what_;
    std::string place_; // scheme and authority
    std::string text_;  // of the request
    call::head_handler on_head_;
    call::piece_handler on_piece_;
    net::mutable_buffer room_{};
    std::optional<response_reader> response_;
    std::shared_ptr<connect_race> race_;
    std::unique_ptr<channel> channel_;
    std::unique_ptr<channel> broken_; // outlives the handler of its last operation
    net::steady_timer timer_;
    clock::time_point began_;
    clock::duration waited_{};
    clock::time_point due_ = clock::time_point::max();
    std::optional<call_fault> fault_; // of a call that has failed
    step step_ = step::name;
    bool is_waiting_ = false; // for timer_
    bool is_reused_ = false;
    bool is_over_ = false;
};

} // namespace sluice::http
