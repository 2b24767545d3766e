import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { rawIdOf } from '../identifiers.ts';
import type { DominantSpeakersCallFeature, DominantSpeakersCallFeatureEvents, DominantSpeakersInfo } from '../public/dominant-speakers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { RemoteParticipant } from '../public/remote-participant.ts';

/** How many speakers ACS lists. */
const longestList = 5;

/**
 * Who spoke last, newest first: the server's list in a group call, else from the `isSpeaking` of the participants. Whoever leaves is dropped from the list.
 */
class DominantSpeakers extends EventEmitter<DominantSpeakersCallFeatureEvents> implements DominantSpeakersCallFeature {
  readonly name = 'DominantSpeakers';
  private readonly call: CallInternals;
  private speakers: readonly RemoteParticipant[] = [];
  private changedAt: Date;
  private readonly watched = new Map<RemoteParticipant, () => void>();

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.changedAt = new Date(call.platform.clock.wallClock());
    for (const participant of call.call.remoteParticipants) this.watch(participant);
    call.call.on('remoteParticipantsUpdated', ({ added, removed }) => {
      for (const participant of added) this.watch(participant);
      for (const participant of removed) this.forget(participant);
    });
    call.onViewChanged(() => this.follow());
    this.follow();
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    return { speakersList: this.speakers.map(({ identifier }) => identifier), timestamp: this.changedAt };
  }

  /** The server hears everybody, also those who are in the mix. */
  private get isTold(): boolean {
    return this.call.view()?.speakers !== undefined;
  }

  private follow(): void {
    const dominant = this.call.view()?.speakers?.dominant;
    if (dominant === undefined) return;
    const { remoteParticipants } = this.call.call;
    this.become(dominant.flatMap((rawId) => remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === rawId) ?? []));
  }

  private watch(participant: RemoteParticipant): void {
    const listener = () => {
      if (participant.isSpeaking && !this.isTold) this.become([participant, ...this.speakers.filter((other) => other !== participant)].slice(0, longestList));
    };
    this.watched.set(participant, listener);
    participant.on('isSpeakingChanged', listener);
    listener();
  }

  private forget(participant: RemoteParticipant): void {
    const listener = this.watched.get(participant);
    if (listener !== undefined) participant.off('isSpeakingChanged', listener);
    this.watched.delete(participant);
    this.become(this.speakers.filter((other) => other !== participant));
  }

  private become(speakers: readonly RemoteParticipant[]): void {
    const isSame = speakers.length === this.speakers.length && speakers.every((speaker, index) => speaker === this.speakers[index]);
    if (isSame) return;
    this.speakers = speakers;
    this.changedAt = new Date(this.call.platform.clock.wallClock());
    this.emit('dominantSpeakersChanged');
  }
}

export const dominantSpeakers: CallFeatureFactory<DominantSpeakersCallFeature> = callFeature('DominantSpeakers', (call) => new DominantSpeakers(call));
