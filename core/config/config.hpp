#pragma once
// All settings of the gateway, with defaults that are safe to run. Plain data:
// core/config/config_source.hpp fills it, and core/config/config_settings.hpp names its fields. It
// never holds a secret: core/token/key_file.hpp loads keys separately. Used by every layer above
// core.

#include "core/access/pseudonym.hpp"
#include "core/config/config_listener.hpp"
#include "core/config/config_origin.hpp"
#include "core/issuer/issuer_mode.hpp"
#include "core/issuer/media_owners.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// How the store's schema is brought up to date.
enum class store_migration : std::uint8_t {
    automatic, // "auto": the service migrates when it starts
    manual,    // "manual": an operator runs `sluice store migrate`
};

/// The fields in which a trusted proxy names its client.
enum class proxy_fields : std::uint8_t {
    x_forwarded, // "x-forwarded": X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host
    forwarded,   // "forwarded": Forwarded (RFC 7239)
};

/// Oldest TLS version that is accepted.
enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// Least severe event that is logged.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// The form of a line of the access log.
enum class log_format : std::uint8_t { json, logfmt };

struct config {
    /// host:port, IPv6 as [::1]:8080, unix:/path or systemd[:name]; port 0 takes any free port. The
    /// default is loopback, so that a first start exposes nothing.
    std::string listen = "127.0.0.1:8080";

    /// Listeners with settings of their own. When there are any, `listen` is not used.
    std::vector<listener_settings> listeners;

    /// CIDR blocks of the proxies whose forwarding fields are trusted; "unix" stands for
    /// connections over a unix socket. Empty: no proxy is trusted.
    std::vector<std::string> trusted_proxies;

    /// One kind only, because a proxy that sets one kind passes the other through, even if forged.
    proxy_fields trusted_fields = proxy_fields::x_forwarded;

    /// Threads that serve connections. 0 means one per core, which is best for a gateway.
    unsigned threads = 0;

    /// The service's base URL as clients see it: http(s)://host[:port][/prefix], no trailing slash.
    /// Empty: built from the Host field of each request, which is right unless a proxy rewrites it.
    std::string public_base_url;

    /// Where the media is stored.
    struct media_section {
        /// Directory that holds the media. No default: a guess could publish the wrong tree.
        std::string root;

        /// Directories and object stores that hold the media, instead of `root`, in the order in
        /// which they are searched (core/config/config_origins.hpp).
        std::vector<origin_settings> origins;

        /// Path templates below the root, and of origins without their own
        /// (core/media/media_layout.hpp). The defaults are those of docs/api.md §2.
        std::string layout_lesson = "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}";
        std::string layout_course = "{trainer_id}/{course_id}/{filename}";
        std::string layout_module = "{trainer_id}/{course_id}/{module_id}/{filename}";

        /// Seconds between two scans for changed course directories. Ten are short enough for a new
        /// course and cost one stat per directory.
        std::chrono::seconds rescan_interval{10};

        friend bool operator==(const media_section&, const media_section&) = default;
    } media;

    /// Issued and accepted tokens.
    struct tokens_section {
        /// Path of the key file. Empty: SLUICE_SECRET, else a random key for this process.
        std::string key_file;

        /// Lifetime in seconds of a token whose request has no ttl: 15 minutes, as in the guide.
        std::chrono::seconds default_ttl{900};

        /// Longest lifetime in seconds; a longer ttl is clamped to it. A day outlasts any download.
        std::chrono::seconds max_ttl{86400};

        /// Seconds after expiry in which a download that has begun may be continued, when a request
        /// for a token has no resume. 0, because an end that is not asked for should be the end.
        std::chrono::seconds default_resume{0};

        /// Longest such window in seconds; a longer resume is clamped to it. A week: a phone that
        /// paused a download on Friday continues it on Monday. 0: no window.
        std::chrono::seconds max_resume{604800};

        /// Seconds that `iat` and `nbf` may lie in the future, in download tokens and session
        /// tokens; never extends `exp`. Clocks that NTP synchronises differ by milliseconds, which
        /// is enough to reject a token that another node has just issued. At most 60.
        std::chrono::seconds leeway{5};

        /// Bytes per second for all downloads of one user together, written to our tokens as
        /// `rate`. 0: tokens have no `rate`.
        std::uint64_t rate = 0;

        /// `iss` that is written and required. Empty: neither, as in server.py.
        std::string issuer;

        /// `aud` that is written and required. Empty: neither, as in server.py.
        std::string audience;
    } tokens;

    /// The token endpoint.
    struct issuer_section {
        /// Issues no tokens until the operator has configured who may have them. A loopback address
        /// is no credential: behind a proxy on the same machine, every client has one
        /// (docs/security.md, threat 52).
        issuer_modes mode = issuer_mode::automatic;

        /// The callers that can own media. Must be `nobody` if the path of a lesson does not
        /// contain its trainer. Otherwise a caller would own any lesson by naming himself as its
        /// trainer.
        media_owners owners = media_owners::trainers;

        /// Path of the file of issuer keys (core/issuer/issuer_key_file.hpp). Empty: none.
        std::string keys_file;

        /// Path of the keys that verify the platform's session tokens: PEM or JWKS. Empty: none.
        std::string jwt_key_file;

        /// URL of the JWKS with these keys, instead of a file. Empty: none.
        std::string jwt_jwks_url;

        /// Path of the certificate authorities, in PEM, for jwt_jwks_url. Empty: the system's.
        std::string jwt_jwks_ca_file;

        /// `iss` required of session tokens. Empty: not checked.
        std::string jwt_issuer;

        /// Value that `aud` of session tokens must contain. Empty: they must not have an `aud`.
        std::string jwt_audience;

        /// The word in `scope` that allows a session token to request tokens for any user. Empty:
        /// no session token may.
        std::string jwt_scope = "sluice:mint";
    } issuer;

    /// Grants and revocations (docs/store.md).
    struct store_section {
        /// sqlite:///path, a path, or postgresql://… without a password. Empty: no store; then only
        /// owners can have tokens, and nothing can be revoked.
        std::string url;

        /// How the schema is brought up to date. Automatic, so that an empty file or database works
        /// at once; manual suits a fleet with a database administrator.
        store_migration migrate = store_migration::automatic;

        /// Connections that look up grants, and threads that wait for them. A look-up takes a
        /// fraction of a millisecond, so a few serve thousands a second.
        unsigned connections = 4;

        /// Milliseconds that connecting or a statement may take before the store counts as
        /// unavailable.
        unsigned timeout_ms = 2000;

        /// Longest time in milliseconds that an answer about grants is cached. It limits how long
        /// an answer stays out of date when the notification of a change is lost. 0: nothing is
        /// cached.
        unsigned cache_lifetime_ms = 5000;

        /// Answers cached at once, about 300 bytes each.
        unsigned cache_entries = 10000;

        /// Revocations held in memory, 32 to 64 bytes each. A limit against a runaway script.
        unsigned max_revocations = 4000000;
    } store;

    /// Browsers on other origins.
    struct cors_section {
        /// Exact origins (scheme://host[:port]), or the one entry "*". Empty: no page of another
        /// origin can read a response.
        std::vector<std::string> allowed_origins;

        /// Request fields that those pages may send in addition to the ones that are always allowed
        /// (http/request/cors.hpp).
        std::vector<std::string> allowed_headers;
    } cors;

    /// Every limit is finite (docs/security.md, threats 41, 42 and 48), except where the comment
    /// says that 0 turns it off.
    struct limits_section {
        /// Connections at once. Each may hold two descriptors: keep it below half of `ulimit -n`.
        unsigned connections = 16000;

        /// Connections at once from one peer: an IPv4 address, or the /64 of an IPv6 one. The
        /// default is a sixteenth of all connections: enough for schools and carriers that share an
        /// address, too few for one attacker. Further connections get 429.
        unsigned connections_per_peer = 1000;

        /// Addresses and CIDR blocks to which connections_per_peer does not apply, because one
        /// address stands for many clients. The default lists loopback and private networks, where
        /// balancers and container gateways are. A balancer with a public address must be added.
        std::vector<std::string> uncounted_peers{
            "127.0.0.0/8",    "::1",           "10.0.0.0/8", "172.16.0.0/12",
            "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",   "fe80::/10"};

        /// Bytes of request line and fields; more get 431. Four times the longest token.
        std::size_t header_bytes = 16384;

        /// Fields in a request; more get 431. Browsers behind two proxies send about 30.
        std::size_t header_fields = 64;

        /// Bytes of a request target; more get 414. RFC 9112 §3 asks for at least 8000.
        std::size_t target_bytes = 8000;

        /// Bytes of content that a request may announce; more get 413. No route takes
        /// content: up to this much is rejected with 400 and discarded, so that the client can read
        /// the response before the connection closes.
        std::size_t content_bytes = 65536;

        /// Seconds from the first byte of a request to the end of its header (slowloris). Absolute:
        /// progress does not extend it.
        std::chrono::seconds header_timeout{10};

        /// Seconds that a connection may be idle between requests. Longer than the 60 s of common
        /// balancers, so that the balancer closes first.
        std::chrono::seconds idle_timeout{75};

        /// Seconds that a request may wait for a database or another slow dependency before it is
        /// rejected (503); and a download for a place of its user.
        std::chrono::seconds handler_timeout{5};

        /// Seconds without progress after which a transfer is cut, unless its client pauses: then
        /// pause_timeout applies. A client resumes with Range.
        std::chrono::seconds stall_timeout{60};

        /// Seconds that a client may pause whose system still acknowledges packets: an app in the
        /// background, a person who pressed pause. 0, or less than stall_timeout: none.
        std::chrono::seconds pause_timeout{600};

        /// Connections at once whose clients pause for longer than stall_timeout; of more, those
        /// that stop are cut then. 0: none. Never more than half of connections, and of one peer
        /// the share that connections_per_peer is of connections. The default is an eighth of all
        /// connections: clients that stop reading on purpose leave the rest to others.
        unsigned paused_connections = 2000;

        /// Least average rate of a transfer in bytes per second; 0 turns it off. So low that only a
        /// client that holds a connection on purpose falls below it.
        std::uint64_t min_rate = 512;

        /// Seconds before min_rate applies.
        std::chrono::seconds min_rate_grace{60};

        /// Most bytes per second on one connection; 0: no limit.
        std::uint64_t connection_rate = 0;

        /// Most bytes per second for all downloads of one user together on this node; 0: no limit.
        /// The lower of this and the token's `rate` applies.
        std::uint64_t user_rate = 0;

        /// Downloads of one user at once on this node; 0: no limit. More wait for handler_timeout
        /// and are then rejected (503). A download manager opens up to 16.
        unsigned user_downloads = 0;

        /// Seconds without progress after which a download gives its place to a resume of the same
        /// file by the same user, when user_downloads is reached. A phone that changes networks
        /// leaves a dead connection behind, which stall_timeout would keep for a minute.
        std::chrono::seconds takeover_after{3};

        /// Rejected credentials per second, and in a burst, from one peer outside uncounted_peers.
        /// Further requests get 429, and session tokens of that peer are not verified
        /// meanwhile. Far above what a school with expired tokens sends; costs a hundredth of a
        /// core's time.
        unsigned bad_credentials = 100;

        /// Requests served on one connection before it is closed, so that a balancer can spread the
        /// load again.
        unsigned requests_per_connection = 100000;
    } limits;

    /// Reading files that are not in memory.
    struct storage_section {
        /// Threads per device that read what is not in memory.
        unsigned threads = 16;

        /// Most bytes that have been read and not been sent yet, for all devices together.
        std::uint64_t memory = std::uint64_t{64} << 20U;

        /// The longest time to the first byte of a file. The response is 503 after that. A device
        /// that completes no call for this long is away.
        std::chrono::seconds open_timeout{5};

        /// The longest time that a running transfer waits for its device. It is cut after that.
        std::chrono::seconds read_timeout{30};
    } storage;

    /// The files that each thread keeps open after serving them.
    struct cache_section {
        /// Most open files per thread, each with its descriptor; 0: none. These and
        /// limits.connections share `ulimit -n`.
        unsigned files = 512;

        /// Milliseconds that an opened file is served again without looking up its name. A replaced
        /// or removed file can still be sent for this long.
        unsigned lifetime_ms = 1000;

        /// The time for which the cached version of a file in use is served while its file server
        /// does not respond; 0: none.
        std::chrono::seconds stale_lifetime{60};
    } cache;

    /// Logs of the requests served and of the tokens requested.
    struct log_section {
        log_level level = log_level::info;

        /// One line per response: a path, "-" for standard output, or "off". systemd and containers
        /// collect standard output.
        std::string access = "-";

        /// One line per token requested: a path, "-" for standard output, or "off".
        std::string audit = "off";
        log_format format = log_format::json;

        /// The default is a keyed hash: it links the lines of one user, and only the key can
        /// identify him.
        logged_user user_id = logged_user::hash;

        /// The fields of a line of the access log (core/config/access_fields.hpp). The default has
        /// everything but the trainer, who is a user too.
        std::vector<std::string> access_fields{"default"};
    } log;

    /// Listeners with a certificate.
    struct tls_section {
        tls_version min_version = tls_version::v1_2;

        /// Seconds that a whole handshake may take.
        std::chrono::seconds handshake_timeout{10};
    } tls;

    /// Shutdown.
    struct shutdown_section {
        /// Seconds after SIGTERM in which /readyz responds 503 while connections are still
        /// accepted, so that a balancer can notice.
        std::chrono::seconds delay{0};

        /// Seconds that transfers have to finish after SIGTERM. Below the 30 to 90 s after which
        /// supervisors kill.
        std::chrono::seconds drain_timeout{30};
    } shutdown;

    /// The download page (web/).
    struct web_section {
        /// Directory of the built page. Empty: no page, which is right when only apps and servers
        /// call.
        std::string root;
    } web;

    /// Prometheus.
    struct metrics_section {
        /// host:port of a listener that serves only /metrics. Empty: /metrics is on the main
        /// listener.
        std::string listen;
        /// Number of trainers with metrics of their own: those with the most traffic. 0: none.
        /// Their names are visible to everybody who may read the metrics.
        unsigned by_trainer = 0;
    } metrics;

    /// `sluice status` and `sluice top`.
    struct control_section {
        /// Absolute path of a unix socket that answers root and the service's user. Empty: none,
        /// because only an installation knows a directory for it.
        std::string socket;
    } control;
};

} // namespace sluice::core
