import type { CallInternals } from '../../call-internals.ts';
import { Turns } from '../../turns.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { encodeMessage, parseFrame, type Message } from './frame.ts';
import type { Reliability } from './frame-link.ts';

/** Lossy messages that are on their way at once; further ones are dropped. */
const maxLossy = 8;
/** What has not arrived by then is of no use any more. */
const lossyTimeoutMs = 2000;

/** Messages in a group call: the server passes them on. Each is one frame, so that receivers read the same bytes as from a data channel. */
export class SignaledTransport {
  private readonly call: CallInternals;
  private readonly durable = new Turns();
  private lossyOnTheirWay = 0;

  constructor(call: CallInternals, onMessage: (sender: string, message: Message) => void) {
    this.call = call;
    call.onEvent((event) => {
      if (event.type !== 'messageReceived') return;
      const bytes = decodeBase64(event.data);
      const frame = bytes === undefined ? undefined : parseFrame(bytes);
      if (frame?.fragmentCount === 1) onMessage(event.sender, frame);
    });
  }

  /**
   * To `targets` (everybody when empty). Durable messages arrive in the order of the calls, and resolve when the server has taken them, at its pace; lossy ones are
   * dropped where it does not keep up. Rejects as {@link CallInternals.request}.
   */
  async send(reliability: Reliability, message: Message, targets: readonly string[]): Promise<void> {
    const { channelId, sequenceNumber, payload } = message;
    const [frame] = encodeMessage(message, Math.max(1, payload.length));
    if (frame === undefined) return;
    const body = { channelId, sequenceNumber, data: encodeBase64(frame), ...(targets.length === 0 ? {} : { targets: [...targets] }) };
    if (reliability === 'durable') await this.durable.take(() => this.call.request('sendMessage', { body }));
    else if (this.lossyOnTheirWay < maxLossy) await this.sendLossy(body);
  }

  private async sendLossy(body: { channelId: number; sequenceNumber: number; data: string; targets?: string[] }): Promise<void> {
    this.lossyOnTheirWay += 1;
    try {
      await this.call.request('sendMessage', { body }, { timeoutMs: lossyTimeoutMs });
    } catch (error) {
      this.call.platform.logger.verbose('a lossy message was not delivered', error);
    } finally {
      this.lossyOnTheirWay -= 1;
    }
  }
}
