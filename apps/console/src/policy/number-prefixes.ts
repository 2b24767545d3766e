/** Beginnings of numbers, or the first part of a text that is none. */
export type ReadPrefixes = { readonly ok: true; readonly prefixes: readonly string[] } | { readonly ok: false; readonly wrong: string };

/** Reads beginnings of numbers (`+` and digits) between commas, spaces or lines; each counts once. */
export function readPrefixes(text: string): ReadPrefixes {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const wrong = parts.find((part) => !/^\+\d{1,15}$/.test(part));
  return wrong === undefined ? { ok: true, prefixes: [...new Set(parts)] } : { ok: false, wrong };
}

/** What stands under a field whose text is no list of beginnings. */
export function faultOfPrefixes(read: ReadPrefixes): string | undefined {
  return read.ok ? undefined : `“${read.wrong}” is no beginning of a number: + and digits, such as +1900.`;
}
