/**
 * The relay: our STUN and TURN service (RFC 8489, RFC 8656, RFC 6062) with sockets, credentials and a ledger.
 *
 * The data plane runs in a thread of its own over batched UDP; the control side, on the controller's thread, mints credentials, decides who may use the
 * relay, and keeps the ledger. The plane knows about calls only what a credential's grant says.
 */
export { nodeCrypto } from './node-crypto.ts';
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
