import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { identifierOf, rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { RaisedHand, RaiseHandCallFeature, RaiseHandCallFeatureEvents } from '../public/raise-hand.ts';

/** Raw id -> place in the order. */
type Hands = ReadonlyMap<string, number>;

class RaiseHand extends EventEmitter<RaiseHandCallFeatureEvents> implements RaiseHandCallFeature {
  readonly name = 'RaiseHand';
  private readonly call: CallInternals;
  private hands: Hands;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.hands = raisedHands(call);
    call.onViewChanged(() => this.compare());
  }

  async raiseHand(): Promise<void> {
    await this.call.request('updateSelf', { body: { isHandRaised: true } });
  }

  async lowerHand(): Promise<void> {
    await this.call.request('updateSelf', { body: { isHandRaised: false } });
  }

  async lowerHands(participants: CommunicationIdentifier[]): Promise<void> {
    await this.call.request('lowerHands', { body: { targets: participants.map(rawIdOf) } });
  }

  async lowerAllHands(): Promise<void> {
    await this.call.request('lowerHands', { body: {} });
  }

  getRaisedHands(): RaisedHand[] {
    return [...this.hands].map(([rawId, order]) => ({ identifier: identifierOf(rawId), order })).sort((one, other) => one.order - other.order);
  }

  private compare(): void {
    const before = this.hands;
    this.hands = raisedHands(this.call);
    for (const rawId of this.hands.keys()) if (!before.has(rawId)) this.emit('raisedHandEvent', { identifier: identifierOf(rawId) });
    for (const rawId of before.keys()) if (!this.hands.has(rawId)) this.emit('loweredHandEvent', { identifier: identifierOf(rawId) });
  }
}

export const raiseHand: CallFeatureFactory<RaiseHandCallFeature> = callFeature('RaiseHand', (call) => new RaiseHand(call));

function raisedHands(call: CallInternals): Hands {
  const view = call.view();
  if (view === undefined) return new Map();
  return new Map(
    [view.self, ...view.participants].flatMap(({ identifier, raisedHandOrder }) => (raisedHandOrder === undefined ? [] : [[identifier, raisedHandOrder] as const])),
  );
}
