#include "http/exchange/client_origin.hpp"

#include "core/text/ascii_case.hpp"
#include "http/exchange/exchange.hpp"
#include "http/request/forwarded.hpp"
#include "http/request/target.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

namespace {

/// All lines of that name as one list. Returns a view into `head` or `room`.
std::string_view joined(const request_head& head, std::string_view name, std::string& room) {
    std::string_view all;
    for (const auto& line : head.fields) {
        if (!core::iequals(line.name, name)) {
            continue;
        }
        if (!all.empty()) {
            room = std::string(all).append(", ").append(line.value);
        }
        all = all.empty() ? line.value : std::string_view(room);
    }
    return all;
}

} // namespace

bool is_trusted(const proxy_trust& trust, const peer_info& peer) noexcept {
    return peer.is_unix ? trust.trusts_unix : core::contains(trust.networks, peer.ip);
}

std::optional<trace_parent> find_trace(const request_head& head) {
    std::string room;
    return trace_parent::parse(joined(head, "traceparent", room));
}

std::optional<request_id> find_request_id(const request_head& head,
                                          const std::optional<trace_parent>& trace) {
    std::string room;
    if (auto named = request_id::adopt(joined(head, "X-Request-Id", room))) {
        return named;
    }
    return trace ? request_id::adopt(trace->trace_id()) : std::nullopt;
}

bool find_client(const proxy_trust& trust, request& in) {
    std::string addresses;
    std::string schemes;
    std::string hosts;
    const auto said =
        trust.fields == core::proxy_fields::forwarded
            ? read_forwarded(joined(in.head, "Forwarded", addresses), trust.networks)
            : read_x_forwarded(joined(in.head, "X-Forwarded-For", addresses),
                               joined(in.head, "X-Forwarded-Proto", schemes),
                               joined(in.head, "X-Forwarded-Host", hosts), trust.networks);
    if (!said.scheme.empty()) {
        in.is_secure = said.scheme == "https";
    }
    if (is_host(said.host)) {
        in.public_host.assign(said.host);
    }
    if (!said.address) {
        return false;
    }
    in.client = {
        .address = core::to_string(*said.address), .is_secure = in.is_secure, .ip = *said.address};
    in.peer = &in.client;
    return true;
}

void believe_proxy(const proxy_trust& trust, request& in, exchange_record& record, request_id& id) {
    if (find_client(trust, in)) {
        record.client =
            in.client.address; // a copy: the head is released before the line is written
    }
    const auto trace = find_trace(in.head);
    if (trace) {
        record.note.keep_trace(*trace, id.number());
    }
    if (const auto named = find_request_id(in.head, trace)) {
        id = *named;
    }
}

} // namespace sluice::http
