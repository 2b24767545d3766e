import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { DominantSpeakersCallFeature, DominantSpeakersCallFeatureEvents, DominantSpeakersInfo } from '../public/dominant-speakers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { RemoteParticipant } from '../public/remote-participant.ts';

/** How many speakers ACS lists. */
const longestList = 5;

/** Who spoke last, newest first, from the `isSpeaking` of the participants. Whoever leaves is dropped from the list. */
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
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    return { speakersList: this.speakers.map(({ identifier }) => identifier), timestamp: this.changedAt };
  }

  private watch(participant: RemoteParticipant): void {
    const listener = () => {
      if (participant.isSpeaking) this.become([participant, ...this.speakers.filter((other) => other !== participant)].slice(0, longestList));
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
