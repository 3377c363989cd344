#include "app/cli/command_table.hpp"

#include <algorithm>

namespace sluice::app {

namespace {

constexpr flag_row any_config{config_flag, "FILE", "",
                              "configuration file (or SLUICE_CONFIG); default: the installed one"};

constexpr std::array config_flags{
    any_config,
    flag_row{"--key-file", "FILE", "tokens.key_file", "signing keys (or SLUICE_SECRET)"},
    flag_row{set_flag, "PATH=VALUE", "", "any setting, such as limits.connections=100"},
};

constexpr std::array serve_config_flags{
    flag_row{config_flag, "FILE", "", "configuration file (or SLUICE_CONFIG)"},
    config_flags[1],
    config_flags[2],
};

constexpr std::array serve_flags{
    flag_row{"--listen", "HOST:PORT", "listen", "address of the main listener"},
    flag_row{"--media-root", "DIR", "media.root", "directory that holds the media"},
    flag_row{"--public-base-url", "URL", "public_base_url",
             "URL at which clients reach the service"},
    flag_row{"--threads", "N", "threads", "serving threads; 0: one per core"},
    flag_row{"--log-level", "LEVEL", "log.level", "debug, info, warning or error"},
    flag_row{"--access-log", "PATH", "log.access", "access log; - for standard output, or off"},
    flag_row{"--issuer", "MODE", "issuer.mode",
             "auto, key, jwt, local, or none (no check: every caller gets tokens)"},
    flag_row{"--dev", "", "issuer.mode",
             "for development: programs on this machine may request tokens (issuer.mode local)",
             "local"},
};

constexpr std::array socket_flags{
    any_config,
    flag_row{"--socket", "PATH", "control.socket",
             "the socket of the service (default: control.socket of the configuration)"},
    flag_row{set_flag, "PATH=VALUE", "", "any setting"},
};

constexpr std::array top_flags{
    flag_row{"--interval", "SECONDS", "", "time between two looks, 1 to 3600 (default: 2)"},
    flag_row{"--once", "", "", "look once, then end"},
};

constexpr std::array json_flags{
    flag_row{"--json", "", "", "answer in JSON"},
};

constexpr std::array media_flags{
    flag_row{"--type", "KIND", "", "lesson, course or module"},
    flag_row{"--rel", "PATH", "", "lesson: trainer_id/course_id/module_id/lesson_id"},
    flag_row{"--course-id", "ID", "", "course and module"},
    flag_row{"--module-id", "ID", "", "module"},
    flag_row{"--filename", "NAME", "", "exact file name"},
};

constexpr std::array issue_flags{
    flag_row{"--user", "ID", "", "user of the token"},
    flag_row{"--owner", "ID", "",
             "course, module: the trainer of the course (default: found in the media)"},
    flag_row{"--ttl", "SECONDS", "", "life of the token (default: tokens.default_ttl)"},
    flag_row{"--resume", "SECONDS", "",
             "how long after its expiry a download may be continued (default: "
             "tokens.default_resume)"},
    flag_row{"--json", "", "", "print the JSON of the HTTP endpoint"},
    flag_row{"--public-base-url", "URL", "public_base_url", "start of download_url in the JSON"},
};

constexpr std::array why_flags{
    flag_row{"--url", "URL", "", "URL of the download"},
    flag_row{"--token", "TOKEN|-", "", "the token; -: from standard input"},
    flag_row{"--media-root", "DIR", "media.root", "directory that holds the media"},
};

constexpr std::array store_flags{
    any_config,
    flag_row{"--store", "URL", "store.url",
             "sqlite:///path or postgresql://... (or SLUICE_STORE_URL)"},
    flag_row{set_flag, "PATH=VALUE", "", "any setting, such as tokens.max_ttl=3600"},
};

constexpr std::array target_flags{
    flag_row{"--user", "ID", "", "user of the grant"},
    flag_row{"--trainer", "ID", "", "owner of the media; optional if course ids are unique"},
    flag_row{"--course", "ID", "", "only this course"},
    flag_row{"--module", "ID", "", "only this module of the course"},
    flag_row{"--lesson", "ID", "", "only this lesson of the module"},
};

constexpr std::array window_flags{
    flag_row{"--from", "TIME", "",
             "start of the grant: 2026-01-31T12:00:00Z, 2026-01-31 or seconds since 1970"},
    flag_row{"--until", "TIME", "", "end of the grant, exclusive"},
};

constexpr std::array list_flags{
    flag_row{"--user", "ID", "", "only grants of this user"},
};

constexpr std::array reason_flags{
    flag_row{"--reason", "TEXT", "", "stored with the revocation, for operators"},
};

constexpr std::array revoke_user_flags{
    flag_row{"--before", "TIME", "",
             "only tokens issued before this time; now: before the current time"},
    flag_row{"--reason", "TEXT", "", "stored with the revocation, for operators"},
};

constexpr std::array keys_file_flags{
    any_config,
    flag_row{"--keys-file", "FILE", "issuer.keys_file", "the file of issuer keys"},
    flag_row{set_flag, "PATH=VALUE", "", "any setting"},
};

constexpr std::array key_limit_flags{
    flag_row{"--types", "LIST", "", "only these types: lesson, course, module (comma-separated)"},
    flag_row{"--trainers", "LIST", "", "only media of these trainers (comma-separated)"},
    flag_row{"--max-ttl", "SECONDS", "", "longest life of its tokens"},
    flag_row{"--max-resume", "SECONDS", "", "longest resume window of its tokens; 0: none"},
    flag_row{"--rate", "N", "", "tokens per second"},
    flag_row{"--trusted", "", "", "the back end decides who is entitled; Sluice does not check"},
};

constexpr std::array key_grace_flags{
    flag_row{"--grace", "SECONDS", "", "how long the old key stays valid (default: 86400)"},
};

constexpr std::array print_flags{
    flag_row{"--markdown", "", "", "the table of all settings and their defaults instead"},
    flag_row{"--sources", "", "", "each setting on a line, with the place that set it"},
};

constexpr std::array table{
    command_row{command::serve,
                "serve",
                "serve downloads and issue tokens",
                "",
                0,
                0,
                {serve_flags, serve_config_flags, {}},
                "sluice serve --media-root /srv/media --key-file /etc/sluice/keys.json "
                "--listen 0.0.0.0:8080"},
    command_row{command::status,
                "status",
                "show the state of the running service",
                "",
                0,
                0,
                {json_flags, socket_flags, {}},
                "sluice status"},
    command_row{command::top,
                "top",
                "show the transfers of the running service, again and again",
                "",
                0,
                0,
                {top_flags, json_flags, socket_flags},
                "sluice top --interval 5"},
    command_row{command::token_issue,
                "token issue",
                "make a token offline and print it",
                "",
                0,
                0,
                {media_flags, issue_flags, config_flags},
                "sluice token issue --key-file /etc/sluice/keys.json --type lesson "
                "--rel trainer123/course456/module789/lesson001 --filename Video.mp4 "
                "--user trainer123"},
    command_row{command::token_inspect,
                "token inspect",
                "show the content of a token WITHOUT verifying it",
                "TOKEN|-",
                1,
                1,
                {json_flags, {}, {}},
                "sluice token inspect - < token.txt"},
    command_row{command::token_verify,
                "token verify",
                "check a token, and with --type also the media it is bound to",
                "TOKEN|-",
                1,
                1,
                {media_flags, json_flags, config_flags},
                "sluice token verify --key-file /etc/sluice/keys.json --type course "
                "--course-id course456 --filename presentation.mp4 - < token.txt"},
    command_row{command::token_why,
                "token why",
                "explain why a download is rejected, and what would be accepted",
                "",
                0,
                0,
                {why_flags, json_flags, config_flags},
                "sluice token why "
                "--url https://media.example/download2/course/course456/presentation.mp4 "
                "--token - < token.txt"},
    command_row{command::grant_add,
                "grant add",
                "give a user access to a trainer's media, or a part of it",
                "",
                0,
                0,
                {target_flags, window_flags, store_flags},
                "sluice grant add --user anna --trainer trainer123 --course course456 "
                "--until 2027-01-01"},
    command_row{command::grant_remove,
                "grant remove",
                "remove a grant",
                "",
                0,
                0,
                {target_flags, store_flags, {}},
                "sluice grant remove --user anna --trainer trainer123 --course course456"},
    command_row{command::grant_list,
                "grant list",
                "print grants as CSV, as grant import reads them",
                "",
                0,
                0,
                {list_flags, json_flags, store_flags},
                "sluice grant list --user anna"},
    command_row{command::grant_import,
                "grant import",
                "import grants from a CSV file: all lines, or none if one is invalid",
                "FILE|-",
                1,
                1,
                {store_flags, {}, {}},
                "sluice grant import grants.csv"},
    command_row{command::revoke_token,
                "revoke token",
                "revoke one token by its jti",
                "JTI",
                1,
                1,
                {reason_flags, store_flags, {}},
                "sluice revoke token 3q2-7wAAAAAAAAAAAAAAAA --reason stolen"},
    command_row{command::revoke_user,
                "revoke user",
                "revoke all tokens of a user, present and future, or those issued before a time",
                "ID",
                1,
                1,
                {revoke_user_flags, store_flags, {}},
                "sluice revoke user anna --before now"},
    command_row{command::revoke_key,
                "revoke key",
                "revoke all tokens that a key has signed or will sign",
                "KID",
                1,
                1,
                {reason_flags, store_flags, {}},
                "sluice revoke key 2024-06 --reason leaked"},
    command_row{command::revoke_list,
                "revoke list",
                "list the revocations",
                "",
                0,
                0,
                {json_flags, store_flags, {}},
                "sluice revoke list"},
    command_row{command::revoke_lift,
                "revoke lift",
                "undo a revocation",
                "token|user|key SUBJECT",
                2,
                2,
                {store_flags, {}, {}},
                "sluice revoke lift user anna"},
    command_row{command::key_new,
                "key new",
                "make an issuer key for a back end and print it once",
                "NAME",
                1,
                1,
                {key_limit_flags, keys_file_flags, {}},
                "sluice key new lms --types lesson --rate 50"},
    command_row{
        command::key_rotate,
        "key rotate",
        "make a second key with the same name and limits; the old key expires after a grace period",
        "NAME",
        1,
        1,
        {key_grace_flags, keys_file_flags, {}},
        "sluice key rotate lms --grace 3600"},
    command_row{command::key_retire,
                "key retire",
                "invalidate all issuer keys of a name at once",
                "NAME",
                1,
                1,
                {keys_file_flags, {}, {}},
                "sluice key retire lms"},
    command_row{command::key_list,
                "key list",
                "print the issuer keys with their limits; never a key itself",
                "",
                0,
                0,
                {json_flags, keys_file_flags, {}},
                "sluice key list"},
    command_row{command::store_migrate,
                "store migrate",
                "create or update the store's schema",
                "",
                0,
                0,
                {store_flags, {}, {}},
                "sluice store migrate --store postgresql:///sluice"},
    command_row{command::store_check,
                "store check",
                "check that the store works, and show how much it contains",
                "",
                0,
                0,
                {json_flags, store_flags, {}},
                "sluice store check"},
    command_row{command::config_check,
                "config check",
                "report everything that would keep serve from starting or from being ready, or ok",
                "",
                0,
                0,
                {serve_flags, config_flags, json_flags},
                "sluice config check"},
    command_row{command::config_print,
                "config print",
                "show the settings in force, as a configuration file",
                "",
                0,
                0,
                {serve_flags, config_flags, print_flags},
                "SLUICE_THREADS=4 sluice config print"},
    command_row{command::completion,
                "completion",
                "print the completion script of a shell",
                "bash|zsh|fish",
                1,
                1,
                {},
                "sluice completion bash > /etc/bash_completion.d/sluice"},
    command_row{command::version, "version", "print the version", "", 0, 0, {}, "sluice version"},
    command_row{
        command::help, "help", "explain a command", "COMMAND", 0, 2, {}, "sluice help token issue"},
};

} // namespace

std::span<const command_row> commands() noexcept {
    return table;
}

const command_row& row_of(command what) noexcept {
    return *std::ranges::find(table, what, &command_row::what);
}

const flag_row* find_flag(const command_row& row, std::string_view name) noexcept {
    for (const auto group : row.flags) {
        const auto found = std::ranges::find(group, name, &flag_row::name);
        if (found != group.end()) {
            return &*found;
        }
    }
    return nullptr;
}

} // namespace sluice::app
