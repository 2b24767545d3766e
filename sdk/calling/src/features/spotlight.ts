import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { identifierOf, rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { SpotlightCallFeature, SpotlightCallFeatureEvents, SpotlightedParticipant } from '../public/spotlight.ts';

/** Raw id -> place in the order. */
type Spotlighted = ReadonlyMap<string, number>;

class Spotlight extends EventEmitter<SpotlightCallFeatureEvents> implements SpotlightCallFeature {
  readonly name = 'Spotlight';
  /** As in ACS; the server refuses more. */
  readonly maxParticipantsToSpotlight = 7;
  private readonly call: CallInternals;
  private spotlighted: Spotlighted;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.spotlighted = spotlightedIn(call);
    call.onViewChanged(() => this.compare());
  }

  /** This user, without participants. */
  async startSpotlight(participants?: CommunicationIdentifier[]): Promise<void> {
    const targets = this.targets(participants);
    if (targets.length > 0) await this.call.request('startSpotlight', { body: { targets } });
  }

  /** Of this user, without participants. */
  async stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void> {
    const targets = this.targets(participants);
    if (targets.length > 0) await this.call.request('stopSpotlight', { body: { targets } });
  }

  async stopAllSpotlight(): Promise<void> {
    await this.call.request('stopSpotlight', { body: {} });
  }

  getSpotlightedParticipants(): SpotlightedParticipant[] {
    return [...this.spotlighted].map(shownAs).sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  }

  private targets(participants: CommunicationIdentifier[] | undefined): string[] {
    return participants === undefined ? [this.call.selfRawId()] : participants.map(rawIdOf);
  }

  private compare(): void {
    const before = this.spotlighted;
    this.spotlighted = spotlightedIn(this.call);
    const added = [...this.spotlighted].filter(([rawId]) => !before.has(rawId)).map(shownAs);
    const removed = [...before].filter(([rawId]) => !this.spotlighted.has(rawId)).map(shownAs);
    if (added.length > 0 || removed.length > 0) this.emit('spotlightChanged', { added, removed });
  }
}

export const spotlight: CallFeatureFactory<SpotlightCallFeature> = callFeature('Spotlight', (call) => new Spotlight(call));

function spotlightedIn(call: CallInternals): Spotlighted {
  const view = call.view();
  if (view === undefined) return new Map();
  return new Map(
    [view.self, ...view.participants].flatMap(({ identifier, spotlightOrder }) => (spotlightOrder === undefined ? [] : [[identifier, spotlightOrder] as const])),
  );
}

function shownAs([rawId, order]: readonly [string, number]): SpotlightedParticipant {
  return { identifier: identifierOf(rawId), order };
}
