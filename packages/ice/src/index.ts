/**
 * ICE for a server: the lite agent of RFC 8445 with consent (RFC 7675) and restart, and the table that finds it among thousands behind one port.
 *
 * The peer is a full agent: it sends the checks and nominates; this side answers, learns from where it is reached, and where to send. Nothing is sent to an address
 * that no authentic check came from, and media from elsewhere belongs to nobody. Without I/O: the driver brings datagrams and the time, hashes come in as a
 * `StunCrypto`.
 *
 * Out of scope: gathering and checks (a full agent), ICE-TCP, telling candidates (that is `sdp` and signaling).
 *
 * ```ts
 * const agent = agents.add(leg, credentials, now);
 * const outcome = agents.handleMessage(socket, source, datagram, now);
 * if (outcome?.answer !== undefined) send(socket, source, outcome.answer);
 * if (agent?.state.kind === 'connected') sendMedia(agent.state.selected);
 * ```
 */
export { createIceCredentials, type IceCredentials } from './ice-credentials.ts';
export { iceAttribute, iceErrorReasons } from './ice-numbers.ts';
export type { AuthenticCheck, IceState, ValidPair } from './lite-agent.ts';
export { LiteAgent } from './lite-agent.ts';
export type { AgentTableOptions, AgentTableStatistics, CheckOutcome } from './agent-table.ts';
export { AgentTable } from './agent-table.ts';
