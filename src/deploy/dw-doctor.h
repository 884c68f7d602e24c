/* dw-doctor.h: what works, what does not, and the fix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-registries.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

typedef enum
{
  DW_DIAGNOSIS_OK,
  DW_DIAGNOSIS_WARNING, /* something optional is not there */
  DW_DIAGNOSIS_ERROR,
} DwDiagnosisResult;

typedef struct
{
  char *subject; /* "engine", "keyring", "registry shop", … */
  DwDiagnosisResult result;
  char *detail;
  char *remedy; /* nullable */
} DwDiagnosis;

GPtrArray *dw_doctor_examine (DwStore *store, GCancellable *cancellable, GError **error);
void dw_diagnosis_free (DwDiagnosis *diagnosis);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwDiagnosis, dw_diagnosis_free)

G_END_DECLS
