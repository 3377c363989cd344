#include "core/config/config_settings.hpp"

#include "core/config/setting_value.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

using c = config;
using media = config::media_section;
using tokens = config::tokens_section;
using issuer = config::issuer_section;
using limits = config::limits_section;
using store = config::store_section;
using tls = config::tls_section;
using shutdown = config::shutdown_section;

constexpr std::array<std::string_view, 5> issuer_names{"auto", "none", "key", "jwt", "local"};
constexpr std::array<std::string_view, 2> owner_names{"trainers", "nobody"};
constexpr std::array<std::string_view, 2> proxy_field_names{"x-forwarded", "forwarded"};
constexpr std::array<std::string_view, 2> tls_versions{"1.2", "1.3"};
constexpr std::array<std::string_view, 2> store_migrations{"auto", "manual"};
constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 2> log_formats{"json", "logfmt"};
constexpr std::array<std::string_view, 3> logged_users{"hash", "plain", "off"};

constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t year = 365 * day;
constexpr std::int64_t mebi = std::int64_t{1} << 20;
constexpr std::int64_t gibi = std::int64_t{1} << 30;

// Ranges prevent a typing error from turning a protection off; they do not limit what a site needs.
// The minimum of header_bytes fits the longest token (4096 bytes) and a long target.
constexpr std::array table{
    fixed(text_setting<&c::listen>("listen",
                                   "Address of the main listener; port 0 takes any free port")),
    fixed(listeners_setting<&c::listeners>(
        "listeners", "Listeners with settings of their own, instead of `listen`: see below")),
    fixed(number_setting<&c::threads>("threads", 0, 1024, "Serving threads; 0: one per core")),
    list_setting<&c::trusted_proxies>(
        "trusted_proxies",
        "CIDR blocks, and unix: proxies whose statements about their clients are trusted"),
    choice_setting<proxy_field_names, &c::trusted_fields>(
        "trusted_fields", "Fields that these proxies set: X-Forwarded-* or Forwarded"),
    text_setting<&c::public_base_url>(
        "public_base_url",
        "URL at which clients reach the service; empty: the Host of each request"),

    text_setting<&c::media, &media::root>("media.root", "Directory that holds the media"),
    origins_setting<&c::media, &media::origins>(
        "media.origins",
        "Directories and object stores that hold the media, instead of `media.root`: see below"),
    text_setting<&c::media, &media::layout_lesson>("media.layout.lesson",
                                                   "Path template of lesson videos"),
    text_setting<&c::media, &media::layout_course>("media.layout.course",
                                                   "Path template of course presentations"),
    text_setting<&c::media, &media::layout_module>("media.layout.module",
                                                   "Path template of module presentations"),
    seconds_setting<&c::media, &media::rescan_interval>(
        "media.rescan_interval", 1, day, "Time between two scans for new course directories"),

    text_setting<&c::tokens, &tokens::key_file>("tokens.key_file", "Path of the key file"),
    seconds_setting<&c::tokens, &tokens::default_ttl>("tokens.default_ttl", 1, year,
                                                      "Life of a token if the caller names none"),
    seconds_setting<&c::tokens, &tokens::max_ttl>("tokens.max_ttl", 1, year,
                                                  "Longest life; a longer ttl is clamped to it"),
    seconds_setting<&c::tokens, &tokens::default_resume>(
        "tokens.default_resume", 0, year,
        "Time after expiry in which a download may be continued, if the caller names none"),
    seconds_setting<&c::tokens, &tokens::max_resume>(
        "tokens.max_resume", 0, year,
        "Longest such time; a longer resume is clamped to it; 0: none"),
    seconds_setting<&c::tokens, &tokens::leeway>(
        "tokens.leeway", 0, 60, "How far iat and nbf may be in the future; exp is never extended"),
    number_setting<&c::tokens, &tokens::rate>(
        "tokens.rate", 0, gibi, "Bytes per second that our tokens allow their user; 0: no limit"),
    text_setting<&c::tokens, &tokens::issuer>("tokens.issuer",
                                              "iss that is written and required; empty: neither"),
    text_setting<&c::tokens, &tokens::audience>("tokens.audience",
                                                "aud that is written and required; empty: neither"),

    choices_setting<issuer_names, issuer_mode, &c::issuer, &issuer::mode>(
        "issuer.mode",
        "Credentials that may mint: issuer keys, session tokens, or with auto those that are "
        "configured; without a credential, local: this machine, for development; none: every "
        "caller"),
    choice_setting<owner_names, &c::issuer, &issuer::owners>(
        "issuer.owners", "Who owns media: the trainer whose directory it lies in, or nobody, so "
                         "that only grants and trusted keys entitle"),
    text_setting<&c::issuer, &issuer::keys_file>("issuer.keys_file",
                                                 "Path of the file of issuer keys"),
    text_setting<&c::issuer, &issuer::jwt_key_file>(
        "issuer.jwt.key_file", "Path of the key of session tokens: PEM, or a JWKS"),
    fixed(text_setting<&c::issuer, &issuer::jwt_jwks_url>(
        "issuer.jwt.jwks_url", "URL of a JWKS with the keys of session tokens, instead of a file")),
    fixed(text_setting<&c::issuer, &issuer::jwt_jwks_ca_file>(
        "issuer.jwt.jwks_ca_file",
        "Path of the certificate authorities, in PEM, for that URL; empty: the system's")),
    text_setting<&c::issuer, &issuer::jwt_issuer>("issuer.jwt.issuer",
                                                  "iss of session tokens; empty: any"),
    text_setting<&c::issuer, &issuer::jwt_audience>(
        "issuer.jwt.audience", "aud of session tokens; empty: they must have none"),
    text_setting<&c::issuer, &issuer::jwt_scope>(
        "issuer.jwt.scope",
        "Scope that lets a session token request tokens for any user; empty: none"),
    fixed(text_setting<&c::store, &store::url>(
        "store.url", "Grants and revocations: sqlite:///path or postgresql://...; empty: none")),
    fixed(choice_setting<store_migrations, &c::store, &store::migrate>(
        "store.migrate", "How the schema is updated: by the service, or by sluice store migrate")),
    fixed(number_setting<&c::store, &store::connections>(
        "store.connections", 1, 256, "Connections that look up grants, each with a thread")),
    fixed(number_setting<&c::store, &store::timeout_ms>("store.timeout_ms", 10, 60'000,
                                                        "Longest time of a store query, in ms")),
    fixed(number_setting<&c::store, &store::cache_lifetime_ms>(
        "store.cache_lifetime_ms", 0, 60'000,
        "Time that a grant stays in the cache, in ms; 0: no cache")),
    fixed(number_setting<&c::store, &store::cache_entries>("store.cache_entries", 0, 10'000'000,
                                                           "Grants in the cache")),
    fixed(number_setting<&c::store, &store::max_revocations>(
        "store.max_revocations", 1000, 100'000'000, "Revocations held in memory")),
    list_setting<&c::cors, &c::cors_section::allowed_origins>(
        "cors.allowed_origins", "Origins whose pages may read answers; * for all"),
    list_setting<&c::cors, &c::cors_section::allowed_headers>(
        "cors.allowed_headers", "Request fields that those pages may send, besides the usual ones"),

    number_setting<&c::limits, &limits::connections>("limits.connections", 1, 1'000'000,
                                                     "Connections at once"),
    number_setting<&c::limits, &limits::connections_per_peer>(
        "limits.connections_per_peer", 1, 1'000'000,
        "Connections at once from one IPv4 address or IPv6 /64"),
    list_setting<&c::limits, &limits::uncounted_peers>(
        "limits.uncounted_peers",
        "Addresses and CIDR blocks exempt from connections_per_peer and bad_credentials"),
    number_setting<&c::limits, &limits::header_bytes>("limits.header_bytes", 8192, mebi,
                                                      "Size of request line and fields, in bytes"),
    number_setting<&c::limits, &limits::header_fields>("limits.header_fields", 8, 1024,
                                                       "Fields in a request"),
    number_setting<&c::limits, &limits::target_bytes>("limits.target_bytes", 512, 65536,
                                                      "Length of a request target, in bytes"),
    number_setting<&c::limits, &limits::content_bytes>(
        "limits.content_bytes", 0, gibi,
        "Bytes of content that a request may announce; the content itself is rejected"),
    seconds_setting<&c::limits, &limits::header_timeout>("limits.header_timeout", 1, hour,
                                                         "Time a request header may take in all"),
    seconds_setting<&c::limits, &limits::idle_timeout>(
        "limits.idle_timeout", 1, hour, "Time a connection may wait for its next request"),
    seconds_setting<&c::limits, &limits::handler_timeout>(
        "limits.handler_timeout", 1, 60,
        "Time a request may wait for a slow resource, such as a database"),
    seconds_setting<&c::limits, &limits::stall_timeout>("limits.stall_timeout", 1, hour,
                                                        "Time a transfer may make no progress"),
    seconds_setting<&c::limits, &limits::pause_timeout>(
        "limits.pause_timeout", 0, 86400, "Time a client that still responds may pause; 0: off"),
    number_setting<&c::limits, &limits::paused_connections>(
        "limits.paused_connections", 0, 1'000'000,
        "Connections at once whose clients pause; 0: off"),
    number_setting<&c::limits, &limits::min_rate>(
        "limits.min_rate", 0, gibi, "Bytes per second a transfer must average; 0: off"),
    seconds_setting<&c::limits, &limits::min_rate_grace>("limits.min_rate_grace", 1, hour,
                                                         "Time before min_rate applies"),
    number_setting<&c::limits, &limits::connection_rate>(
        "limits.connection_rate", 0, gibi, "Bytes per second one connection may have; 0: off"),
    number_setting<&c::limits, &limits::user_rate>(
        "limits.user_rate", 0, gibi, "Bytes per second all downloads of a user share; 0: off"),
    number_setting<&c::limits, &limits::user_downloads>("limits.user_downloads", 0, 1'000'000,
                                                        "Downloads of a user at once; 0: off"),
    seconds_setting<&c::limits, &limits::takeover_after>(
        "limits.takeover_after", 1, hour,
        "Time after which a resume takes the place of a download that sends nothing"),
    number_setting<&c::limits, &limits::bad_credentials>(
        "limits.bad_credentials", 1, 1'000'000,
        "Bad credentials per second from one peer; more get 429"),
    number_setting<&c::limits, &limits::requests_per_connection>(
        "limits.requests_per_connection", 1, 1'000'000'000,
        "Requests before a connection is closed"),

    fixed(number_setting<&c::storage, &c::storage_section::threads>(
        "storage.threads", 1, 1024, "Threads that read cold files, for each device")),
    fixed(number_setting<&c::storage, &c::storage_section::memory>(
        "storage.memory", mebi, 2 * gibi, "Bytes read and not yet sent, for all devices")),
    fixed(seconds_setting<&c::storage, &c::storage_section::open_timeout>(
        "storage.open_timeout", 1, 600,
        "Time to the first byte of a file before it is answered 503")),
    seconds_setting<&c::storage, &c::storage_section::read_timeout>(
        "storage.read_timeout", 1, hour, "Time a transfer waits for its device before it is cut"),

    number_setting<&c::cache, &c::cache_section::files>(
        "cache.files", 0, 100'000, "Open files in each thread's cache; 0: no cache"),
    number_setting<&c::cache, &c::cache_section::lifetime_ms>(
        "cache.lifetime_ms", 1, 60'000, "Time for which a replaced file may still be sent, in ms"),
    seconds_setting<&c::cache, &c::cache_section::stale_lifetime>(
        "cache.stale_lifetime", 0, hour,
        "Time for which a known version is sent while its file server does not answer"),

    choice_setting<log_levels, &c::log, &c::log_section::level>(
        "log.level", "Least severe event that is written"),
    fixed(text_setting<&c::log, &c::log_section::access>(
        "log.access", "Access log: a path, - for standard output, or off")),
    fixed(text_setting<&c::log, &c::log_section::audit>(
        "log.audit", "Audit log, a line per token request: a path, - for standard output, or off")),
    choice_setting<log_formats, &c::log, &c::log_section::format>("log.format",
                                                                  "Format of the access log"),
    choice_setting<logged_users, &c::log, &c::log_section::user_id>(
        "log.user_id", "The user in the access log: hash is a pseudonym, plain the id"),
    list_setting<&c::log, &c::log_section::access_fields>(
        "log.access_fields", "Fields of the access log; default stands for all but trainer_id"),
    choice_setting<tls_versions, &c::tls, &tls::min_version>("tls.min_version",
                                                             "Oldest TLS version accepted"),
    seconds_setting<&c::tls, &tls::handshake_timeout>("tls.handshake_timeout", 1, hour,
                                                      "Time a TLS handshake may take in all"),
    seconds_setting<&c::shutdown, &shutdown::delay>(
        "shutdown.delay", 0, hour,
        "Time after SIGTERM in which /readyz is 503 and connections are still accepted"),
    seconds_setting<&c::shutdown, &shutdown::drain_timeout>(
        "shutdown.drain_timeout", 0, day, "Time after shutdown.delay for transfers to finish"),
    text_setting<&c::web, &c::web_section::root>(
        "web.root", "Directory of the built download page; empty: no page"),
    fixed(text_setting<&c::metrics, &c::metrics_section::listen>(
        "metrics.listen", "Address of a listener for /metrics alone; empty: the main one")),
    fixed(number_setting<&c::metrics, &c::metrics_section::by_trainer>(
        "metrics.by_trainer", 0, 100, "Trainers with metrics of their own; 0: none")),
    fixed(text_setting<&c::control, &c::control_section::socket>(
        "control.socket",
        "Path of the unix socket that sluice status and sluice top ask; empty: none")),
};

} // namespace

std::span<const setting> settings() noexcept {
    return table;
}

const setting* find_setting(std::string_view path) noexcept {
    const auto* const found = std::ranges::find(table, path, &setting::path);
    return found == table.end() ? nullptr : found;
}

bool is_section(std::string_view path) noexcept {
    return std::ranges::any_of(table, [path](const setting& each) {
        return each.path.size() > path.size() && each.path.starts_with(path) &&
               each.path[path.size()] == '.';
    });
}

std::string environment_name(const setting& which) {
    std::string name = "SLUICE_";
    for (const char letter : which.path) {
        const bool lower = letter >= 'a' && letter <= 'z';
        name += letter == '.' ? '_' : lower ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    return name;
}

} // namespace sluice::core
