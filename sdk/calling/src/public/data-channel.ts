import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

/** `Durable` arrives whole and in order; `Lossy` arrives soon or never. */
export type DataChannelReliability = 'Durable' | 'Lossy';
export type DataChannelPriority = 'Normal' | 'High';

export interface DataChannelSenderOptions {
  /** Upper bound of what is sent; without it only the network bounds. */
  readonly bitrateInKbps?: number;
  /** 0 to 4294967295: the application's name for a channel. Chosen at random when missing. */
  readonly channelId?: number;
  /** Who receives; everybody when missing. */
  readonly participants?: CommunicationIdentifier[];
  readonly priority?: DataChannelPriority;
  readonly reliability?: DataChannelReliability;
}

export interface DataChannelSender {
  readonly channelId: number;
  /** Bytes of the longest message. */
  readonly maxMessageSize: number;
  /** Resolves when the message was handed to the network; rejects when it is too long or the channel is closed. */
  sendMessage(data: Uint8Array): Promise<void>;
  setParticipants(participants: CommunicationIdentifier[]): void;
  close(): void;
}

export interface DataChannelMessage {
  /** Counts the messages of its sender on this channel, from 1. */
  readonly sequenceNumber: number;
  readonly data: Uint8Array;
}

export interface DataChannelReceiverEvents {
  messageReady: PropertyChangedEvent;
  close: PropertyChangedEvent;
}

/** What one participant sends on one channel. */
export interface DataChannelReceiver extends EventSubscriptions<DataChannelReceiverEvents> {
  readonly channelId: number;
  readonly senderParticipantIdentifier: CommunicationIdentifierKind;
  /** Removes and returns the oldest message that was not read yet. */
  readMessage(): DataChannelMessage | undefined;
}

export interface DataChannelCallFeatureEvents {
  dataChannelReceiverCreated: (receiver: DataChannelReceiver) => void;
}

/** Bytes between the participants of a call, next to sound and picture. */
export interface DataChannelCallFeature extends CallFeature, EventSubscriptions<DataChannelCallFeatureEvents> {
  createDataChannelSender(options?: DataChannelSenderOptions): DataChannelSender;
}
