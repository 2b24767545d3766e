/**
 * The REST surface of the Azure Communication Services server SDKs, so that they run unmodified against this server: change
 * the endpoint and access key in the connection string, and nothing else.
 *
 * Requests are signed with an access key (HMAC-SHA256, Azure's "Authenticate with access keys"). What is here today is
 * `@azure/communication-identity`: users and access tokens, and `@azure/communication-network-traversal`: credentials of the relay; with Azure's statuses,
 * validation, limits and error bodies.
 *
 * Out of scope: Microsoft Entra ID and Teams users, which are refused with a sentence that says so.
 *
 * ```ts
 * await app.register(azureApi, { identity, logger, metrics });
 * ```
 */
export { azureApi, type AzureApiOptions } from './azure-api.ts';
export { azureErrors, type AzureErrorBody, type AzureErrorCode } from './azure-error.ts';
export type { RelayConfigurationSource } from './network-traversal-operations.ts';
export type { RequestRateLimit } from './request-rate.ts';
