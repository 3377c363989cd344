#pragma once
// The parts that the calls of one client share. Calls hold it, so that they may outlive the client.
// Used by http/client/client and http/client/call_flow.

#include "http/client/client.hpp"
#include "http/client/idle_channels.hpp"
#include "http/client/name_lookup.hpp"

#include <memory>
#include <utility>

namespace sluice::http {

class client_core {
  public:
    client_core(net::io_context& of, std::shared_ptr<const channel_maker> maker,
                const client::settings& with)
        : context(of), secure(std::move(maker)), receive_buffer(with.receive_buffer),
          counts(with.counts ? with.counts : std::make_shared<client_counts>()), names(of),
          idle(std::make_shared<idle_channels>(of, with.idle_life, with.idle_per_host, counts)) {}
    client_core(const client_core&) = delete;
    client_core& operator=(const client_core&) = delete;
    ~client_core() { idle->close(); } // a sweep may hold it for a moment longer

    net::io_context& context;
    std::shared_ptr<const channel_maker> secure; // null: none
    int receive_buffer;                          // client::settings
    plain_channels plain;
    std::shared_ptr<client_counts> counts; // never null
    name_lookup names;
    std::shared_ptr<idle_channels> idle;
};

} // namespace sluice::http
