import type { LegNegotiation } from './leg-negotiation.ts';
import type { OfferBudget } from './offer-budget.ts';
import type { ProcessSlot } from '../process-slot.ts';
import type { TelephoneLeg } from '../telephones/telephone-leg.ts';

export type Leg = { readonly offers: OfferBudget } & (
  | { readonly kind: 'webrtc'; /** Of the participant. */ readonly identifier: string; readonly negotiation: LegNegotiation }
  | { readonly kind: 'rtp'; readonly telephone: TelephoneLeg }
);

/** A conference that is in a media process. */
export interface Conference {
  readonly conferenceId: string;
  readonly slot: ProcessSlot;
  readonly legs: Map<string, Leg>;
}

/** Which conference is where. */
export class Conferences {
  private readonly byId = new Map<string, Conference>();
  private readonly bySlot = new Map<ProcessSlot, Set<Conference>>();

  get size(): number {
    return this.byId.size;
  }

  find(conferenceId: string): Conference | undefined {
    return this.byId.get(conferenceId);
  }

  add(conferenceId: string, slot: ProcessSlot): void {
    const conference = { conferenceId, slot, legs: new Map() };
    this.byId.set(conferenceId, conference);
    const others = this.bySlot.get(slot);
    if (others === undefined) this.bySlot.set(slot, new Set([conference]));
    else others.add(conference);
  }

  remove(conference: Conference): void {
    this.byId.delete(conference.conferenceId);
    this.bySlot.get(conference.slot)?.delete(conference);
  }

  /** Those of a process. */
  on(slot: ProcessSlot): readonly Conference[] {
    return [...(this.bySlot.get(slot) ?? [])];
  }

  legsOn(slot: ProcessSlot): number {
    let legs = 0;
    for (const conference of this.bySlot.get(slot) ?? []) legs += conference.legs.size;
    return legs;
  }

  /**
   * The process for another conference: the one with the fewest legs. An empty one stays empty as long as another serves, so that there is one to go to when a process is lost;
   * `spare` are how many are kept.
   */
  place(slots: readonly ProcessSlot[], spare: number): ProcessSlot | undefined {
    const running = slots.filter((slot) => slot.running !== undefined);
    const empty = running.filter((slot) => this.on(slot).length === 0);
    const kept = new Set(empty.length < running.length || empty.length > spare ? empty.slice(Math.max(0, empty.length - spare)) : []);
    return running.filter((slot) => !kept.has(slot)).toSorted((a, b) => this.legsOn(a) - this.legsOn(b) || this.on(a).length - this.on(b).length)[0];
  }
}
