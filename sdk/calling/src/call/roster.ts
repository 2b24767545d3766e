import type { Call as CallView, EndReason, Participant } from '@dialplane/calling-api';
import type { CallEndReason } from '../public/errors.ts';
import type { RemoteParticipant } from '../public/remote-participant.ts';
import { RemoteParticipantView, type ParticipantHost } from './remote-participant.ts';

/** Everybody else in a call: one object per person, from the first mention to the end of the call. */
export class Roster {
  private readonly host: ParticipantHost;
  private readonly onUpdated: (added: RemoteParticipant[], removed: RemoteParticipant[]) => void;
  private participants = new Map<string, RemoteParticipantView>();
  /** Whom this client added: they alone get a `callEndReason`. */
  private readonly addedHere = new Set<string>();
  /** Whom the server has not mentioned yet. */
  private readonly awaited = new Set<string>();

  constructor(host: ParticipantHost, onUpdated: (added: RemoteParticipant[], removed: RemoteParticipant[]) => void) {
    this.host = host;
    this.onUpdated = onUpdated;
  }

  get all(): RemoteParticipantView[] {
    return [...this.participants.values()];
  }

  get(rawId: string): RemoteParticipantView | undefined {
    return this.participants.get(rawId);
  }

  /** Somebody this client calls or adds, before the server has said so. The same object when he is there already. */
  expect(rawId: string): RemoteParticipantView {
    this.addedHere.add(rawId);
    const known = this.participants.get(rawId);
    if (known !== undefined) return known;
    const participant = new RemoteParticipantView(rawId, this.host);
    this.participants.set(rawId, participant);
    this.awaited.add(rawId);
    this.onUpdated([participant], []);
    return participant;
  }

  /** Who is in the call now. `removed` tells why those who are missing have left. */
  update(view: CallView, removed: ReadonlyArray<{ readonly identifier: string; readonly endReason?: EndReason }> = []): void {
    const added: RemoteParticipant[] = [];
    for (const participant of view.participants) {
      if (this.put(participant)) added.push(...this.listOf(participant.identifier));
    }
    for (const { identifier } of removed) this.awaited.delete(identifier);
    const present = new Set(view.participants.map(({ identifier }) => identifier));
    const left = this.all.filter(({ rawId }) => !present.has(rawId) && !this.awaited.has(rawId));
    if (added.length > 0) this.onUpdated(added, []);
    for (const participant of left) this.remove(participant.rawId, removed.find(({ identifier }) => identifier === participant.rawId)?.endReason);
  }

  /** Takes somebody out; `endReason` shows only on whom this client added. */
  remove(rawId: string, endReason: EndReason | CallEndReason | undefined): void {
    const participant = this.participants.get(rawId);
    if (participant === undefined) return;
    participant.end(this.addedHere.has(rawId) ? endReason : undefined);
    this.participants.delete(rawId);
    this.addedHere.delete(rawId);
    this.awaited.delete(rawId);
    this.onUpdated([], [participant]);
  }

  /** The call is over: everybody's streams end. They stay in the list, as they were when it ended. */
  close(): void {
    for (const participant of this.all) participant.end(undefined);
  }

  /** Returns true when the participant is new. */
  private put(update: Participant): boolean {
    this.awaited.delete(update.identifier);
    const known = this.participants.get(update.identifier);
    const participant = known ?? new RemoteParticipantView(update.identifier, this.host);
    this.participants.set(update.identifier, participant);
    participant.update(update);
    return known === undefined;
  }

  private listOf(rawId: string): RemoteParticipant[] {
    const participant = this.participants.get(rawId);
    return participant === undefined ? [] : [participant];
  }
}
