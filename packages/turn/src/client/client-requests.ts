import { earliest, type Instant, type Randomness } from '@dialplane/sansio';
import {
  ClientTransaction,
  type ClientTransactionEnd,
  type CredentialFailure,
  type LongTermClient,
  MessageBuilder,
  readErrorCode,
  RetransmissionTimeout,
  type StunMessage,
  writeInt32,
} from '@dialplane/stun';
import { turnKnownAttributes } from '../turn-numbers.ts';

/** What became of a request. */
export type RequestEnd =
  | { readonly kind: 'success'; readonly message: StunMessage }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string; readonly message: StunMessage }
  /** No answer that counts. */
  | { readonly kind: 'failed'; readonly code: CredentialFailure | Exclude<ClientTransactionEnd, 'answered'> | 'unknownAttribute' };

/** A request that has ended, with what its owner wanted by it. */
export interface EndedRequest<Purpose> {
  readonly purpose: Purpose;
  readonly end: RequestEnd;
}

interface PendingRequest<Purpose> {
  readonly purpose: Purpose;
  readonly method: number;
  readonly write: (builder: MessageBuilder) => void;
  readonly transaction: ClientTransaction;
  readonly generation: number;
}

/** Room for any request of a client: what {@link LongTermClient.writeCredentials} appends, and what is asked for. */
const longestRequest = 4096;

/**
 * The requests of one client to one server: transactions, credentials, and new attempts after 401 and 438 (RFC 8489 §9.2.5), each with a
 * transaction id of its own.
 */
export class ClientRequests<Purpose> {
  private readonly credentials: LongTermClient;
  private readonly isReliable: boolean;
  private readonly randomness: Randomness;
  private readonly send: (bytes: Uint8Array) => void;
  private readonly timeout = new RetransmissionTimeout();
  private readonly pending = new Map<string, PendingRequest<Purpose>>();
  private readonly ended: Array<EndedRequest<Purpose>> = [];

  constructor(credentials: LongTermClient, isReliable: boolean, randomness: Randomness, send: (bytes: Uint8Array) => void) {
    this.credentials = credentials;
    this.isReliable = isReliable;
    this.randomness = randomness;
    this.send = send;
  }

  start(purpose: Purpose, method: number, write: (builder: MessageBuilder) => void, now: Instant): void {
    const transactionId = this.newTransactionId();
    const builder = new MessageBuilder(new Uint8Array(longestRequest)).begin('request', method, transactionId);
    write(builder);
    this.credentials.writeCredentials(builder);
    const transaction = new ClientTransaction(builder.finish(), { isReliable: this.isReliable, rtoMs: this.timeout.current(now) });
    this.pending.set(keyOf(transactionId), { purpose, method, write, transaction, generation: this.credentials.generation });
    transaction.handle({ kind: 'start' }, now);
    this.drain(keyOf(transactionId), now);
  }

  /** Takes a response; one that belongs to no request of ours is dropped. */
  handleResponse(message: StunMessage, now: Instant): void {
    const key = keyOf(message.transactionId);
    const request = this.pending.get(key);
    if (request === undefined || request.method !== message.method) return;
    const verdict = this.credentials.handleResponse(message, request.generation);
    if (verdict.kind === 'discarded') {
      request.transaction.handle({ kind: 'responseDiscarded', integrityViolated: verdict.integrityViolated }, now);
      return this.drain(key, now);
    }
    request.transaction.handle({ kind: 'responseAccepted' }, now);
    this.drain(key, now);
    if (verdict.kind === 'retry') return this.start(request.purpose, request.method, request.write, now);
    if (verdict.kind === 'failed') return this.end(request.purpose, { kind: 'failed', code: verdict.code });
    this.end(request.purpose, endOf(message));
  }

  /** Ends every request: the path is gone. */
  handlePathFailed(now: Instant): void {
    for (const [key, { transaction }] of this.pending) {
      transaction.handle({ kind: 'pathFailed' }, now);
      this.drain(key, now);
    }
  }

  handleTimeout(now: Instant): void {
    for (const [key, { transaction }] of this.pending) {
      transaction.handleTimeout(now);
      this.drain(key, now);
    }
  }

  pollTimeout(): Instant | undefined {
    let next: Instant | undefined;
    for (const { transaction } of this.pending.values()) next = earliest(next, transaction.pollTimeout());
    return next;
  }

  /** Removes and returns the next request that has ended. */
  takeEnded(): EndedRequest<Purpose> | undefined {
    return this.ended.shift();
  }

  newTransactionId(): Uint8Array {
    const id = new Uint8Array(12);
    for (let at = 0; at < 12; at += 4) writeInt32(id, at, this.randomness.nextUint32());
    return id;
  }

  private drain(key: string, now: Instant): void {
    const request = this.pending.get(key);
    if (request === undefined) return;
    for (let output = request.transaction.poll(); output !== undefined; output = request.transaction.poll()) {
      if (output.kind === 'send') this.send(output.bytes);
      else {
        this.pending.delete(key);
        if (output.roundTripMs !== undefined) this.timeout.sample(output.roundTripMs, now);
        if (output.reason !== 'answered') this.end(request.purpose, { kind: 'failed', code: output.reason });
      }
    }
  }

  private end(purpose: Purpose, end: RequestEnd): void {
    this.ended.push({ purpose, end });
  }
}

/** RFC 8489 §6.3.3, §6.3.4: a response with an attribute that is not understood, or an error without a code, is a failure. */
function endOf(message: StunMessage): RequestEnd {
  if (message.unknownRequired(turnKnownAttributes).length > 0) return { kind: 'failed', code: 'unknownAttribute' };
  if (message.messageClass !== 'error') return { kind: 'success', message };
  const error = readErrorCode(message);
  return error === undefined ? { kind: 'failed', code: 'unknownAttribute' } : { kind: 'refused', ...error, message };
}

function keyOf(transactionId: Uint8Array): string {
  return transactionId.join('.');
}
