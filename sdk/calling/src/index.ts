/**
 * The client library: calls from a browser, or from Node for bots and tests, with the names and the behaviour of
 * `@azure/communication-calling`, so that an import alias is the whole migration of an application.
 *
 * Signaling is HTTPS (`signaling/`): commands as requests, everything else as one event stream. Media is the host's WebRTC
 * (`media/`), one peer connection per media session, by perfect negotiation (RFC 8829, RFC 8838). The credential is the
 * unmodified `AzureCommunicationTokenCredential`; the access token names the server.
 *
 * Out of scope: what belongs to Microsoft Teams is present and inert.
 */
export type { CallInternals, CallOperationId, LocalMedia, MediaStreamPlace, StatsSample } from './call-internals.ts';
