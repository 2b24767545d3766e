import type { Person } from './test-signal.ts';

/** One end of a candidate pair; `address` is empty where the browser hides it. */
export interface ChosenCandidate {
  readonly type: string;
  readonly protocol: string;
  readonly address: string;
  /** Of a local relay candidate: how this browser reaches the relay, `udp`, `tcp` or `tls`. */
  readonly relayProtocol?: string;
}

/** The candidate pair a peer connection uses, from the browser's own statistics. */
export interface ChosenPair {
  readonly local: ChosenCandidate;
  readonly remote: ChosenCandidate;
}

export type Side = 'local' | 'remote';

/** What every page with media offers: who arrives. */
export interface MediaPage {
  /** Makes microphone and camera of this page a person's, in a browser that takes no files as devices. */
  readonly drawDevices: (person: Person) => void;
  /** Waits until this person, and nobody else, was heard for a whole window, from the other side without `side`; `null` waits for silence. */
  readonly hears: (person: Person | null, side?: Side) => Promise<void>;
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

export interface SignInOptions {
  readonly token: string;
  readonly displayName: string;
  /** The server, where the token shall not say it. */
  readonly endpoint?: string;
}

/** A call as the client library shows it. */
export interface CallSituation {
  readonly id: string;
  readonly state: string;
  readonly isMuted: boolean;
  readonly endReason?: { readonly code: number; readonly subCode: number };
  /** The sentence of the end reason. */
  readonly endMessage?: string;
  readonly others: ReadonlyArray<{ readonly rawId: string; readonly state: string; readonly isMuted: boolean }>;
}

/** What a person does on the phone with the running call. */
export type PhoneAction =
  | 'hangUp' | 'hold' | 'resume' | 'mute' | 'unmute' | 'startVideo' | 'stopVideo' | 'startScreenSharing' | 'stopScreenSharing';

/** `lab/pages/phone.ts`: an application on the client library. `hears` and `sees` take the tracks that the library gives out. */
export interface PhonePage extends MediaPage {
  readonly signIn: (options: SignInOptions) => Promise<void>;
  /** Calls with microphone and camera, and with the relay unless told otherwise; returns the library's id of the call at that moment. */
  readonly startCall: (rawId: string, options?: { readonly relay?: 'off' }) => Promise<string>;
  /** Joins a group call with microphone and camera; returns the library's id of the call at that moment. */
  readonly join: (groupId: string) => Promise<string>;
  /** Calls a telephone, and is shown there as `callerId`; numbers with `+`. A call that there was goes on beside it. */
  readonly dial: (number: string, callerId: string) => Promise<void>;
  /** Adds a telephone to the running call. */
  readonly addNumber: (number: string, callerId: string) => Promise<void>;
  /** Presses keys, one after the other. */
  readonly press: (digits: string) => Promise<void>;
  /** Waits until these keys of a telephone were told, in this order. */
  readonly keys: (digits: string) => Promise<void>;
  /** Hands the running call over to somebody else; resolves when that has happened, and rejects when it has failed. */
  readonly transferTo: (rawId: string) => Promise<void>;
  /** Hands the call before the running one over to the running one, so that the others of both talk to each other; settles likewise. */
  readonly transferEarlier: () => Promise<void>;
  /** Waits until it rings; returns the raw identifier of who calls. */
  readonly ring: () => Promise<string>;
  /** Declines the call that rings. */
  readonly decline: () => Promise<void>;
  /** Adds somebody to the running call. */
  readonly add: (rawId: string) => Promise<void>;
  /** Waits until it rings, and answers with microphone and camera. */
  readonly answer: () => Promise<string>;
  readonly do: (action: PhoneAction) => Promise<void>;
  readonly situation: () => CallSituation;
  /** Waits until the call is in this state. */
  readonly reaches: (state: string) => Promise<CallSituation>;
  /** Waits until the other person's microphone is muted, or not. */
  readonly othersMuted: (isMuted: boolean) => Promise<void>;
  /** Waits until the other's shared screen arrives, and tells its size; with false until it is gone. */
  readonly othersScreen: (isShared: boolean) => Promise<{ readonly width: number; readonly height: number }>;
  /** Waits until all of these, and nobody else, were heard for a whole window. */
  readonly hearsAll: (people: readonly Person[]) => Promise<void>;
  /** The levels of everybody's tone in the next whole window, in dB below full scale. */
  readonly levels: () => Promise<Readonly<Record<Person, number>>>;
  /** Waits until each of these was seen, alive, in the picture of the participant of that name. */
  readonly seesAll: (people: readonly Person[]) => Promise<void>;
  /** What arrives of pictures and is shown of them: for the message of a story that fails. */
  readonly sights: () => Promise<readonly string[]>;
  /** The longest time without this person's tone since this was last asked, in milliseconds, without the pauses that belong to it. The first call begins to listen. */
  readonly longestToneGapMs: (person: Person) => Promise<number>;
  readonly pairs: () => Promise<readonly ChosenPair[]>;
  /** The longest time without a packet of sound since this was last asked, in milliseconds; one that still lasts counts. The first call begins to watch. */
  readonly longestGapMs: () => number;
  /** The connection states of the agent so far, oldest first. */
  readonly agentStates: () => readonly string[];
}

/** `lab/pages/stopwatch.ts`: audio calls, timed. Instants are milliseconds since the epoch, comparable between pages of one machine. */
export interface StopwatchPage {
  readonly signIn: (options: SignInOptions) => Promise<void>;
  /** Calls, and resolves when the first decoded sound of the other side is there. */
  readonly callAndHear: (rawId: string) => Promise<{ readonly heardAt: number }>;
  /** Waits until it rings and accepts; `acceptedAt` is taken right before `accept()`. */
  readonly answerAndHear: () => Promise<{ readonly acceptedAt: number; readonly heardAt: number }>;
  /** Hangs up (harmless when the other side has), and resolves when the call is over here. */
  readonly finish: () => Promise<void>;
}
