#pragma once
// Lets only root and the user of the service speak to the control socket, whatever the permissions
// of its file are (docs/security.md, threat 68). Used by app/service/application.

#include "http/connection/bare_sessions.hpp"
#include "http/connection/entrance.hpp"

#include <sys/types.h>

namespace sluice::app {

class control_entrance final : public http::session_starter {
  public:
    /// Answers 403 to other users and closes.
    void start(http::worker& owner, http::arrival from) const override;

    /// True for root and for `self`, the user of this process.
    [[nodiscard]] static bool may_ask(uid_t user, uid_t self) noexcept {
        return user == 0 || user == self;
    }

  private:
    http::bare_sessions next_;
};

} // namespace sluice::app
