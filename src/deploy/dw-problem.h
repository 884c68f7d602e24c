/* dw-problem.h: what kind of thing an error is, whichever layer it comes from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DwProblem:
 * @DW_PROBLEM_FAILED: it was tried and did not work
 * @DW_PROBLEM_INVALID: what was given cannot be
 * @DW_PROBLEM_NOT_FOUND: what was named does not exist
 * @DW_PROBLEM_UNREACHABLE: there is no engine or registry to work with at the address
 * @DW_PROBLEM_CANCELLED: somebody wanted it to end
 */
typedef enum
{
  DW_PROBLEM_FAILED,
  DW_PROBLEM_INVALID,
  DW_PROBLEM_NOT_FOUND,
  DW_PROBLEM_UNREACHABLE,
  DW_PROBLEM_CANCELLED,
} DwProblem;

DwProblem dw_problem_classify (const GError *error);
const char *dw_problem_get_name (const GError *error);

G_END_DECLS
