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
  /** By `performance.now()`. */
  readonly openedAt: number;
}

/** Until the load that a process tells says all of what a conference adds to it: what that is of, and a heartbeat. */
const hiddenMs = 2_500;
/** As much as two who talk with a telephone or each other add, of one core; a larger one shows soon. */
const hiddenLoad = 0.005;
/** Loads that are no further apart are alike: then legs are counted. */
const likeLoad = 0.1;

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
    const conference = { conferenceId, slot, legs: new Map(), openedAt: performance.now() };
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
   * The process for another conference: the one with the least to do, and among those that have about as much, the one with the fewest legs. An empty one stays empty as long as another serves, so that there is one to go to when a process is lost;
   * `spare` are how many are kept.
   */
  place(slots: readonly ProcessSlot[], spare: number): ProcessSlot | undefined {
    const running = slots.filter((slot) => slot.running !== undefined);
    const empty = running.filter((slot) => this.on(slot).length === 0);
    const kept = new Set(empty.length < running.length || empty.length > spare ? empty.slice(Math.max(0, empty.length - spare)) : []);
    const choices = running.filter((slot) => !kept.has(slot)).map((slot) => ({ slot, load: this.expectedLoad(slot), legs: this.legsOn(slot), conferences: this.on(slot).length }));
    const least = Math.min(...choices.map(({ load }) => load));
    return choices.filter(({ load }) => load <= least + likeLoad).toSorted((a, b) => a.legs - b.legs || a.conferences - b.conferences)[0]?.slot;
  }

  /** As the process has told, and what has come to it since. */
  private expectedLoad(slot: ProcessSlot): number {
    const since = performance.now() - hiddenMs;
    return (slot.running?.load ?? 0) + hiddenLoad * this.on(slot).filter(({ openedAt }) => openedAt >= since).length;
  }
}
