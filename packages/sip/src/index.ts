/**
 * SIP (RFC 3261) without I/O: messages, digest credentials, transactions, dialogs, the cores of user agents, proxies and registrars.
 */
export type { SipFlow, SocketAddress } from './link/sip-flow.ts';
