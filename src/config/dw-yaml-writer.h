/* dw-yaml-writer.h: writes a YAML text that every reader reads alike
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DwYamlWriter DwYamlWriter;

DwYamlWriter *dw_yaml_writer_new (void);
void dw_yaml_writer_free (DwYamlWriter *self);
void dw_yaml_writer_begin_mapping (DwYamlWriter *self);
void dw_yaml_writer_end_mapping (DwYamlWriter *self);
void dw_yaml_writer_begin_sequence (DwYamlWriter *self);
void dw_yaml_writer_end_sequence (DwYamlWriter *self);
/* A text, quoted where it could be read as something else. */
void dw_yaml_writer_add_text (DwYamlWriter *self, const char *text);
/* A number, true or false. */
void dw_yaml_writer_add_plain (DwYamlWriter *self, const char *text);
char *dw_yaml_writer_finish (DwYamlWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwYamlWriter, dw_yaml_writer_free)

G_END_DECLS
