import { checkFingerprint, MessageBuilder, type StunMessage, writeErrorCode, writeFingerprint, writeMessageIntegrity, writeText } from '@dialplane/stun';
import { type TurnErrorCode, turnErrorReasons } from '../turn-numbers.ts';
import type { Authenticated } from './allocation.ts';
import type { ClientPath } from './server-input.ts';
import type { TurnServerOptions } from './server-options.ts';
import type { TurnServerOutput } from './server-output.ts';

/** What is needed to answer a request, now or later. */
export interface ReplyTo {
  readonly method: number;
  readonly transactionId: Uint8Array;
  readonly path: ClientPath;
  /** `undefined` while the request is not authenticated: its answer is not protected. */
  readonly by: Authenticated | undefined;
  /** A request with FINGERPRINT is answered with FINGERPRINT. */
  readonly hasFingerprint: boolean;
}

/** The address of a request's answer. */
export function replyTo(request: StunMessage, path: ClientPath, by: Authenticated | undefined): ReplyTo {
  return { method: request.method, transactionId: request.transactionId.slice(), path, by, hasFingerprint: checkFingerprint(request) === 'valid' };
}

/** Largest response of the server, with room for a realm, a nonce and a software name of full length. */
const longestResponse = 2048;
const writeNothing = (): void => undefined;

/** Writes the server's messages; each is emitted in bytes of its own. */
export class Replies {
  private readonly options: Pick<TurnServerOptions, 'software' | 'crypto'>;
  private readonly emit: (output: TurnServerOutput) => void;
  private readonly builder = new MessageBuilder(new Uint8Array(longestResponse));

  constructor(options: Pick<TurnServerOptions, 'software' | 'crypto'>, emit: (output: TurnServerOutput) => void) {
    this.options = options;
    this.emit = emit;
  }

  success(to: ReplyTo, write: (builder: MessageBuilder) => void = writeNothing): void {
    this.builder.begin('success', to.method, to.transactionId);
    write(this.builder);
    this.finish(to);
  }

  error(to: ReplyTo, code: TurnErrorCode, write: (builder: MessageBuilder) => void = writeNothing): void {
    this.builder.begin('error', to.method, to.transactionId);
    writeErrorCode(this.builder, { code, reason: turnErrorReasons[code] });
    write(this.builder);
    this.finish(to);
  }

  /** An indication to the client; `room` is what its attributes need. Dropped where a STUN message cannot hold them. */
  indication(path: ClientPath, method: number, transactionId: Uint8Array, room: number, write: (builder: MessageBuilder) => void): boolean {
    if (room > 0xffff) return false;
    const builder = new MessageBuilder(new Uint8Array(20 + room)).begin('indication', method, transactionId);
    write(builder);
    this.emit({ kind: 'sendToClient', path, bytes: builder.finish() });
    return true;
  }

  private finish(to: ReplyTo): void {
    const { software, crypto } = this.options;
    if (software !== undefined && to.by !== undefined) writeText(this.builder, 'software', software);
    if (to.by !== undefined) writeMessageIntegrity(this.builder, to.by.responseIntegrity, to.by.key, crypto);
    if (to.hasFingerprint) writeFingerprint(this.builder);
    this.emit({ kind: 'sendToClient', path: to.path, bytes: this.builder.finish().slice() });
  }
}
