import type { CallState, EndpointEvent, FlowDetail, Participant, ParticipantRole } from '@dialplane/calling-api';
import type { MediaCommand } from '@dialplane/media-api';
import { addMilliseconds, Deadlines, type Instant } from '@dialplane/sansio';
import type { LineCommand } from '@dialplane/telephony-api';
import type { CallOutput } from './call-input.ts';
import { emptyModel, type CallModel, type Seat } from './call-model.ts';
import type { IceConfiguration, IceParticipant } from './media/ice-configuration.ts';
import { defaultLimits, type CallLimits } from './limits.ts';

export interface CallMachineOptions {
  readonly callId: string;
  readonly serverCallId: string;
  /** Fresh UUIDs: participants, media sessions and conferences are named by them. */
  readonly newId: () => string;
  /** Wall-clock ISO time of the start of the call. */
  readonly startedAt: string;
  /** ICE configuration of a participant; asked whenever one of its media sessions is shown (relay credentials are minted per participant). */
  readonly iceConfiguration: (participant: IceParticipant) => IceConfiguration;
  /** Why no conference can be opened, in a sentence; whatever needs one then fails at once. Without it there is always one to be had. */
  readonly mediaProcessorAbsence?: () => string | undefined;
  /** Why no telephone can be called, in a sentence. Without it telephones can be. */
  readonly telephoneAbsence?: () => string | undefined;
  /** Whether a user has SIP phones: a call to them is on the backend from the beginning, because one of those may answer. */
  readonly hasPhones?: (identifier: string) => boolean;
  /** For a restored call: how long no machine ran. What happened before is dated that much earlier; deadlines are not shortened. */
  readonly downtimeMs?: number;
  readonly limits?: Partial<CallLimits>;
}

/** What each timer waits for; after the bar the identifier, endpoint or media session it belongs to. */
export type DeadlineKey =
  | 'conference'
  | 'promotion'
  | 'reopening'
  | 'speakers'
  | 'transfer'
  | 'duration'
  | `find|${string}`
  | `ring|${string}`
  | `setup|${string}`
  | `presence|${string}`
  | `interruption|${string}`
  | `recognition|${string}`
  | `keys|${string}`;

type EventsOfCalls = Exclude<EndpointEvent, { type: 'sync' | 'endpointClosed' | 'incomingCall' }>;
type WithoutNumber<Event> = Event extends EventsOfCalls ? Omit<Event, 'callId' | 'revision'> : never;
/** An event of this call before publication gives it the call's id and, unless it passes by, the next revision. */
export type UnnumberedEvent = WithoutNumber<EventsOfCalls>;

/** What waits for publication: events to number (built then, so that they show the final state), and outputs as they are. */
export type Effect =
  | { readonly kind: 'event'; readonly endpointId: string; readonly build: () => UnnumberedEvent | undefined }
  | { readonly kind: 'incomingCall'; readonly endpointId: string }
  | { readonly kind: 'output'; readonly output: CallOutput };

/** What an endpoint was last told of itself and of the call as a whole, and the seat that was told from. */
export interface PublishedSeat {
  readonly source: Seat;
  /** Of the party, which it shows as its own. */
  readonly role: ParticipantRole | undefined;
  readonly state: CallState;
  readonly shape: string;
  /** How media reaches everybody, as JSON; empty where it does not come from a conference. */
  readonly modes: string;
  readonly self: string;
}

/**
 * One call at work: the model, its timers, and the effects that the input being handled has had so far. The modules beside
 * this file (`founding`, `ringing`, `admission`, `media-sessions`, `conference`, `moderation`, ...) change it; `publication` turns what changed
 * into events.
 */
export class LiveCall {
  readonly options: CallMachineOptions;
  readonly limits: CallLimits;
  readonly model: CallModel;
  readonly deadlines = new Deadlines<DeadlineKey>();
  /** In the order they happened. */
  effects: Effect[] = [];
  /** Members who left since the last publication. */
  departures: Array<{ readonly identifier: string; readonly addedBy?: string; readonly endReason: NonNullable<Participant['endReason']> }> = [];

  constructor(options: CallMachineOptions, model: CallModel = emptyModel()) {
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    this.model = model;
  }

  arm(key: DeadlineKey, milliseconds: number, now: Instant): void {
    this.deadlines.set(key, addMilliseconds(now, milliseconds));
  }

  tell(endpointId: string, build: () => UnnumberedEvent | undefined): void {
    this.effects.push({ kind: 'event', endpointId, build });
  }

  /** While the call is suspended there is no conference to command; the next one is told everything. */
  media(command: MediaCommand): void {
    if (this.model.path.kind === 'suspended') return;
    this.effects.push({ kind: 'output', output: { kind: 'media', command } });
  }

  line(command: LineCommand): void {
    this.effects.push({ kind: 'output', output: { kind: 'line', command } });
  }

  /** Asks for a conference, and waits for the answer. */
  openConference(conferenceId: string, now: Instant): void {
    this.model.usedBackend = true;
    this.media({ kind: 'openConference', conferenceId, callId: this.options.callId, modes: this.model.modes });
    this.arm('conference', this.limits.openConferenceMs, now);
  }

  find(identifier: string): void {
    this.effects.push({ kind: 'output', output: { kind: 'findEndpoints', identifier } });
  }

  /** A line of the call flow record; `from` and `to` are lanes. */
  flow(from: string, to: string | undefined, detail: FlowDetail): void {
    this.effects.push({ kind: 'output', output: { kind: 'flow', from, ...(to === undefined ? {} : { to }), detail } });
  }

  decide(what: string, why: string): void {
    this.flow('controller', undefined, { kind: 'decision', what, why });
  }
}
