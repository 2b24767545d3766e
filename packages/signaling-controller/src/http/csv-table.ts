import type { TSchema } from 'typebox';

interface ListSchema {
  readonly properties: { readonly value: { readonly items: { readonly properties: Readonly<Record<string, unknown>> } } };
}

/** Whether a client asks for `text/csv`. */
export function acceptsCsv(accept: string | undefined): boolean {
  return accept !== undefined && /(?:^|,)\s*text\/csv\s*(?:;|,|$)/i.test(accept);
}

/**
 * A list as CSV (RFC 4180) with a header line: a column per field that the schema of its elements names, in that order, lists within a field separated by
 * spaces.
 *
 * @param response schema of `{ value: Element[] }`.
 */
export function csvTable(response: TSchema, list: { readonly value: ReadonlyArray<Readonly<Record<string, unknown>>> }): string {
  const columns = Object.keys((response as unknown as ListSchema).properties.value.items.properties);
  const lines = [columns, ...list.value.map((element) => columns.map((column) => element[column]))];
  return lines.map((fields) => `${fields.map(field).join(',')}\r\n`).join('');
}

function field(value: unknown): string {
  const text = value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The `Link` header (RFC 8288) that names the next page of a list. @param target path and query of this page. */
export function nextPageLink(target: string, cursor: string): string {
  const [path = '', query = ''] = target.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `<${path}?${parameters}>; rel="next"`;
}
