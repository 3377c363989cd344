#pragma once
// From a checked head to an answer: target, route, method, then the route's handler.

#include "http/exchange/exchange.hpp"
#include "http/exchange/site.hpp"

namespace sluice::http {

/// Answers `in.head` in `out`, always. Order: target syntax (400), route (404), method (405),
/// content (400), handler.
void dispatch(const site& where, request& in, reply& out);

} // namespace sluice::http
