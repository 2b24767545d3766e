import type { CalledUserAudience } from '@dialplane/applications-api';
import type { ApplicationEvent } from '@dialplane/call';
import type { Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { CallDriver } from '../calls/call-driver.ts';
import type { CallKeeper } from '../calls/call-keeper.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { Clock } from '../clock.ts';
import type { RoomCalls } from '../rooms/room-calls.ts';
import { keptSafe } from '../operations/kept-safe.ts';
import type { SignalingMetrics } from '../signaling-metrics.ts';
import type { CallbackDelivery } from './callback-delivery.ts';
import { CallConnectionStore } from './call-connection-store.ts';
import { CallConnections, type WaitingCalls } from './call-connections.ts';
import { ConnectionMedia, type SoundFetcher } from './connection-media.ts';
import { EventOutbox } from './event-outbox.ts';

/** What applications in calls need of the world: who takes events to them, who puts calls from outside to them, and who fetches what they play. */
export interface ApplicationSurroundings {
  readonly delivery: CallbackDelivery;
  readonly incomingCalls: WaitingCalls;
  readonly sounds: SoundFetcher;
  /** Without it nobody is told of calls between users. */
  readonly calledUsers?: CalledUserAudience;
}

export interface ApplicationsOptions extends ApplicationSurroundings {
  readonly store: Store;
  readonly callStore: CallStore;
  readonly calls: CallDriver;
  readonly rooms: RoomCalls;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SignalingMetrics;
  readonly keeper: CallKeeper;
  isDraining(): boolean;
}

/** Applications in calls: their connections, and the events on their way to them. */
export class Applications {
  readonly connections: CallConnections;
  readonly media: ConnectionMedia;
  private readonly outbox: EventOutbox;

  constructor({ store, callStore, calls, rooms, keeper, clock, logger, metrics, delivery, incomingCalls, sounds, isDraining }: ApplicationsOptions) {
    const connectionStore = new CallConnectionStore(store);
    this.outbox = new EventOutbox({ store: connectionStore, delivery, logger, metrics });
    this.connections = new CallConnections({
      outbox: this.outbox, store: connectionStore, calls, rooms, clock, incomingCalls, isDraining,
      wasParty: (callId, identifier) => keptSafe(callStore.hasParty(callId, identifier)),
      refusal: (url) => delivery.refusal(url),
      note: ({ callId, connectionId }, what, why) => {
        const call = calls.get(callId) ?? keeper.recent(callId);
        const lane = call?.laneOf(connectionId);
        if (call === undefined || lane === undefined) return;
        call.flow.append('controller', new Date(clock.wallMs()).toISOString(), lane, 'controller', { kind: 'decision', what, why: why.slice(0, 512) });
        keeper.noteFlow(call);
      },
    });
    this.media = new ConnectionMedia(this.connections, sounds);
  }

  hear(connectionId: string, event: ApplicationEvent): void {
    this.connections.hear(connectionId, event);
  }

  /** Events go on with the next run. */
  close(): Promise<void> {
    return this.outbox.close();
  }
}
