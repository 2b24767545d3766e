import type { Instant, Machine, Randomness } from '@dialplane/sansio';
import { type LongTermClient, parseStunMessage } from '@dialplane/stun';
import { writeConnectionId } from '../attributes/peer-attributes.ts';
import { turnMethod } from '../turn-numbers.ts';
import { ClientRequests, type RequestEnd } from './client-requests.ts';

/** What happens on the new stream: it is connected, a frame came, it is gone. */
export type ConnectionBindInput = { readonly kind: 'connected' } | { readonly kind: 'received'; readonly bytes: Uint8Array } | { readonly kind: 'pathFailed' };

/** After `bound` every byte of the stream is the peer's. */
export type ConnectionBindOutput =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'bound' }
  | { readonly kind: 'failed'; readonly code: number | Extract<RequestEnd, { kind: 'failed' }>['code'] };

/** Turns a new stream to the server into a client data connection (RFC 6062 §4.3, §4.4). */
export class ConnectionBindClient implements Machine<ConnectionBindInput, ConnectionBindOutput> {
  private readonly connectionId: number;
  private readonly requests: ClientRequests<'bind'>;
  private readonly outputs: ConnectionBindOutput[] = [];

  /** @param credentials those of the control connection, with what the server's challenge said. */
  constructor(connectionId: number, credentials: LongTermClient, randomness: Randomness) {
    this.connectionId = connectionId;
    this.requests = new ClientRequests(credentials, true, randomness, (bytes) => this.outputs.push({ kind: 'send', bytes }));
  }

  handle(input: ConnectionBindInput, now: Instant): void {
    if (input.kind === 'connected') this.requests.start('bind', turnMethod.connectionBind, (builder) => writeConnectionId(builder, this.connectionId), now);
    else if (input.kind === 'pathFailed') this.requests.handlePathFailed(now);
    else {
      const parsed = parseStunMessage(input.bytes);
      if (parsed.ok) this.requests.handleResponse(parsed.value, now);
    }
    this.settle();
  }

  handleTimeout(now: Instant): void {
    this.requests.handleTimeout(now);
    this.settle();
  }

  poll(): ConnectionBindOutput | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.requests.pollTimeout();
  }

  private settle(): void {
    for (let ended = this.requests.takeEnded(); ended !== undefined; ended = this.requests.takeEnded()) {
      const { end } = ended;
      this.outputs.push(end.kind === 'success' ? { kind: 'bound' } : { kind: 'failed', code: end.code });
    }
  }
}
