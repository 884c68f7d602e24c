/* dw-cli-table.c: rows of text in columns
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Widths are those on a terminal, where a Chinese character takes two columns and an accent none.
 */

#include "config.h"

#include "cli/dw-cli-table.h"

#include <stdarg.h>

#define GAP 2
#define FIELD_WIDTH 18
/* Of a cell that is cut. */
#define MINIMUM_WIDTH 16

typedef struct
{
  char *text;
  DwCliColor color;
} Cell;

struct _DwCliTable
{
  guint n_columns;
  GArray *cells; /* of Cell, row by row; the first row is the titles */
};

static void
clear_cell (gpointer data)
{
  g_free (((Cell *) data)->text);
}

/**
 * dw_cli_table_new:
 * @first_title: the first column's
 * @...: the other columns' titles, and %NULL
 *
 * Returns: (transfer full): a table without rows
 */
DwCliTable *
dw_cli_table_new (const char *first_title, ...)
{
  DwCliTable *self = g_new0 (DwCliTable, 1);
  va_list titles;

  self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (self->cells, clear_cell);

  va_start (titles, first_title);
  for (const char *title = first_title; title != NULL; title = va_arg (titles, const char *))
    {
      dw_cli_table_add_colored (self, title, DW_CLI_COLOR_DIM);
      self->n_columns++;
    }
  va_end (titles);

  return self;
}

void
dw_cli_table_free (DwCliTable *self)
{
  g_array_unref (self->cells);
  g_free (self);
}

/* Adds the next cell; a row is full when each column has one. An empty one shows a dash. */
void
dw_cli_table_add (DwCliTable *self, const char *text)
{
  dw_cli_table_add_colored (self, text, DW_CLI_COLOR_NONE);
}

void
dw_cli_table_add_colored (DwCliTable *self, const char *text, DwCliColor color)
{
  Cell cell = { .color = color };

  cell.text = dw_cli_text_make_harmless (text != NULL && *text != '\0' ? text : "–");
  g_array_append_val (self->cells, cell);
}

/* The last cell of a row as it is shown: on a terminal what does not fit is left away, as long as
 * something is left to read; the whole of it is elsewhere and in JSON. */
static char *
fit_last (const char *text, guint used)
{
  g_autoptr (GString) fitted = g_string_new (text);
  guint columns = dw_cli_text_has_terminal () ? dw_cli_text_get_columns () : 0;

  if (columns >= used + MINIMUM_WIDTH)
    dw_cli_text_cut (fitted, columns - used);

  return g_string_free (g_steal_pointer (&fitted), FALSE);
}

/* Writes the table to standard output. */
void
dw_cli_table_print (DwCliTable *self)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  guint used = 0;

  for (guint i = 0; i < self->cells->len; i++)
    {
      guint width = dw_cli_text_measure (g_array_index (self->cells, Cell, i).text);

      widths[i % self->n_columns] = MAX (widths[i % self->n_columns], width);
    }

  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);
      gboolean is_last = i % self->n_columns == self->n_columns - 1;
      guint space = widths[i % self->n_columns] - dw_cli_text_measure (cell->text) + GAP;
      g_autofree char *fitted = is_last ? fit_last (cell->text, used) : g_strdup (cell->text);
      g_autofree char *painted = dw_cli_text_paint (fitted, cell->color);

      dw_cli_text_print ("%s%*s", painted, is_last ? 0 : (int) space, is_last ? "\n" : "");
      used = is_last ? 0 : used + widths[i % self->n_columns] + GAP;
    }
}

/**
 * dw_cli_print_field:
 * @title: what it is
 * @value: (nullable): what it says; %NULL or nothing prints nothing
 *
 * Writes a line of the page of one thing to standard output.
 */
void
dw_cli_print_field (const char *title, const char *value)
{
  g_autoptr (GString) line = g_string_new (title);
  g_autofree char *harmless = dw_cli_text_make_harmless (value);

  if (*harmless == '\0')
    return;

  g_string_append_c (line, ':');
  dw_cli_text_pad (line, FIELD_WIDTH);
  dw_cli_text_print ("%s%s\n", line->str, harmless);
}
