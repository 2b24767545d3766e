/**
 * Rows as CSV (RFC 4180) with a header of every field that any row has, in the order of first appearance. Text that a
 * spreadsheet would run as a formula gets an apostrophe before it, as display names come from strangers.
 */
export function toCsv(rows: readonly object[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines: ReadonlyArray<readonly unknown[]> = [fields, ...rows.map((row) => new Map<string, unknown>(Object.entries(row))).map((row) => fields.map((field) => row.get(field)))];
  return lines.map((line) => line.map(cell).join(',')).join('\r\n') + (fields.length === 0 ? '' : '\r\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
