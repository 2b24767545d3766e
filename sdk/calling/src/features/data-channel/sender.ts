import type { CommunicationIdentifier } from '@azure/communication-common';
import { clientError } from '../../communication-services-error.ts';
import { rawIdOf } from '../../identifiers.ts';
import type { Clock } from '../../platform.ts';
import type { DataChannelSender, DataChannelSenderOptions } from '../../public/data-channel.ts';
import { maxMessageBytes } from './frame.ts';
import type { FrameLink } from './frame-link.ts';

/** One channel of this client. Messages of one sender leave in the order of the calls. */
export class Sender implements DataChannelSender {
  readonly channelId: number;
  readonly maxMessageSize = maxMessageBytes;
  private readonly link: FrameLink;
  private readonly clock: Clock;
  private readonly reliability: 'durable' | 'lossy';
  private readonly bitsPerMs: number;
  private receivers: readonly string[];
  private turn: Promise<unknown> = Promise.resolve();
  private sequenceNumber = 0;
  private freeAt = 0;
  private isClosed = false;

  constructor(link: FrameLink, clock: Clock, options: DataChannelSenderOptions & { readonly channelId: number }) {
    this.link = link;
    this.clock = clock;
    this.channelId = options.channelId;
    this.reliability = options.reliability === 'Lossy' ? 'lossy' : 'durable';
    this.bitsPerMs = options.bitrateInKbps ?? Number.POSITIVE_INFINITY;
    this.receivers = (options.participants ?? []).map(rawIdOf);
  }

  /** The bytes may be reused at once. Rejects with `CHANNEL_CLOSED`, `MESSAGE_TOO_LONG`, `CALL_NOT_CONNECTED`. */
  async sendMessage(data: Uint8Array): Promise<void> {
    if (this.isClosed) throw clientError('CHANNEL_CLOSED');
    if (data.length > maxMessageBytes) throw clientError('MESSAGE_TOO_LONG');
    this.sequenceNumber = (this.sequenceNumber + 1) >>> 0;
    const message = { kind: 'message', channelId: this.channelId, sequenceNumber: this.sequenceNumber, payload: data.slice() } as const;
    const { receivers } = this;
    const sent = this.turn.then(async () => {
      await this.pace(data.length);
      await this.link.send(this.reliability, message, receivers);
    });
    this.turn = sent.catch(() => {});
    await sent;
  }

  setParticipants(participants: CommunicationIdentifier[]): void {
    this.receivers = participants.map(rawIdOf);
  }

  /** After what was sent before. The close itself always travels on the durable channel. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const message = { kind: 'close', channelId: this.channelId, sequenceNumber: 0, payload: new Uint8Array() } as const;
    const { receivers } = this;
    this.turn = this.turn.then(() => this.link.send('durable', message, receivers)).catch(() => {});
  }

  /** Waits until the bit rate asked for allows another message. */
  private async pace(bytes: number): Promise<void> {
    const now = this.clock.now();
    const startAt = Math.max(now, this.freeAt);
    this.freeAt = startAt + (bytes * 8) / this.bitsPerMs;
    if (startAt > now) await new Promise<void>((resolve) => this.clock.after(startAt - now, resolve));
  }
}
