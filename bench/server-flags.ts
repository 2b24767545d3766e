/** What the launcher gives Node where it starts the server. */
export const serverFlags: readonly string[] = ['--no-parallel-scavenge', '--disable-warning=ExperimentalWarning'];
