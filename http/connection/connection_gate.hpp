#pragma once
// How many connections there may be, in all and from one peer (docs/security.md, threats 41 and
// 48). Asked once per connection by the listener; the session gives its place back when it ends, on
// whatever thread that is. What it remembers is bounded by the connections that are open: a peer
// without one has no entry.

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

/// What becomes of a new connection.
enum class admission : std::uint8_t {
    served,
    no_room,      // its first request is answered 503
    peer_is_full, // its first request is answered 429
    turned_away,  // told 503 at once and closed: there is no room to wait for its request
    dropped,      // closed without a word: its peer has enough that only wait to be refused
    not_secure,   // its first request is answered 400: not the gate's, but a TLS listener's verdict
};

/// How long one that is not served may take with its first request, or the handshake before it.
inline constexpr std::chrono::seconds refusal_patience{2};
[[nodiscard]] inline std::chrono::seconds patience_with(admission how,
                                                        std::chrono::seconds usual) noexcept {
    return how == admission::served ? usual : std::min(usual, refusal_patience);
}

class connection_gate {
  public:
    struct settings {
        unsigned connections = 16000; // in all
        unsigned refusals = 256;      // beyond them: connections that wait to be refused
        unsigned per_peer = 1024;     // from one peer (core::peer_of)
        /// Peers that stand for many clients, such as a balancer: only `connections` holds for
        /// them.
        std::vector<core::address_block> uncounted;
    };

    explicit connection_gate(settings with);

    /// Replaces the settings; what is connected stays. Thread safe.
    void renew(settings with);

    /// One connection's place, given back when it is destroyed. The gate outlives it.
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

      private:
        friend class connection_gate;
        connection_gate* gate_ = nullptr;
        std::optional<core::ip_address> peer_; // none: counted in all only
    };

    struct verdict {
        admission how = admission::dropped;
        limit_label limit = limit_label::connections; // that was reached, unless it is served
        connection_gate::place place;                 // empty when turned away or dropped
    };

    /// Judges a new connection. `from` is empty where the peer has no address (a unix socket).
    /// Thread safe.
    [[nodiscard]] verdict admit(const std::optional<core::ip_address>& from);

    /// Connections that hold a place, those that wait to be refused included. Thread safe.
    [[nodiscard]] std::size_t open() const;

  private:
    // Keyed with a secret, or a peer with many /64s could choose those that collide.
    struct keyed_hash {
        std::uint64_t key;
        std::size_t operator()(const core::ip_address& address) const noexcept;
    };

    void leave(const std::optional<core::ip_address>& peer) noexcept;

    mutable std::mutex mutex_; // held for a few instructions, once when a connection comes or goes
    settings with_;
    std::size_t open_ = 0;
    std::unordered_map<core::ip_address, unsigned, keyed_hash> by_peer_;
};

} // namespace sluice::http
