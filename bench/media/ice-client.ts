import { randomBytes } from 'node:crypto';
import { iceAttribute, type IceCredentials } from '@dialplane/ice';
import { nodeCrypto } from '@dialplane/kernels';
import { MessageBuilder, parseStunMessage, stunMethod, verifyMessageIntegrity, writeFingerprint, writeMessageIntegrity, writeShortTerm } from '@dialplane/stun';

const hostPriority = 0x7eff_ffff;
const keyOf = (password: string): Uint8Array => new TextEncoder().encode(password);

/** The controlling side of ICE towards a server that has one candidate, aggressive as old browsers were: every check nominates. It also answers checks of a full agent. */
export class IceClient {
  readonly local: IceCredentials = { usernameFragment: randomBytes(4).toString('hex'), password: randomBytes(16).toString('hex') };
  private readonly builder = new MessageBuilder(new Uint8Array(256));
  private readonly tieBreaker = randomBytes(8);
  private username = '';
  private remoteKey: Uint8Array = new Uint8Array();
  private readonly localKey = keyOf(this.local.password);

  begin(remote: IceCredentials): void {
    this.username = `${remote.usernameFragment}:${this.local.usernameFragment}`;
    this.remoteKey = keyOf(remote.password);
  }

  /** A check to send now (RFC 8445 §7.2.4), valid until the next message. */
  check(): Uint8Array {
    const { builder } = this;
    builder.begin('request', stunMethod.binding, randomBytes(12)).uint32(iceAttribute.priority, hostPriority).attribute(iceAttribute.useCandidate, new Uint8Array()).attribute(iceAttribute.iceControlling, this.tieBreaker);
    writeShortTerm(builder, this.username, 'sha1', this.remoteKey, nodeCrypto);
    writeFingerprint(builder);
    return builder.finish();
  }

  /** @returns What to answer, or that one of our checks was answered. */
  handle(datagram: Uint8Array): { readonly answer?: Uint8Array; readonly isAnswered: boolean } {
    const parsed = parseStunMessage(datagram);
    if (!parsed.ok) return { isAnswered: false };
    const message = parsed.value;
    if (message.messageClass === 'success') return { isAnswered: verifyMessageIntegrity(message, 'sha1', this.remoteKey, nodeCrypto) };
    if (message.messageClass !== 'request') return { isAnswered: false };
    this.builder.begin('success', stunMethod.binding, message.transactionId);
    writeMessageIntegrity(this.builder, 'sha1', this.localKey, nodeCrypto);
    writeFingerprint(this.builder);
    return { answer: this.builder.finish(), isAnswered: false };
  }
}
