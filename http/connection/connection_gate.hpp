#pragma once
// Limits the number of open connections, and of those whose peers take no bytes, in all and per
// peer (docs/security.md, threats 41, 42 and 48). It does not close or serve connections; it only
// returns a verdict. The listener asks once per connection; the session gives its place back when
// it ends, on any thread. Memory is bounded by the number of open connections: a peer without a
// connection has no entry. Used by app/service/front and, through http/connection/entrance.hpp, by
// listeners and sessions.

#include "core/address/ip_address.hpp"
#include "http/problem/limit_label.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::http {

/// The verdict on a new connection.
enum class admission : std::uint8_t {
    served,
    no_room,      // its first request gets 503
    peer_is_full, // its first request gets 429
    turned_away,  // gets 503 and is closed at once, without waiting for a request
    dropped,      // closed without a response: its peer has too many that wait to be rejected
    not_secure,   // its first request gets 400: set by a TLS listener, not by the gate
};

/// The time a connection that is not served has for its first request, or for the handshake before
/// it.
inline constexpr std::chrono::seconds refusal_patience{2};
[[nodiscard]] inline std::chrono::seconds patience_with(admission how,
                                                        std::chrono::seconds usual) noexcept {
    return how == admission::served ? usual : std::min(usual, refusal_patience);
}

class connection_gate {
  public:
    struct settings {
        unsigned connections = 16000; // in all
        unsigned refusals = 256;      // connections that wait to be rejected, beyond `connections`
        unsigned per_peer = 1024;     // from one peer (core::peer_of)
        unsigned paused = 0;          // whose peers take no bytes (progress_watch), in all
        unsigned paused_per_peer = 0;
        /// Peers that stand for many clients, such as a balancer. For them only `connections` and
        /// `paused` apply.
        std::vector<core::address_block> uncounted;
    };

    explicit connection_gate(settings with);

    /// Replaces the settings. Open connections stay open. Thread safe.
    void renew(settings with);

    /// The right of one connection to wait for a peer that takes no bytes, given back when this
    /// object is destroyed. Empty: there are too many.
    class pause {
      public:
        pause() = default;
        pause(pause&& other) noexcept
            : gate_(std::exchange(other.gate_, nullptr)), peer_(other.peer_) {}
        pause(const pause&) = delete;
        pause& operator=(const pause&) = delete;
        pause& operator=(pause&&) = delete;
        ~pause() {
            if (gate_ != nullptr) {
                gate_->resume(peer_);
            }
        }
        explicit operator bool() const noexcept { return gate_ != nullptr; }

      private:
        friend class connection_gate;
        connection_gate* gate_ = nullptr;
        std::optional<core::ip_address> peer_;
    };

    /// The place of one connection, given back when this object is destroyed. The gate outlives it.
    class place {
      public:
        place() = default;
        place(place&& other) noexcept
            : gate_(std::exchange(other.gate_, nullptr)), peer_(other.peer_) {}
        place& operator=(place&& other) noexcept {
            std::swap(gate_, other.gate_);
            std::swap(peer_, other.peer_);
            return *this;
        }
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() {
            if (gate_ != nullptr) {
                gate_->leave(peer_);
            }
        }
        /// Asks for the right to pause, which must end before the place does. Thread safe.
        [[nodiscard]] connection_gate::pause pause() const {
            return gate_ != nullptr ? gate_->admit_pause(peer_) : connection_gate::pause();
        }

      private:
        friend class connection_gate;
        connection_gate* gate_ = nullptr;
        std::optional<core::ip_address> peer_; // nullopt: counted in the total only
    };

    struct verdict {
        admission how = admission::dropped;
        limit_label limit = limit_label::connections; // reached, unless served
        connection_gate::place place;                 // empty when turned away or dropped
    };

    /// Decides on a new connection and reserves its place. `from` is empty when the peer has no
    /// address (a unix socket). Thread safe.
    [[nodiscard]] verdict admit(const std::optional<core::ip_address>& from);

    /// The number of connections that hold a place, including those that wait to be rejected.
    /// Thread safe.
    [[nodiscard]] std::size_t open() const;

  private:
    // Keyed with a secret: otherwise a peer with many /64 networks could choose addresses that
    // collide.
    struct keyed_hash {
        std::uint64_t key;
        std::size_t operator()(const core::ip_address& address) const noexcept;
    };

    struct held {
        unsigned open = 0;
        unsigned paused = 0;
    };

    void leave(const std::optional<core::ip_address>& peer) noexcept;
    [[nodiscard]] pause admit_pause(const std::optional<core::ip_address>& peer);
    void resume(const std::optional<core::ip_address>& peer) noexcept;

    mutable std::mutex mutex_; // held for a few instructions, once when a connection comes or goes
    settings with_;
    std::size_t open_ = 0;
    std::size_t paused_ = 0;
    std::unordered_map<core::ip_address, held, keyed_hash> by_peer_;
};

} // namespace sluice::http
