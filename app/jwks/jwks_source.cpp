#include "app/jwks/jwks_source.hpp"

#include "crypto/random.hpp"
#include "http/telemetry/exposition.hpp"
#include "tls/client_channels.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds shortest_life = 1min;
constexpr std::chrono::seconds longest_life = 24h;
constexpr std::chrono::seconds usual_life = 15min; // when the server does not say
constexpr std::chrono::seconds shortest_asking = 30s;
constexpr std::chrono::seconds longest_retry = 1min;

core::http_url url_of(const core::config& settings) {
    std::string fault;
    auto url = core::parse_http_url(settings.issuer.jwt_jwks_url, fault);
    if (!url) {
        throw std::runtime_error("issuer.jwt.jwks_url: " + fault);
    }
    return std::move(*url);
}

} // namespace

jwks_source::jwks_source(const core::config& settings, service_log& log)
    : url_(url_of(settings)), place_(shown(url_)), log_(log), life_(usual_life),
      work_(context_.get_executor()),
      client_(context_, std::make_shared<tls::client_channels>(settings.issuer.jwt_jwks_ca_file),
              {}) {}

jwks_source::~jwks_source() {
    stop();
}

void jwks_source::start() {
    http::net::post(context_, [this] { fetch(); });
    thread_ = std::thread([this] {
        bool is_lost = false; // what waited for a timer: there was no memory
        while (!context_.stopped()) {
            try {
                if (std::exchange(is_lost, false)) {
                    fetch_.reset();
                    due_ = clock::now() + longest_retry;
                    wait();
                }
                context_.run();
            } catch (const std::exception& fault) {
                log_.error("jwks_stopped", {{"url", place_},
                                            {"cause", fault.what()},
                                            {"effect", "the set is fetched again in a minute"}});
                is_lost = true;
            }
        }
    });
}

void jwks_source::stop() {
    context_.stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

jwks_text jwks_source::current() const {
    const std::scoped_lock lock(mutex_);
    return set_;
}

void jwks_source::ask_again() const noexcept {
    if (is_asked_.exchange(true)) {
        return;
    }
    try {
        http::net::post(context_, [this] { timer_.cancel(); });
    } catch (const std::exception&) { // no memory: it is noticed at the next fetch
    }
}

void jwks_source::fetch() {
    is_asked_.store(false);
    began_ = clock::now();
    fetch_.emplace(client_, url_, etag_, [this](jwks_answer answer) {
        take(std::move(answer));
        due_ = clock::now() + pause();
        wait();
    });
}

void jwks_source::wait() {
    const auto until = is_asked_.load() ? std::min(due_, began_ + shortest_asking) : due_;
    if (clock::now() >= until) {
        http::net::post(context_, [this] { fetch(); });
        return;
    }
    timer_.expires_at(until);
    timer_.async_wait([this, turn = ++turn_](const http::error_code&) { // also when somebody asks
        if (turn == turn_) {
            wait();
        }
    });
}

void jwks_source::take_set(jwks_answer& answer) {
    etag_ = std::move(answer.etag);
    const auto before = current();
    if (before && *before == answer.text) {
        return;
    }
    keys_.store(answer.keys);
    {
        const std::scoped_lock lock(mutex_);
        set_ = std::make_shared<const std::string>(std::move(answer.text));
    }
    log_.info(before ? "jwks_changed" : "jwks_fetched",
              {{"url", place_}, {"keys", std::to_string(answer.keys)}});
}

void jwks_source::take(jwks_answer answer) {
    outcomes_[static_cast<std::size_t>(answer.what)].fetch_add(1);
    is_current_.store(answer.is_good());
    if (!answer.is_good()) {
        if (!std::exchange(is_failing_, true)) {
            log_.error("jwks_failing",
                       {{"url", place_},
                        {"cause", answer.cause},
                        {"effect", current() ? "session tokens are verified with the last set"
                                             : "requests with session tokens are answered 503"}});
        }
        retry_ = std::clamp<std::chrono::seconds>(retry_ * 2, 1s, longest_retry);
        return;
    }
    confirmed_.store(clock::now());
    life_ = answer.life.value_or(answer.what == jwks_outcome::unchanged ? life_ : usual_life);
    retry_ = 0s;
    if (std::exchange(is_failing_, false)) {
        log_.info("jwks_recovered", {{"url", place_}});
    }
    if (answer.what == jwks_outcome::fetched) {
        take_set(answer);
    }
}

// Up to a tenth less than the whole time, so that a fleet does not ask at the same moment.
jwks_source::clock::duration jwks_source::pause() {
    const std::chrono::milliseconds whole =
        is_failing_ ? retry_ : std::clamp(life_, shortest_life, longest_life);
    const auto dice = static_cast<unsigned char>(crypto::random_bytes(1).front());
    const auto less = whole * dice / 2560;
    return is_failing_ ? whole - less : std::max<clock::duration>(whole - less, shortest_life);
}

void jwks_source::append_metrics(std::string& text) const {
    http::exposition out(text);
    const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.family(name, "gauge", help);
        out.sample({}, value);
    };
    const auto age = std::chrono::floor<std::chrono::seconds>(clock::now() - confirmed_.load());
    gauge("sluice_jwks_current",
          "1 if the last fetch of issuer.jwt.jwks_url succeeded; 0: it failed, or none has ended.",
          is_current_.load() ? 1 : 0);
    gauge("sluice_jwks_keys", "Usable keys of the set in use; 0: none has been fetched yet.",
          keys_.load());
    gauge("sluice_jwks_age_seconds",
          "Time since the set was last fetched or confirmed; before the first, since the start.",
          static_cast<std::uint64_t>(std::max(age, 0s).count()));
    out.family("sluice_jwks_fetches_total", "counter", "Fetches of the set, by outcome.");
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
        out.sample({{"outcome", name_of(static_cast<jwks_outcome>(i))}}, outcomes_[i].load());
    }
}

} // namespace sluice::app
