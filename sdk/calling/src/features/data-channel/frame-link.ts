import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallInternals } from '../../call-internals.ts';
import { clientError } from '../../communication-services-error.ts';
import { callFeature } from '../../feature-registry.ts';
import { rawIdOf } from '../../identifiers.ts';
import { Listeners } from '../../listeners.ts';
import type { CallFeature, CallFeatureFactory } from '../../public/feature-factories.ts';
import { durableFragmentBytes, encodeMessage, lossyFragmentBytes, maxMessageBytes, parseFrame, type FrameKind, type Message } from './frame.ts';
import { Reassembly } from './reassembly.ts';

/** A whole message from somebody else. */
export interface ArrivedMessage {
  readonly sender: CommunicationIdentifierKind;
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly payload: Uint8Array;
}

type Reliability = 'durable' | 'lossy';

/** What a durable channel may hold back before its senders wait, in bytes; beyond the lossy one's, messages are dropped. */
const highWaterBytes = { durable: 1_048_576, lossy: 65_536 } as const;
/** Channels of others whose fragments are kept track of, the newest used; a stranger cannot make us keep more. */
const maxReassemblies = 256;

/** The messages of a call's data channels, for all features that use them: one object per call. */
export class FrameLink implements CallFeature {
  readonly name = 'FrameLink';
  private readonly call: CallInternals;
  private readonly attached = new Set<RTCDataChannel>();
  private readonly arrivals: Record<FrameKind, Listeners<[ArrivedMessage]>> = {
    message: new Listeners(), close: new Listeners(), realTimeText: new Listeners(), diagnostic: new Listeners(),
  };
  private readonly reassemblies = new Map<string, Reassembly>();

  constructor(call: CallInternals) {
    this.call = call;
    const stop = call.onPeerConnectionChanged(() => this.attach());
    call.onEnded(() => {
      stop();
      for (const channel of this.attached) channel.removeEventListener('message', this.receive);
    });
    this.attach();
  }

  onMessage(kind: FrameKind, listener: (message: ArrivedMessage) => void): () => void {
    return this.arrivals[kind].add(listener);
  }

  /**
   * Sends to `receivers` (everybody when empty). Resolves when the network has taken it. A lossy message is dropped while the
   * network is behind. Rejects with `CALL_NOT_CONNECTED` and `MESSAGE_TOO_LONG`.
   */
  async send(reliability: Reliability, message: Omit<Message, 'parties'>, receivers: readonly string[] = []): Promise<void> {
    if (message.payload.length > maxMessageBytes) throw clientError('MESSAGE_TOO_LONG');
    const channel = this.call.dataChannel(reliability);
    if (channel?.readyState !== 'open') throw clientError('CALL_NOT_CONNECTED');
    const parties = this.parties(receivers);
    if (parties === undefined || (reliability === 'lossy' && channel.bufferedAmount > highWaterBytes.lossy)) return;
    await untilWritable(channel);
    const frames = encodeMessage({ ...message, parties }, reliability === 'durable' ? durableFragmentBytes : lossyFragmentBytes);
    for (const frame of frames) channel.send(frame);
  }

  private attach(): void {
    for (const reliability of ['durable', 'lossy'] as const) {
      const channel = this.call.dataChannel(reliability);
      if (channel === undefined || this.attached.has(channel)) continue;
      this.attached.add(channel);
      channel.binaryType = 'arraybuffer';
      channel.bufferedAmountLowThreshold = highWaterBytes.durable / 2;
      channel.addEventListener('message', this.receive);
      channel.addEventListener('close', () => this.attached.delete(channel), { once: true });
    }
  }

  private readonly receive = ({ data }: MessageEvent): void => {
    const frame = data instanceof ArrayBuffer ? parseFrame(new Uint8Array(data)) : undefined;
    const sender = frame === undefined ? undefined : this.senderOf(frame.parties);
    if (frame === undefined || sender === undefined) return;
    const payload = this.reassembly(`${rawIdOf(sender)} ${frame.kind} ${frame.kind === 'message' ? frame.channelId : ''}`).accept(frame);
    if (payload === undefined) return;
    this.arrivals[frame.kind].call({ sender, channelId: frame.channelId, sequenceNumber: frame.sequenceNumber, payload });
  };

  private reassembly(key: string): Reassembly {
    const known = this.reassemblies.get(key) ?? new Reassembly();
    this.reassemblies.delete(key);
    this.reassemblies.set(key, known);
    const oldest = this.reassemblies.keys().next();
    if (this.reassemblies.size > maxReassemblies && oldest.done !== true) this.reassemblies.delete(oldest.value);
    return known;
  }

  /** Between two peers the sender can only be the other one; a backend names it. */
  private senderOf([party]: readonly string[]): CommunicationIdentifierKind | undefined {
    const { remoteParticipants } = this.call.call;
    if (this.isPeerToPeer()) return remoteParticipants[0]?.identifier;
    return remoteParticipants.find(({ endpointDetails }) => endpointDetails.some(({ participantId }) => participantId === party))?.identifier;
  }

  /** Participant ids of the receivers for a backend; undefined when none of them is here. */
  private parties(receivers: readonly string[]): string[] | undefined {
    const meant = this.call.call.remoteParticipants.filter(({ identifier }) => receivers.includes(rawIdOf(identifier)));
    if (receivers.length > 0 && meant.length === 0) return undefined;
    return this.isPeerToPeer() ? [] : meant.flatMap(({ endpointDetails }) => endpointDetails.map(({ participantId }) => participantId));
  }

  private isPeerToPeer(): boolean {
    return this.call.view()?.topology !== 'backend';
  }
}

/** Not in `Features`: for the features that send messages. */
export const frameLink: CallFeatureFactory<FrameLink> = callFeature('FrameLink', (call) => new FrameLink(call));

async function untilWritable(channel: RTCDataChannel): Promise<void> {
  if (channel.bufferedAmount <= highWaterBytes.durable) return;
  await new Promise<void>((resolve, reject) => {
    const onLow = () => {
      channel.removeEventListener('close', onClose);
      resolve();
    };
    const onClose = () => {
      channel.removeEventListener('bufferedamountlow', onLow);
      reject(clientError('CALL_NOT_CONNECTED'));
    };
    channel.addEventListener('bufferedamountlow', onLow, { once: true });
    channel.addEventListener('close', onClose, { once: true });
  });
}
