import type { CommunicationIdentifierKind } from '@azure/communication-common';
import { EventEmitter } from '../../event-emitter.ts';
import type { DataChannelMessage, DataChannelReceiver, DataChannelReceiverEvents } from '../../public/data-channel.ts';

/** Messages that wait to be read; when an application does not read, the oldest go. */
const longestQueue = 1024;

/** What one participant sends on one channel. */
export class Receiver extends EventEmitter<DataChannelReceiverEvents> implements DataChannelReceiver {
  readonly channelId: number;
  readonly senderParticipantIdentifier: CommunicationIdentifierKind;
  private readonly queue: DataChannelMessage[] = [];

  constructor(channelId: number, sender: CommunicationIdentifierKind) {
    super();
    this.channelId = channelId;
    this.senderParticipantIdentifier = sender;
  }

  readMessage(): DataChannelMessage | undefined {
    return this.queue.shift();
  }

  deliver({ sequenceNumber, payload }: { readonly sequenceNumber: number; readonly payload: Uint8Array }): void {
    this.queue.push({ sequenceNumber, data: payload });
    if (this.queue.length > longestQueue) this.queue.shift();
    this.emit('messageReady');
  }

  end(): void {
    this.emit('close');
  }
}
