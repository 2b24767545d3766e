import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallInternals } from '../../call-internals.ts';
import { clientError } from '../../communication-services-error.ts';
import { callFeature } from '../../feature-registry.ts';
import { identifierOf, rawIdOf } from '../../identifiers.ts';
import { Listeners } from '../../listeners.ts';
import type { CallFeature, CallFeatureFactory } from '../../public/feature-factories.ts';
import { ChannelTransport } from './channel-transport.ts';
import { maxMessageBytes, type FrameKind, type Message } from './frame.ts';
import { SignaledTransport } from './signaled-transport.ts';

/** A whole message from somebody else. */
export interface ArrivedMessage {
  readonly sender: CommunicationIdentifierKind;
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly payload: Uint8Array;
}

/** Whether a message arrives for certain and in its order, or at once or not at all. */
export type Reliability = 'durable' | 'lossy';

/**
 * The messages of a call, for all features that use them: one object per call. Between two people they go over data channels, in a group call through the
 * server; what is sent after a promotion takes the new way.
 */
export class FrameLink implements CallFeature {
  readonly name = 'FrameLink';
  private readonly call: CallInternals;
  private readonly channels: ChannelTransport;
  private readonly signaled: SignaledTransport;
  private readonly arrivals: Record<FrameKind, Listeners<[ArrivedMessage]>> = {
    message: new Listeners(), close: new Listeners(), realTimeText: new Listeners(), diagnostic: new Listeners(),
  };

  constructor(call: CallInternals) {
    this.call = call;
    this.channels = new ChannelTransport(call, (message) => {
      // Between two people the sender can only be the other one.
      const [other] = call.call.remoteParticipants;
      if (other !== undefined) this.arrive(other.identifier, message);
    });
    this.signaled = new SignaledTransport(call, (sender, message) => this.arrive(identifierOf(sender), message));
  }

  onMessage(kind: FrameKind, listener: (message: ArrivedMessage) => void): () => void {
    return this.arrivals[kind].add(listener);
  }

  /**
   * Sends to `receivers` (everybody when empty). Resolves when the network has taken it. A lossy message is dropped while the
   * network is behind. Rejects with `CALL_NOT_CONNECTED` and `MESSAGE_TOO_LONG`.
   */
  async send(reliability: Reliability, message: Message, receivers: readonly string[] = []): Promise<void> {
    if (message.payload.length > maxMessageBytes) throw clientError('MESSAGE_TOO_LONG');
    const here = this.call.call.remoteParticipants.map(({ identifier }) => rawIdOf(identifier)).filter((rawId) => receivers.includes(rawId));
    if (receivers.length > 0 && here.length === 0) return;
    const { topology, kind } = this.call.view() ?? {};
    if (topology !== 'backend') await this.channels.send(reliability, message);
    // A call of two on the backend is with a telephone, and those hear no messages.
    else if (kind !== 'oneToOne') await this.signaled.send(reliability, message, here);
  }

  private arrive(sender: CommunicationIdentifierKind, { kind, channelId, sequenceNumber, payload }: Message): void {
    this.arrivals[kind].call({ sender, channelId, sequenceNumber, payload });
  }
}

/** Not in `Features`: for the features that send messages. */
export const frameLink: CallFeatureFactory<FrameLink> = callFeature('FrameLink', (call) => new FrameLink(call));
