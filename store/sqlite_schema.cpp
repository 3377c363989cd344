#include "store/schema.hpp"

#include <array>

namespace sluice::store {

namespace {

// Version 1: grants.
constexpr std::string_view first = R"(
CREATE TABLE sluice_meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sluice_grants (
    user_id    TEXT NOT NULL
               CHECK (length(CAST(user_id AS BLOB)) BETWEEN 1 AND 128 AND user_id NOT IN ('.', '..')
                      AND instr(user_id, '/') = 0 AND instr(user_id, '\') = 0),
    trainer_id TEXT NOT NULL DEFAULT ''
               CHECK (length(CAST(trainer_id AS BLOB)) <= 128 AND trainer_id NOT IN ('.', '..')
                      AND instr(trainer_id, '/') = 0 AND instr(trainer_id, '\') = 0),
    course_id  TEXT NOT NULL DEFAULT ''
               CHECK (length(CAST(course_id AS BLOB)) <= 128 AND course_id NOT IN ('.', '..')
                      AND instr(course_id, '/') = 0 AND instr(course_id, '\') = 0),
    module_id  TEXT NOT NULL DEFAULT ''
               CHECK (length(CAST(module_id AS BLOB)) <= 128 AND module_id NOT IN ('.', '..')
                      AND instr(module_id, '/') = 0 AND instr(module_id, '\') = 0),
    lesson_id  TEXT NOT NULL DEFAULT ''
               CHECK (length(CAST(lesson_id AS BLOB)) <= 128 AND lesson_id NOT IN ('.', '..')
                      AND instr(lesson_id, '/') = 0 AND instr(lesson_id, '\') = 0),
    not_before INTEGER CHECK (not_before BETWEEN 0 AND 9007199254740992),
    not_after  INTEGER CHECK (not_after BETWEEN 0 AND 9007199254740992),
    created_at INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (user_id, trainer_id, course_id, module_id, lesson_id),
    CONSTRAINT names_something CHECK (trainer_id <> '' OR course_id <> ''),
    CONSTRAINT module_lies_in_course CHECK (module_id = '' OR course_id <> ''),
    CONSTRAINT lesson_lies_in_module CHECK (lesson_id = '' OR module_id <> ''),
    CONSTRAINT window_is_not_empty CHECK (not_before < not_after)
) STRICT, WITHOUT ROWID;

INSERT INTO sluice_meta (name, value) VALUES ('schema_version', 1);
)";

// Version 2: revocations.
constexpr std::string_view second = R"(
CREATE TABLE sluice_revocations (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL CHECK (kind IN ('token', 'user', 'key')),
    subject       TEXT NOT NULL CHECK (length(CAST(subject AS BLOB)) BETWEEN 1 AND 256),
    issued_before INTEGER CHECK (issued_before BETWEEN 0 AND 9007199254740992),
    expires_at    INTEGER CHECK (expires_at BETWEEN 0 AND 9007199254740992),
    reason        TEXT NOT NULL DEFAULT '' CHECK (length(CAST(reason AS BLOB)) <= 256),
    created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
    CONSTRAINT only_users_have_a_before CHECK (kind = 'user' OR issued_before IS NULL)
) STRICT;
CREATE UNIQUE INDEX sluice_revocations_once
    ON sluice_revocations (kind, subject, coalesce(issued_before, -1));
CREATE INDEX sluice_revocations_expiry ON sluice_revocations (expires_at);

-- When a revocation that is still in force is lifted or changed, all nodes read all revocations again.
CREATE TRIGGER sluice_revocation_lifted AFTER DELETE ON sluice_revocations
WHEN OLD.expires_at IS NULL OR OLD.expires_at > unixepoch()
BEGIN UPDATE sluice_meta SET value = value + 1 WHERE name = 'revocations_generation'; END;
CREATE TRIGGER sluice_revocation_changed AFTER UPDATE ON sluice_revocations
BEGIN UPDATE sluice_meta SET value = value + 1 WHERE name = 'revocations_generation'; END;

INSERT INTO sluice_meta (name, value) VALUES ('revocations_generation', 0);
UPDATE sluice_meta SET value = 2 WHERE name = 'schema_version';
)";

constexpr std::array<std::string_view, 2> steps{first, second};
static_assert(steps.size() == current_schema_version);

constexpr dialect speaks{
    .begin = "BEGIN IMMEDIATE", // takes the write lock now: no transaction fails half-way for it
    .prepare = "PRAGMA journal_mode = WAL",
    .lock = "",
    .steps = steps,
};

} // namespace

const dialect& sqlite_dialect() noexcept {
    return speaks;
}

} // namespace sluice::store
