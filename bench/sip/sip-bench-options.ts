/** What both servers are told alike. */
export const sipBench = { realm: 'bench', users: 10_000 } as const;
