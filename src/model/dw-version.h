/* dw-version.h: a tag read as a version
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DwVersion:
 * @numbers: major, minor and patch as digits without leading zeros; not terminated
 * @lengths: how many digits each has
 * @n_numbers: how many of them the text had; the others are 0
 * @prerelease: (nullable): the pre-release identifiers; not terminated
 * @prerelease_length: its length
 *
 * A view into a text, which must outlive it. Numbers stay text, so that none is too large.
 */
typedef struct
{
  const char *numbers[3];
  gsize lengths[3];
  guint n_numbers;
  const char *prerelease;
  gsize prerelease_length;
} DwVersion;

gboolean dw_version_parse (DwVersion *self, const char *text);
int dw_version_compare_numbers (const DwVersion *a, const DwVersion *b);
int dw_version_compare (const DwVersion *a, const DwVersion *b);
gsize dw_version_measure_identifiers (const char *text);
int dw_version_compare_naturally (const char *a, const char *b);

G_END_DECLS
