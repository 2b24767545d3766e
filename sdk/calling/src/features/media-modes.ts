import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { MediaModes, MediaModesCallFeature, MediaModesCallFeatureEvents } from '../public/media-modes.ts';

class MediaModesFeature extends EventEmitter<MediaModesCallFeatureEvents> implements MediaModesCallFeature {
  readonly name = 'MediaModes';
  reason: string | undefined;
  private readonly call: CallInternals;
  private shown: string;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.shown = this.outline();
    call.onEvent((event) => {
      if (event.type === 'mediaModesChanged') this.reason = event.why;
    });
    call.onViewChanged(() => this.compare());
  }

  get modes(): MediaModes | undefined {
    return this.call.view()?.mediaSessions.findLast(({ topology, state }) => topology === 'backend' && state !== 'closed')?.modes;
  }

  modesOf(participant: CommunicationIdentifier): MediaModes | undefined {
    const rawId = rawIdOf(participant);
    const view = this.call.view();
    const other = view?.participants.find(({ identifier }) => identifier === rawId);
    return other === undefined ? undefined : (other.modes ?? view?.modes);
  }

  async setModes(modes: MediaModes, participant?: CommunicationIdentifier): Promise<void> {
    await this.call.request('setMediaModes', { body: { modes, ...(participant === undefined ? {} : { target: rawIdOf(participant) }) } });
  }

  private outline(): string {
    const { modes, participants = [] } = this.call.view() ?? {};
    return JSON.stringify([this.modes, modes, participants.flatMap((participant) => (participant.modes === undefined ? [] : [[participant.identifier, participant.modes]]))]);
  }

  private compare(): void {
    const shown = this.outline();
    if (shown === this.shown) return;
    this.shown = shown;
    this.emit('mediaModesChanged');
  }
}

export const mediaModes: CallFeatureFactory<MediaModesCallFeature> = callFeature('MediaModes', (call) => new MediaModesFeature(call));
