/* dw-tar-writer.h: a few small files as one archive
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DwTarWriter DwTarWriter;

DwTarWriter *dw_tar_writer_new (void);
void dw_tar_writer_add_folder (DwTarWriter *self, const char *name, guint mode);
void dw_tar_writer_add_file (DwTarWriter *self, const char *name, guint mode, const char *content);
GBytes *dw_tar_writer_end (DwTarWriter *self);

G_END_DECLS
