#pragma once
// Everything an operator may decide, with defaults that are safe to run. Plain data: where the
// values come from is core/config/config_source.hpp, what they are called is
// core/config/config_settings.hpp. No secret has a place here: keys are loaded by
// core/token/key_file.hpp and never meet this struct. Filled by app/, read by every layer above
// core.

#include "core/access/pseudonym.hpp"
#include "core/config/config_listener.hpp"
#include "core/issuer/issuer_mode.hpp"
#include "core/issuer/media_owners.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// Who brings the store's schema up to date.
enum class store_migration : std::uint8_t {
    automatic, // "auto": the service itself, when it starts
    manual,    // "manual": somebody, with `sluice store migrate`
};

/// Where a trusted proxy says who its client is.
enum class proxy_fields : std::uint8_t {
    x_forwarded, // "x-forwarded": X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host
    forwarded,   // "forwarded": Forwarded (RFC 7239)
};

/// Oldest TLS that is spoken.
enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// Least severe event that is written.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// How a line of the access log is written.
enum class log_format : std::uint8_t { json, logfmt };

struct config {
    /// host:port, IPv6 as [::1]:8080, unix:/path or systemd[:name]; port 0 takes any free port.
    /// Loopback, so that a first start exposes nothing.
    std::string listen = "127.0.0.1:8080";

    /// Sockets with their particulars; when there are any, `listen` is not used.
    std::vector<listener_settings> listeners;

    /// CIDR blocks of the proxies that are believed when they name their client, and "unix" for
    /// those that come by a unix socket. None: nobody is.
    std::vector<std::string> trusted_proxies;

    /// One kind, because a proxy that writes the one passes the other through, forged or not.
    proxy_fields trusted_fields = proxy_fields::x_forwarded;

    /// Threads that serve connections; 0 is one per core, which is best for a gateway.
    unsigned threads = 0;

    /// What clients reach us by: http(s)://host[:port][/prefix], no trailing slash. Empty: built
    /// from the Host of each request, which is right wherever nothing rewrites that field.
    std::string public_base_url;

    /// Where the media lies.
    struct media_section {
        /// Directory that holds the media. No default: a guess could publish the wrong tree.
        std::string root;

        /// Path templates below the root (core/media/media_layout.hpp). The defaults are those
        /// of docs/api.md §2.
        std::string layout_lesson = "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}";
        std::string layout_course = "{trainer_id}/{course_id}/{filename}";
        std::string layout_module = "{trainer_id}/{course_id}/{module_id}/{filename}";

        /// Seconds between two looks for changed course directories. Ten keep a new course waiting
        /// less than anybody notices and cost a stat per directory.
        std::chrono::seconds rescan_interval{10};

        friend bool operator==(const media_section&, const media_section&) = default;
    } media;

    /// Issued and accepted tokens.
    struct tokens_section {
        /// Path of the key file; empty: SLUICE_SECRET, else a random key for this process.
        std::string key_file;

        /// Seconds a token lives when the caller names no ttl: the 15 minutes of the guide.
        std::chrono::seconds default_ttl{900};

        /// Longest life in seconds; a longer ttl is clamped to it. A day outlasts any download.
        std::chrono::seconds max_ttl{86400};

        /// Seconds that `iat` and `nbf` may lie ahead, in download tokens and session tokens; never
        /// stretches `exp`. Clocks that NTP keeps differ by milliseconds, which is enough to refuse
        /// a token that another node has just made. At most 60.
        std::chrono::seconds leeway{5};

        /// Bytes per second that the downloads of a user of our tokens may have together, written
        /// as `rate`; 0: tokens name none.
        std::uint64_t rate = 0;

        /// `iss` that is written and required. Empty, as server.py writes none: neither.
        std::string issuer;

        /// `aud` that is written and required. Empty, as server.py writes none: neither.
        std::string audience;
    } tokens;

    /// The token endpoint.
    struct issuer_section {
        /// Closed until the operator has decided who may mint. A loopback address is no
        /// credential: everybody has one behind a proxy on the same machine (docs/security.md,
        /// docs/security.md, threat 52).
        issuer_modes mode = issuer_mode::automatic;

        /// Who owns media. Must be nobody where the path of a lesson does not name its trainer:
        /// else a caller would own whatever he puts his own name in front of.
        media_owners owners = media_owners::trainers;

        /// Path of the file of issuer keys (core/issuer/issuer_key_file.hpp). Empty: none.
        std::string keys_file;

        /// Path of the key, or keys, of the platform's session tokens: PEM or JWKS. Empty: none.
        std::string jwt_key_file;

        /// `iss` of session tokens. Empty: not looked at.
        std::string jwt_issuer;

        /// What `aud` of session tokens must name. Empty: they must not have one.
        std::string jwt_audience;

        /// The word in `scope` with which a session token may ask for every user. Empty: no token
        /// may.
        std::string jwt_scope = "sluice:mint";
    } issuer;

    /// Grants and revocations (docs/store.md).
    struct store_section {
        /// sqlite:///path, a path, or postgresql://… without a password. Empty: no store, owners
        /// alone may have tokens and nothing can be revoked.
        std::string url;

        /// Who brings the schema up to date. The service, so that an empty file or database just
        /// works; in a fleet with a database administrator: somebody.
        store_migration migrate = store_migration::automatic;

        /// Connections that look up grants, and threads that wait for them. A look-up takes a
        /// fraction of a millisecond, so few serve thousands a second.
        unsigned connections = 4;

        /// Milliseconds that connecting, or a statement, may take before the store counts as away.
        unsigned timeout_ms = 2000;

        /// Milliseconds an answer about grants is remembered, at most: what bounds an answer that
        /// is out of date when a change goes unheard. 0: none is.
        unsigned cache_lifetime_ms = 5000;

        /// Answers remembered at once, about 300 bytes each.
        unsigned cache_entries = 10000;

        /// Revocations held in memory, 32 to 64 bytes each. A limit for a script that runs away.
        unsigned max_revocations = 4000000;
    } store;

    /// Browsers on other origins.
    struct cors_section {
        /// Exact origins (scheme://host[:port]), or the one entry "*". None: no page elsewhere
        /// reads an answer.
        std::vector<std::string> allowed_origins;

        /// Request fields that those pages may send besides the ones that are always allowed
        /// (http/request/cors.hpp).
        std::vector<std::string> allowed_headers;
    } cors;

    /// Every limit is finite (docs/security.md, threats 41, 42 and 48); the names of those that are
    /// off at 0 say so.
    struct limits_section {
        /// Connections at once. Each may hold two descriptors: keep it below half of `ulimit -n`.
        unsigned connections = 16000;

        /// Connections at once from one peer: an IPv4 address, or the /64 of an IPv6 one. A
        /// sixteenth of all: enough for the schools and carriers that share an address, too few for
        /// one attacker. More are answered 429.
        unsigned connections_per_peer = 1000;

        /// Addresses and CIDR blocks whose connections stand for many clients, so that
        /// connections_per_peer does not hold for them: loopback and private networks, where
        /// balancers and container gateways are. A balancer with a public address must be added.
        std::vector<std::string> uncounted_peers{
            "127.0.0.0/8",    "::1",           "10.0.0.0/8", "172.16.0.0/12",
            "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",   "fe80::/10"};

        /// Bytes of request line and fields; more is answered 431. Four times the longest token.
        std::size_t header_bytes = 16384;

        /// Fields in a request; more is answered 431. Browsers behind two proxies send about 30.
        std::size_t header_fields = 64;

        /// Bytes of a request target; more is answered 414. RFC 9112 §3 asks for at least 8000.
        std::size_t target_bytes = 8000;

        /// Bytes of content that a request may announce; more is answered 413. Nothing here takes
        /// content: up to this much is refused with 400 and thrown away, so that the client gets
        /// to read the refusal before the connection closes.
        std::size_t content_bytes = 65536;

        /// Seconds from the first byte of a request to the end of its header (slowloris): absolute,
        /// not extended by progress.
        std::chrono::seconds header_timeout{10};

        /// Seconds a connection may wait for its next request. Longer than the 60 s of common
        /// balancers, which must be the ones to close.
        std::chrono::seconds idle_timeout{75};

        /// Seconds that a request may wait for a database or another slow answer before it is
        /// answered 503; its client waits meanwhile. Downloads never wait so.
        std::chrono::seconds handler_timeout{5};

        /// Seconds a transfer may stand still before it is cut; phones pause for long. A client
        /// resumes with Range.
        std::chrono::seconds stall_timeout{60};

        /// Bytes per second that a transfer must average, 0 for off. So low that only a client that
        /// holds a connection on purpose falls below it.
        std::uint64_t min_rate = 512;

        /// Seconds before min_rate is judged.
        std::chrono::seconds min_rate_grace{60};

        /// Bytes per second that one connection may have; 0: as fast as it goes.
        std::uint64_t connection_rate = 0;

        /// Bytes per second that the downloads of one user on this node may have together, 0: no
        /// limit. The lower of this and the token's `rate` holds.
        std::uint64_t user_rate = 0;

        /// Downloads of one user at once on this node, 0: no limit; more are answered 429. A
        /// download manager opens up to 16.
        unsigned user_downloads = 0;

        /// Bad credentials in a second, and at once, from one peer that is none of uncounted_peers;
        /// more are answered 429, and its session tokens are not verified for so long. Far more
        /// than a school sends whose devices have old tokens, and a hundredth of a core's time.
        unsigned bad_credentials = 100;

        /// Requests served on one connection before it is closed: lets a balancer spread load
        /// again.
        unsigned requests_per_connection = 100000;
    } limits;

    /// What each thread remembers of the files it has just served.
    struct cache_section {
        /// Files at most, each with its descriptor; 0: none. Beside limits.connections these count
        /// against `ulimit -n`, once per thread.
        unsigned files = 512;

        /// Milliseconds that an opened file is served again without another look at its name: how
        /// long a replaced or removed file may still be sent.
        unsigned lifetime_ms = 1000;
    } cache;

    /// What is written about the work done.
    struct log_section {
        log_level level = log_level::info;

        /// One line per response: a path, "-" for standard output, or "off". Standard output is
        /// what systemd and containers collect.
        std::string access = "-";

        /// One line per token asked for: a path, "-" for standard output, or "off".
        std::string audit = "off";
        log_format format = log_format::json;

        /// Who a line was about can be followed, and not found out, without the key.
        logged_user user_id = logged_user::hash;
    } log;

    /// Listeners with a certificate.
    struct tls_section {
        tls_version min_version = tls_version::v1_2;

        /// Seconds a handshake may take in all.
        std::chrono::seconds handshake_timeout{10};
    } tls;

    /// Leaving.
    struct shutdown_section {
        /// Seconds after SIGTERM in which /readyz says no while connections are still taken, for a
        /// balancer to notice.
        std::chrono::seconds delay{0};

        /// Seconds that transfers under way are given after SIGTERM; below the 30 to 90 s after
        /// which supervisors kill.
        std::chrono::seconds drain_timeout{30};
    } shutdown;

    /// The download page (web/).
    struct web_section {
        /// Directory of the built page. Empty: no page, which is right wherever only apps and
        /// servers call.
        std::string root;
    } web;

    /// Prometheus.
    struct metrics_section {
        /// host:port of a listener that serves /metrics alone. Empty: /metrics on the main
        /// listener.
        std::string listen;
    } metrics;
};

} // namespace sluice::core
