#pragma once
// Dispatches a checked head: checks the target, the route and the method, then calls the handler of
// the route. Does not parse the head: http/request/request_parser.hpp does. Used by
// http/connection/session_base.cpp.

#include "http/exchange/exchange.hpp"
#include "http/exchange/site.hpp"

namespace sluice::http {

/// Always fills `out` for `in.head`, or suspends it. Order of the checks: target syntax (400),
/// route (404), method (405), content (400), handler.
void dispatch(const site& where, request& in, reply& out);

} // namespace sluice::http
