/**
 * The relay: our STUN and TURN service (RFC 8489, RFC 8656, RFC 6062) with sockets, credentials and a ledger.
 *
 * The data plane ({@link startRelayPlane}) runs in a thread of its own over batched UDP, TCP and the streams that a TLS port hands over; the control side
 * ({@link openRelayControl}), on the controller's thread, mints credentials, decides who may use the relay, and keeps the ledger. The plane knows about
 * calls only what a credential's grant says. {@link connectTurn} and {@link askBinding} are the client's side over real sockets.
 *
 * Assumed: clocks that agree to seconds (usernames carry their expiry), a folder for the counters that only this process uses. Out of scope: DTLS, TLS itself (another
 * port terminates it), choosing among relays of several machines.
 *
 * ```ts
 * const plane = await startRelayPlane({ secret, realm: 'calls.example.org', countersPath, logger, onUsage: (event) => ledger.record(event) });
 * plane.admit({ credentialId: 'c1', resourceId: 'r1', userId: 'alice', expiresAt: Date.now() + 3_600_000 });
 * await plane.close();
 * ```
 */
export type { RelayGrant } from './relay-grant.ts';
export type { HandedOverStream, RelayPlane, RelayUsageEvent } from './relay-plane.ts';
export { openRelayControl, type RelayControl, type RelayControlOptions } from './control/open-relay-control.ts';
export type { RelayPlace } from './control/relay-place.ts';
export type { RelayConfiguration, RelayService } from './control/relay-service.ts';
export type { GrantTaker, RelayCredential, RelayCredentials } from './credentials/relay-credentials.ts';
export { turnPassword, turnUsername } from './credentials/turn-password.ts';
export type { RelayLedger } from './ledger/relay-ledger.ts';
export { defaultRelayLimits, type PortRange, type RelayLimits, type RelayPeers, type RelayPlaneOptions } from './relay-plane-options.ts';
export type { PlaneStatistic, PlaneStatistics } from './plane/plane-statistics.ts';
export { RelayError, relayErrors, type RelayErrorCode } from './relay-error.ts';
export { startRelayPlane } from './start-relay-plane.ts';
export { askBinding, type AskBindingOptions, type BindingObservation } from './client/ask-binding.ts';
export type { TurnServerTarget } from './client/client-path.ts';
export { connectTurn, type TurnAllocation, type TurnConnection, type TurnConnectionOptions } from './client/turn-connection.ts';
export { TurnClientError } from './client/turn-client-error.ts';
