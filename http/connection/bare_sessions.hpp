#pragma once
// Starts sessions on plain TCP and unix sockets, for listeners without TLS. Not the session itself:
// http/connection/session.hpp is. Used by app/service/front.hpp and by the tests.

#include "http/connection/entrance.hpp"

namespace sluice::http {

class bare_sessions final : public session_starter {
  public:
    void start(worker& owner, arrival from) const override;
};

} // namespace sluice::http
