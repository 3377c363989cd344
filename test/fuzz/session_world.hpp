#pragma once
// The server of fuzz_session: one worker, a guarded file, another file that no token opens, an
// echo, and an echo that suspends its requests.

#include "core/token/token_service.hpp"
#include "crypto/jws.hpp"
#include "http/connection/worker.hpp"
#include "http/handlers/download_handler.hpp"
#include "http/sending/user_transfers.hpp"
#include "test/fuzz/ring.hpp"
#include "test/support/layouts.hpp"
#include "test/support/temp_dir.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::fuzz {

using namespace std::chrono_literals; // NOLINT(google-build-using-namespace): for this target only

inline constexpr std::string_view secret_content = "what no token of this test opens";

/// Wall time stands still, so that the token stays valid.
class timer final : public core::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept override {
        return std::chrono::system_clock::time_point(1'700'000'000s);
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const noexcept override {
        return steady_;
    }
    void advance(std::chrono::seconds by) { steady_ += by; }

  private:
    std::chrono::steady_clock::time_point steady_{1000s};
};

/// Responds with the last segment of the path.
class echo_handler final : public http::handler {
  public:
    void handle(http::request& in, http::reply& out) const override {
        out.begin(200).finish_with("text/plain", in.path.view().back());
    }
};

/// Responds like the echo, but suspends the request until the loop below completes it.
class later_handler final : public http::handler {
  public:
    explicit later_handler(std::vector<http::completion>& held) noexcept : held_(held) {}
    void handle(http::request&, http::reply& out) const override { held_.push_back(out.suspend()); }

  private:
    std::vector<http::completion>& held_;
};

/// One worker for all inputs, with a guarded file, one beside it, and an echo.
struct world {
    world() {
        dir.write_file("t/c/m/l/Video.mp4", std::string(40'000, 'v'));
        dir.write_file("t/c/m/l/Other.mp4", std::string(secret_content));
        token = crypto::sign_compact(
            ring.newest().encoded_header(),
            R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l","user_id":"u","exp":1700000900})",
            ring.newest().key());
    }

    test::temp_dir dir;
    timer clock;
    std::atomic<bool> draining{false};
    core::key_ring ring = make_ring();
    core::token_service tokens{ring, {}};
    std::string token;
    core::media_layout layout = sluice::test::default_layout();
    core::media_store store{dir.path()};
    core::catalogue courses{store, {}};
    core::course_owners owners{{&courses}};
    core::media_library library{{{.layout = layout, .store = &store}}, owners};
    http::user_transfers users;
    core::peer_rates rates;
    http::bad_credentials bad{rates, {}};
    http::download_handler download{core::media_kind::lesson,
                                    {.tokens = tokens,
                                     .media = {library, nullptr, nullptr},
                                     .has_store = false,
                                     .most = {},
                                     .bad = bad,
                                     .users = users}};
    echo_handler echo;
    std::vector<http::completion> held;
    later_handler later{held};
    std::vector<http::route> table{{"/download2/*/*/*/*/*", http::route_label::download, &download},
                                   {"/echo/*", http::route_label::none, &echo},
                                   {"/later/*", http::route_label::none, &later}};
    http::router routes{table};
    http::cors_policy cors{{"https://good.example"}};
    http::session_limits limits{
        .header = {.header_bytes = 1024, .header_fields = 12, .target_bytes = 300},
        .header_timeout = 10s,
        .idle_timeout = 20s,
        .transfer = {},
        .requests_per_connection = 6,
        .cache = {}};
    http::worker server{std::make_shared<const http::site>(http::site{.routes = routes,
                                                                      .cors = cors,
                                                                      .clock = clock,
                                                                      .limits = limits,
                                                                      .log = {},
                                                                      .users = &users,
                                                                      .is_draining = draining}),
                        nullptr};
};

} // namespace sluice::fuzz
