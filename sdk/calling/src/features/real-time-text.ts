import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { identifierOf, rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { ParticipantInfo } from '../public/participant-info.ts';
import type { RealTimeTextFeature, RealTimeTextFeatureEvents, RealTimeTextInfo } from '../public/real-time-text.ts';
import { frameLink, type ArrivedMessage, type FrameLink } from './data-channel/frame-link.ts';

/** Unfinished lines that are remembered; a stranger cannot make us keep more. */
const maxUnfinishedLines = 256;

/** First byte of the payload; the text follows in UTF-8. */
const isFinalByte = { Partial: 0, Final: 1 } as const;

/**
 * Text while it is typed, over the durable data channel: the line's number is the channel id, and every message holds the whole
 * line, so that a correction anywhere in it needs nothing special.
 */
class RealTimeText extends EventEmitter<RealTimeTextFeatureEvents> implements RealTimeTextFeature {
  readonly name = 'RealTimeText';
  private readonly call: CallInternals;
  private readonly link: FrameLink;
  private line = 1;
  private sequenceNumber = 0;
  private readonly firstReceived = new Map<string, Date>();

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.link = call.call.feature(frameLink);
    this.link.onMessage('realTimeText', (message) => this.receive(message));
  }

  /** The sender gets the event as well, with `isLocal`. Rejects with `CALL_NOT_CONNECTED` and `MESSAGE_TOO_LONG`. */
  async sendRealTimeText(text: string, finalized = false): Promise<void> {
    const { line } = this;
    const resultType = finalized ? 'Final' : 'Partial';
    this.sequenceNumber = (this.sequenceNumber + 1) >>> 0;
    const encoded = new TextEncoder().encode(text);
    const payload = new Uint8Array(encoded.length + 1);
    payload[0] = isFinalByte[resultType];
    payload.set(encoded, 1);
    if (finalized) this.line += 1;
    await this.link.send('durable', { kind: 'realTimeText', channelId: line, sequenceNumber: this.sequenceNumber, payload });
    const self = identifierOf(this.call.selfRawId());
    this.tell({ identifier: self, displayName: undefined }, line, text, resultType, true);
  }

  private receive({ sender, channelId, payload }: ArrivedMessage): void {
    const text = new TextDecoder().decode(payload.subarray(1));
    const participant = this.call.call.remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === rawIdOf(sender));
    this.tell({ identifier: sender, displayName: participant?.displayName }, channelId, text, payload[0] === isFinalByte.Final ? 'Final' : 'Partial', false);
  }

  private tell(sender: ParticipantInfo, sequenceId: number, text: string, resultType: RealTimeTextInfo['resultType'], isLocal: boolean): void {
    const now = new Date(this.call.platform.clock.wallClock());
    const key = `${sender.identifier === undefined ? '' : rawIdOf(sender.identifier)} ${sequenceId}`;
    const receivedTimestamp = this.firstReceived.get(key) ?? now;
    this.firstReceived.delete(key);
    if (resultType === 'Partial') this.firstReceived.set(key, receivedTimestamp);
    const oldest = this.firstReceived.keys().next();
    if (this.firstReceived.size > maxUnfinishedLines && oldest.done !== true) this.firstReceived.delete(oldest.value);
    this.emit('realTimeTextReceived', { sequenceId, sender, text, resultType, receivedTimestamp, updatedTimestamp: now, isLocal });
  }
}

export const realTimeText: CallFeatureFactory<RealTimeTextFeature> = callFeature('RealTimeText', (call) => new RealTimeText(call));
