/* cli-fixture.h: runs the real program on its command line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A private home, and what the last run of the program left. */
typedef struct
{
  char *directory;
  GStrv environment;
  GBytes *input; /* nullable: what the next run reads */
  int status;
  char *output; /* valid UTF-8 */
  char *errors; /* valid UTF-8 */
} CliFixture;

void cli_fixture_take_program (int argc, char **argv);

const char *cli_fixture_get_program (void);

CliFixture *cli_fixture_new (void);
void cli_fixture_free (CliFixture *self);

void cli_fixture_set_variable (CliFixture *self, const char *name, const char *value);

GSubprocess *cli_fixture_start (CliFixture *self, const char *const *words);
void cli_fixture_run (CliFixture *self, int expected_status, const char *first, ...)
    G_GNUC_NULL_TERMINATED;
JsonNode *cli_fixture_run_json (CliFixture *self, int expected_status, const char *first, ...)
    G_GNUC_NULL_TERMINATED;

char *cli_fixture_run_on_terminal (CliFixture *self, const char *first, ...) G_GNUC_NULL_TERMINATED;

void cli_assert_contains (const char *text, const char *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliFixture, cli_fixture_free)

G_END_DECLS
