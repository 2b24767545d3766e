import type { CallInternals } from '../../call-internals.ts';
import { clientError } from '../../communication-services-error.ts';
import { EventEmitter } from '../../event-emitter.ts';
import { callFeature } from '../../feature-registry.ts';
import { rawIdOf } from '../../identifiers.ts';
import type {
  DataChannelCallFeature, DataChannelCallFeatureEvents, DataChannelSender, DataChannelSenderOptions,
} from '../../public/data-channel.ts';
import type { CallFeatureFactory } from '../../public/feature-factories.ts';
import { frameLink, type ArrivedMessage, type FrameLink } from './frame-link.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';

const largestChannelId = 0xffff_ffff;
/** Receivers of a call at most: others may open channels without our asking. */
const maxReceivers = 256;

class DataChannel extends EventEmitter<DataChannelCallFeatureEvents> implements DataChannelCallFeature {
  readonly name = 'DataChannel';
  private readonly call: CallInternals;
  private readonly link: FrameLink;
  private readonly receivers = new Map<string, Receiver>();

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.link = call.call.feature(frameLink);
    this.link.onMessage('message', (message) => this.receive(message));
    this.link.onMessage('close', (message) => this.closeReceiver(keyOf(message)));
    call.onEnded(() => {
      for (const key of this.receivers.keys()) this.closeReceiver(key);
    });
  }

  /** Throws `CHANNEL_ID_INVALID`. */
  createDataChannelSender(options: DataChannelSenderOptions = {}): DataChannelSender {
    const { channelId = Math.floor(this.call.platform.random() * largestChannelId) } = options;
    if (!Number.isSafeInteger(channelId) || channelId < 0 || channelId > largestChannelId) throw clientError('CHANNEL_ID_INVALID');
    return new Sender(this.link, this.call.platform.clock, { ...options, channelId });
  }

  private receive(message: ArrivedMessage): void {
    const key = keyOf(message);
    const known = this.receivers.get(key);
    if (known !== undefined) return known.deliver(message);
    if (this.receivers.size >= maxReceivers) return;
    const receiver = new Receiver(message.channelId, message.sender);
    this.receivers.set(key, receiver);
    this.emit('dataChannelReceiverCreated', receiver);
    receiver.deliver(message);
  }

  private closeReceiver(key: string): void {
    const receiver = this.receivers.get(key);
    this.receivers.delete(key);
    receiver?.end();
  }
}

export const dataChannel: CallFeatureFactory<DataChannelCallFeature> = callFeature('DataChannel', (call) => new DataChannel(call));

function keyOf({ sender, channelId }: ArrivedMessage): string {
  return `${rawIdOf(sender)} ${channelId}`;
}
