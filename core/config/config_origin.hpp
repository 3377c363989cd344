#pragma once
// One entry of the setting `media.origins`: a directory or an object store that holds media. Plain
// data; the table of its fields is core/config/config_origins.hpp. Used by core/config, app/service
// and app/objects.

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// Where the name of a bucket stands in a URL.
enum class bucket_addressing : std::uint8_t {
    path, // https://endpoint/bucket/key
    host, // https://bucket.endpoint/key
};

/// A directory, or a bucket of an object store that speaks S3.
struct origin_settings {
    /// Names the origin in logs, metrics and messages.
    std::string name = "objects";

    /// The directory. Empty: the origin is the bucket that the fields from `endpoint` on describe.
    std::string root;

    /// Globs over trainer ids (core/media/trainer_filter.hpp): whose media the origin may have.
    std::vector<std::string> trainers{"*"};

    /// Path templates below the directory or the prefix. Empty: those of media.layout.
    std::string layout_lesson;
    std::string layout_course;
    std::string layout_module;

    /// URL of the store: http(s)://host[:port].
    std::string endpoint;

    /// Part of every signature. A store that has no regions takes any.
    std::string region = "us-east-1";
    std::string bucket;

    /// Begins the key of every object; empty, or ends with '/'.
    std::string prefix;
    bucket_addressing addressing = bucket_addressing::path;

    /// Path of the file of credentials (core/objects/credentials_file.hpp). Empty: the variables
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the agent of the
    /// container (core/objects/container_credentials.hpp).
    std::string credentials_file;

    /// Path of the authorities (PEM) that sign the certificate of the store. Empty: the system's.
    std::string ca_file;

    /// http:// may be used for a store on another machine.
    bool plain_http = false;

    /// The store answers 403 for a missing key, as Amazon does when the credentials may not list
    /// the bucket. A 403 for an object then means that it is missing.
    bool hides_missing = false;

    /// Bytes that are read ahead of each client.
    unsigned buffer = 32768;

    /// Bytes that are read ahead of all clients; beyond it, 4096 for each.
    unsigned total_buffer = 256U << 20U;

    /// Seconds for which a client may take nothing before its connection to the store is closed.
    /// Stores close it after 60 s; it is opened again when the client goes on.
    unsigned release_after = 20;

    /// Seconds for a connection to the store, its handshake included.
    unsigned connect_timeout = 3;

    /// Seconds from a request until the head of its response has come.
    unsigned first_byte_timeout = 10;

    /// Seconds for which a response may bring nothing although its client takes what comes.
    unsigned stall_timeout = 10;

    friend bool operator==(const origin_settings&, const origin_settings&) = default;
};

} // namespace sluice::core
