import type { RelayGrant } from '../relay-grant.ts';

/** Grants, found by whom they belong to. */
export class GrantIndex {
  readonly #byId = new Map<string, RelayGrant>();
  readonly #byUser = new Map<string, Set<RelayGrant>>();
  /** By call, then by participant, the newest last. */
  readonly #byCall = new Map<string, Map<string, RelayGrant[]>>();
  #countWithoutCall = 0;

  get size(): number {
    return this.#byId.size;
  }

  get countWithoutCall(): number {
    return this.#countWithoutCall;
  }

  all(): RelayGrant[] {
    return [...this.#byId.values()];
  }

  ofUser(userId: string): RelayGrant[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  ofCall(callId: string): RelayGrant[] {
    return [...(this.#byCall.get(callId)?.values() ?? [])].flat();
  }

  ofParticipant(callId: string, participantId: string): RelayGrant[] {
    return [...(this.#byCall.get(callId)?.get(participantId) ?? [])];
  }

  /** The one that expires last. */
  newestOf(callId: string, participantId: string): RelayGrant | undefined {
    return this.#byCall.get(callId)?.get(participantId)?.at(-1);
  }

  newestOfParticipants(): RelayGrant[] {
    return [...this.#byCall.values()].flatMap((participants) => [...participants.values()].flatMap((grants) => grants.at(-1) ?? []));
  }

  callIds(): string[] {
    return [...this.#byCall.keys()];
  }

  add(grant: RelayGrant): void {
    this.#byId.set(grant.credentialId, grant);
    const ofUser = this.#byUser.get(grant.userId);
    if (ofUser === undefined) this.#byUser.set(grant.userId, new Set([grant]));
    else ofUser.add(grant);
    if (grant.call === undefined) {
      this.#countWithoutCall += 1;
      return;
    }
    const { callId, participantId } = grant.call;
    const participants = this.#byCall.get(callId) ?? new Map<string, RelayGrant[]>();
    const grants = [...(participants.get(participantId) ?? []), grant].toSorted((a, b) => a.expiresAt - b.expiresAt);
    this.#byCall.set(callId, participants.set(participantId, grants));
  }

  delete(grant: RelayGrant): void {
    if (!this.#byId.delete(grant.credentialId)) return;
    const ofUser = this.#byUser.get(grant.userId);
    if (ofUser?.delete(grant) === true && ofUser.size === 0) this.#byUser.delete(grant.userId);
    if (grant.call === undefined) {
      this.#countWithoutCall -= 1;
      return;
    }
    const { callId, participantId } = grant.call;
    const participants = this.#byCall.get(callId);
    const left = (participants?.get(participantId) ?? []).filter((other) => other !== grant);
    if (left.length > 0) participants?.set(participantId, left);
    else if (participants?.delete(participantId) === true && participants.size === 0) this.#byCall.delete(callId);
  }
}
