import { patienceMs } from '@dialplane/testing';
import { within } from '../patience.ts';
import type { Person } from '../browsers/test-signal.ts';

/** A telephone of somebody: it sends the tone of its person, and tells what it hears. */
export interface Telephone extends AsyncDisposable {
  readonly person: Person;
  /** The number or name under which it is registered. */
  readonly user: string;
  /** Calls a number or SIP URI. */
  readonly dial: (target: string) => void;
  /** Waits until it rings; returns who calls, as a SIP URI. */
  readonly ring: () => Promise<string>;
  readonly answer: () => void;
  /** Hangs up, or declines while it rings. */
  readonly hangUp: () => void;
  readonly hold: () => void;
  readonly resume: () => void;
  /** Presses keys, one after the other. */
  readonly press: (digits: string) => void;
  /** REFER to a number or SIP URI. */
  readonly transfer: (target: string) => void;
  /** Waits until the call stands. */
  readonly talks: () => Promise<void>;
  /** Waits until the call is over; returns why, in its own words. */
  readonly ends: () => Promise<string>;
  /** Waits until these keys were heard, in this order. */
  readonly keys: (digits: string) => Promise<void>;
  /** The same of keys that come as tones in the sound. */
  readonly keysInSound: (digits: string) => Promise<void>;
  /** Waits until all of these, and nobody else, were heard for a whole window. */
  readonly hearsAll: (people: readonly Person[]) => Promise<void>;
}

/** Settles as `event` does, or rejects with what there was instead. */
export function patiently<Result>(event: Promise<Result>, instead: () => string): Promise<Result> {
  return within(event, () => `waited ${patienceMs} ms ${instead()}`);
}
