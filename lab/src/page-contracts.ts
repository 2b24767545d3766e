import type { Person } from './test-signal.ts';

/** One end of a candidate pair; `address` is empty where the browser hides it. */
export interface ChosenCandidate {
  readonly type: string;
  readonly protocol: string;
  readonly address: string;
}

/** The candidate pair a peer connection uses, from the browser's own statistics. */
export interface ChosenPair {
  readonly local: ChosenCandidate;
  readonly remote: ChosenCandidate;
}

export type Side = 'local' | 'remote';

/** What every page with media offers: who arrives. */
export interface MediaPage {
  /** Waits until this person, and nobody else, was heard from the other side for a whole window; `null` waits for silence. */
  readonly hears: (person: Person | null) => Promise<void>;
  /** Waits until this person was seen from the other side, alive; `null` waits for a frame that shows nobody. */
  readonly sees: (person: Person | null) => Promise<void>;
  /** Who is heard in the next whole window of sound. */
  readonly heard: (side: Side) => Promise<Person | null>;
  /** Who is seen in the next frame. */
  readonly seen: (side: Side) => Promise<Person | null>;
}

/** `lab/pages/plain-call.ts`: a call without any signaling of ours; the story carries offer and answer. It proves the lab itself. */
export interface PlainCallPage extends MediaPage {
  /** Opens microphone and camera. Without it the page has no permission, and a browser may hide its addresses. */
  readonly openDevices: () => Promise<void>;
  /** An offer with all candidates: of the opened devices, else to receive only. */
  readonly offer: () => Promise<string>;
  readonly answer: (offer: string) => Promise<string>;
  readonly acceptAnswer: (answer: string) => Promise<void>;
  /** Resolves when the connection stands or has failed. */
  readonly settled: () => Promise<{ readonly state: string; readonly pairs: readonly ChosenPair[] }>;
  /** Turns a kind of local track to silence or black, or back. */
  readonly enable: (kind: 'audio' | 'video', enabled: boolean) => void;
}
