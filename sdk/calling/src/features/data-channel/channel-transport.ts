import type { CallInternals } from '../../call-internals.ts';
import { clientError } from '../../communication-services-error.ts';
import { durableFragmentBytes, encodeMessage, lossyFragmentBytes, parseFrame, type Message } from './frame.ts';
import type { Reliability } from './frame-link.ts';
import { Reassembly } from './reassembly.ts';

/** What a durable channel may hold back before its senders wait, in bytes; beyond the lossy one's, messages are dropped. */
const highWaterBytes = { durable: 1_048_576, lossy: 65_536 } as const;
/** Channels of the other side whose fragments are kept track of, the newest used; a stranger cannot make us keep more. */
const maxReassemblies = 256;

/** Messages between two people, over the data channels of their peer connection. */
export class ChannelTransport {
  private readonly call: CallInternals;
  private readonly onMessage: (message: Message) => void;
  private readonly attached = new Set<RTCDataChannel>();
  private readonly reassemblies = new Map<string, Reassembly>();

  constructor(call: CallInternals, onMessage: (message: Message) => void) {
    this.call = call;
    this.onMessage = onMessage;
    const stop = call.onPeerConnectionChanged(() => this.attach());
    call.onEnded(() => {
      stop();
      for (const channel of this.attached) channel.removeEventListener('message', this.receive);
    });
    this.attach();
  }

  /** Resolves when the network has taken it. A lossy message is dropped while the network is behind. Rejects with `CALL_NOT_CONNECTED`. */
  async send(reliability: Reliability, message: Message): Promise<void> {
    const channel = this.call.dataChannel(reliability);
    if (channel?.readyState !== 'open') throw clientError('CALL_NOT_CONNECTED');
    if (reliability === 'lossy' && channel.bufferedAmount > highWaterBytes.lossy) return;
    await untilWritable(channel);
    const frames = encodeMessage(message, reliability === 'durable' ? durableFragmentBytes : lossyFragmentBytes);
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
    if (frame === undefined) return;
    const { kind, channelId, sequenceNumber } = frame;
    const payload = this.reassembly(`${kind} ${kind === 'message' ? channelId : ''}`).accept(frame);
    if (payload !== undefined) this.onMessage({ kind, channelId, sequenceNumber, payload });
  };

  private reassembly(key: string): Reassembly {
    const known = this.reassemblies.get(key) ?? new Reassembly();
    this.reassemblies.delete(key);
    this.reassemblies.set(key, known);
    const oldest = this.reassemblies.keys().next();
    if (this.reassemblies.size > maxReassemblies && oldest.done !== true) this.reassemblies.delete(oldest.value);
    return known;
  }
}

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
