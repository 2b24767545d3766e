/** Azure's limits for access tokens ("Identity model", access token lifetime), in minutes. */
export const minTokenMinutes = 60;
export const maxTokenMinutes = 1440;
export const defaultTokenMinutes = 1440;

/** No token of any kind lives longer. */
export const maxTokenLifetimeMs = maxTokenMinutes * 60_000;
