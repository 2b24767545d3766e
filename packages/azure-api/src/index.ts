/**
 * The REST surface of the Azure Communication Services server SDKs, so that they run unmodified against this server: change
 * the endpoint and access key in the connection string, and nothing else.
 *
 * Requests are signed with an access key (HMAC-SHA256, Azure's "Authenticate with access keys"). What is here today is
 * `@azure/communication-identity`: users and access tokens, `@azure/communication-network-traversal`: credentials of the relay, `@azure/communication-phone-numbers`: numbers, trunks
 * and voice routes, `@azure/communication-rooms`: rooms and who is invited to them, and `@azure/communication-call-automation`: applications that are parties of calls, and what they play and hear; with Azure's statuses, validation, limits and error bodies.
 *
 * Out of scope: Microsoft Entra ID and Teams users, which are refused with a sentence that says so.
 *
 * ```ts
 * await app.register(azureApi, { identity, logger, metrics });
 * ```
 */
export { azureApi, type AzureApiOptions, type AzureTelephony } from './azure-api.ts';
export { azureErrors, type AzureErrorBody, type AzureErrorCode } from './azure-error.ts';
export type { RelayConfigurationSource } from './network-traversal-operations.ts';
export type { NumberFacts, PhoneNumberSource } from './phone-numbers/phone-number-source.ts';
export type { RequestRateLimit } from './request-rate.ts';
export type { SipConfigurationPatch, SipRoutingSource } from './sip-routing/sip-routing-source.ts';
