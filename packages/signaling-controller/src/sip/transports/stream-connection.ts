import type { Socket } from 'node:net';
import { type SipFlow, SipStreamFramer, type TimedTransaction } from '@dialplane/sip';

/** Bytes that may wait for a peer that does not read. */
const mostWaitingBytes = 1024 * 1024;

/** A TCP or TLS connection that carries SIP. */
export class StreamConnection {
  readonly flow: SipFlow;
  readonly socket: Socket;
  /** Names in a certificate of the peer that a known authority has signed. */
  readonly tlsNames: readonly string[];
  readonly framer = new SipStreamFramer();
  /** What was sent before the connection was there, told if it never is; `undefined` once it is there. */
  waiting: Set<TimedTransaction> | undefined;
  /** Since when a message, or the first one, is awaited. */
  incompleteSince: number | undefined;
  /** Whether a message has come over it. */
  hasSpoken = false;

  constructor(flow: SipFlow, socket: Socket, tlsNames: readonly string[], now: number) {
    this.flow = flow;
    this.socket = socket;
    this.tlsNames = tlsNames;
    this.incompleteSince = now;
  }

  /** `false` where it is closed, or so much waits that nobody can be reading. */
  write(bytes: Uint8Array): boolean {
    if (this.socket.destroyed || this.socket.writableLength > mostWaitingBytes) return false;
    this.socket.write(bytes);
    return true;
  }
}
