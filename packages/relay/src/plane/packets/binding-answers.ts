import { answerBinding, MessageBuilder, parseStunMessage, stunMethod, type TransportAddress } from '@dialplane/stun';
import type { Listener, Listeners } from '../ports/listeners.ts';
import type { PacketBatch } from './packet-batch.ts';

const longestAnswer = 256;

/**
 * STUN's Binding for everybody, without state (RFC 8489 §12, RFC 5780 §7 as far as one address with two ports goes). An answer has at most 100 bytes, to a
 * request of at least 20: with the headers of UDP and IP less than three times what came in.
 */
export class BindingAnswers {
  private readonly listeners: Listeners;
  private readonly builder = new MessageBuilder(new Uint8Array(longestAnswer));
  private readonly advertised: (local: TransportAddress) => TransportAddress;

  /** @param advertised what the world calls an address of ours. */
  constructor(listeners: Listeners, advertised: BindingAnswers['advertised']) {
    this.listeners = listeners;
    this.advertised = advertised;
  }

  /** Whether these are the first bytes of a Binding message. */
  isBinding(bytes: Uint8Array): boolean {
    return bytes[0] === 0 && bytes[1] === stunMethod.binding;
  }

  /** Answers a datagram that `isBinding`, where it deserves one. @returns whether it did. */
  answerDatagram(bytes: Uint8Array, listener: Listener, source: TransportAddress, batch: PacketBatch): boolean {
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok) return false;
    const other = this.listeners.otherOf(listener);
    const answer = answerBinding(parsed.value, { source, local: this.advertised(listener.local), ...(other === undefined ? {} : { other: this.advertised(other.local) }) }, this.builder);
    if (answer === undefined) return false;
    batch.addBytes(answer.fromOther && other !== undefined ? other.socket : listener.socket, source, answer.bytes);
    return true;
  }

  /** The answer to a message on a stream, valid until the next; `undefined` for none. */
  answerFrame(bytes: Uint8Array, source: TransportAddress): Uint8Array | undefined {
    const parsed = parseStunMessage(bytes);
    return parsed.ok ? answerBinding(parsed.value, { source }, this.builder)?.bytes : undefined;
  }
}
