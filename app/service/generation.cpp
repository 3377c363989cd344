#include "app/service/generation.hpp"

#include "app/service/issuer_setup.hpp"
#include "app/service/page.hpp"
#include "app/service/status_facts.hpp"
#include "app/service/token_policy.hpp"
#include "http/storage/storage_metrics.hpp"

#include <algorithm>
#include <utility>

namespace sluice::app {

namespace {

http::session_limits limits_of(const core::config& settings) {
    const auto& limits = settings.limits;
    return {.header = {.header_bytes = limits.header_bytes,
                       .header_fields = limits.header_fields,
                       .target_bytes = limits.target_bytes,
                       .content_bytes = limits.content_bytes},
            .header_timeout = limits.header_timeout,
            .idle_timeout = limits.idle_timeout,
            .handshake_timeout = settings.tls.handshake_timeout,
            .handler_timeout = limits.handler_timeout,
            .transfer = {.stall = limits.stall_timeout,
                         .min_bytes_per_second = limits.min_rate,
                         .grace = limits.min_rate_grace,
                         .pause = limits.paused_connections > 0 ? limits.pause_timeout
                                                                : std::chrono::seconds::zero()},
            .requests_per_connection = limits.requests_per_connection,
            .cache = {.files = settings.cache.files,
                      .lifetime = std::chrono::milliseconds(settings.cache.lifetime_ms),
                      .stale_lifetime = settings.cache.stale_lifetime},
            .storage_open_timeout = settings.storage.open_timeout,
            .storage_read_timeout = settings.storage.read_timeout};
}

http::proxy_trust trust_of(const core::config& settings) {
    return {.networks = core::address_blocks_of(settings.trusted_proxies),
            .trusts_unix = std::ranges::count(settings.trusted_proxies, "unix") > 0,
            .fields = settings.trusted_fields};
}

fetched_keys fetched_by(const jwks_source* source, const jwks_text& text) {
    return source == nullptr ? fetched_keys{} : fetched_keys{source, source->place(), text};
}

std::optional<store::granted_entitlements> grants_of(const core::ownership& owners,
                                                     const generation::surroundings& around) {
    if (around.store == nullptr) {
        return std::nullopt;
    }
    return store::granted_entitlements(owners, {.grants = around.store->grants(),
                                                .revoked = around.store->revoked(),
                                                .time = around.clock});
}

http::bad_credentials::settings bad_of(const core::config& settings) {
    return {.rate = settings.limits.bad_credentials,
            .uncounted = core::address_blocks_of(settings.limits.uncounted_peers)};
}

http::download_handler::limits download_limits_of(const core::config& settings) {
    const auto& limits = settings.limits;
    return {.connection_rate = limits.connection_rate,
            .user_rate = limits.user_rate,
            .user_downloads = limits.user_downloads,
            .takeover_after = limits.takeover_after,
            .patience = limits.handler_timeout};
}

} // namespace

generation::generation(core::config settings, core::loaded_keys keys,
                       std::shared_ptr<const media_set> media, const surroundings& around)
    : settings_(std::move(settings)), keys_(std::move(keys)),
      key_metrics_(keys_, settings_.tokens.key_file), media_(std::move(media)),
      tokens_(keys_.ring, policy_of(settings_)), pseudonyms_(keys_.ring.oldest().key()),
      jwks_(around.jwks != nullptr ? around.jwks->current() : nullptr),
      gate_(make_issuer_gate(settings_, fetched_by(around.jwks, jwks_), around.log)),
      bad_(around.bad_credentials, bad_of(settings_)),
      owners_(media_->owners(), media_->library().origins(), settings_.issuer.owners),
      granted_(grants_of(owners_, around)),
      cors_(settings_.cors.allowed_origins, settings_.cors.allowed_headers),
      handlers_{
          .token = {{.gate = gate_,
                     .entitlement =
                         granted_ ? static_cast<const core::entitlements&>(*granted_) : owners_,
                     .media = files(around),
                     .tokens = tokens_,
                     .cors = cors_,
                     .waiting = around.store != nullptr ? &around.store->threads() : nullptr,
                     .owners = owners_,
                     .clock = around.clock,
                     .bad = bad_,
                     .audit = around.audit},
                    settings_.public_base_url},
          .lesson = {core::media_kind::lesson, downloads(around)},
          .course = {core::media_kind::course, downloads(around)},
          .module = {core::media_kind::module, downloads(around)},
          .health = {},
          .ready = {around.is_leaving, files(around),
                    around.store != nullptr ? &around.store->revoked() : nullptr},
          .metrics = {around.counters,
                      [this, &process = around.process, &tls = around.tls, &log = around.log,
                       &devices = around.devices, store = around.store, &clock = around.clock,
                       trainers = around.trainers, jwks = around.jwks](std::string& out) {
                          process.append(out);
                          log.append_metrics(out);
                          tls.append_metrics(out);
                          http::append_storage_metrics(devices, out);
                          key_metrics_.append(out);
                          http::object_origin::append_metrics(media_->object_stores(), out);
                          if (store != nullptr) {
                              store->append_metrics(out);
                          }
                          if (trainers != nullptr) {
                              trainers->append(clock.steady(), out);
                          }
                          if (jwks != nullptr) {
                              jwks->append_metrics(out);
                          }
                      }},
          .status = status_handler(status(around)),
          .page = read_page(settings_, around.log),
      },
      main_routes_(main_routes(handlers_, settings_.metrics.listen.empty())),
      metrics_routes_(metrics_routes(handlers_)), control_routes_(control_routes(handlers_)),
      main_(site_of(main_routes_, around)), metrics_(site_of(metrics_routes_, around)),
      control_(control_site(around)) {}

http::media_access generation::files(const surroundings& around) const {
    return {.library = media_->library(),
            .devices = &around.devices,
            .keep = media_,
            .open_timeout = settings_.storage.open_timeout,
            .stores = media_->stores()};
}

http::download_handler::context generation::downloads(const surroundings& around) const {
    return {.tokens = tokens_,
            .media = files(around),
            .has_store = granted_.has_value(),
            .most = download_limits_of(settings_),
            .bad = bad_,
            .users = around.users};
}

status_handler::context generation::status(const surroundings& around) const {
    return {.board = around.board,
            .counters = around.counters,
            .is_leaving = around.is_leaving,
            .is_draining = around.is_draining,
            .devices = around.devices,
            .names = pseudonyms_,
            .shows_users = settings_.log.user_id != core::logged_user::off,
            .connections = settings_.limits.connections,
            .threads_of_device = settings_.storage.threads,
            .media_roots = media_->roots(),
            .add_more = [this, &clock = around.clock, store = around.store](auto& out) {
                add_signing_keys(keys_, key_metrics_.written(), longest_use(settings_),
                                 clock.wall_seconds(), out);
                add_issuer_keys(gate_.keys(), clock.wall_seconds(), out);
                add_object_stores(media_->object_stores(), clock.steady(), out);
                add_store(store, clock.steady(), out);
            }};
}

// Nobody but the operator speaks here, and briefly: a client that stops reading is cut soon.
http::site generation::control_site(const surroundings& around) const {
    constexpr std::chrono::seconds patience{10};
    auto site = site_of(control_routes_, around);
    site.users = nullptr;
    site.trainers = nullptr;
    site.proxies = {};
    auto& limits = site.limits;
    limits.header.content_bytes = 0;
    limits.header_timeout = std::min(limits.header_timeout, patience);
    limits.idle_timeout = std::min(limits.idle_timeout, patience);
    limits.transfer.stall = std::min(limits.transfer.stall, patience);
    return site;
}

http::site generation::site_of(const http::router& routes, const surroundings& around) const {
    return {.routes = routes,
            .cors = cors_,
            .clock = around.clock,
            .limits = limits_of(settings_),
            .log = {.format = settings_.log.format,
                    .user = settings_.log.user_id,
                    .names = &pseudonyms_,
                    .fields = core::access_fields_of(settings_.log.access_fields)},
            .proxies = trust_of(settings_),
            .users = &around.users,
            .trainers = around.trainers,
            .is_draining = around.is_draining};
}

} // namespace sluice::app
