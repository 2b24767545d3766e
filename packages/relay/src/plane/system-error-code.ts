/** The `code` that the system puts on an error (`EADDRINUSE`). As in `telemetry`, whose log and metrics this thread would have to load for it. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
