#pragma once
// Sessions over the bare socket: what a listener without TLS starts. Used by app and by the tests.

#include "http/connection/entrance.hpp"

namespace sluice::http {

class bare_sessions final : public session_starter {
  public:
    void start(worker& owner, arrival from) const override;
};

} // namespace sluice::http
