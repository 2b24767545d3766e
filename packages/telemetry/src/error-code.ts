/** The `code` that Node and the operating system put on errors (`EADDRINUSE`, `ENOENT`), by which they are told apart and logged; `undefined` for whatever has none. */
export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
