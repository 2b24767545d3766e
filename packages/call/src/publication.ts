import { type Call, type EndpointEvent, type Participant, passesBy } from '@dialplane/calling-api';
import { applicationRoster } from './applications/applications.ts';
import { seatedAt, type CallModel, type Party, type Seated } from './call-model.ts';
import type { CallOutput } from './call-input.ts';
import type { LiveCall, PublishedSeat, UnnumberedEvent } from './live-call.ts';
import { callView, clients, everybodysModes, hearsConference, participantView, selfView, shapeOf, stateOf } from './views.ts';

interface PublishedParty {
  readonly source: Party;
  readonly view: string;
}

/**
 * Turns what an input changed into events: it remembers what every member was last told and tells the difference, so that
 * only changed things produce events, and each event has its own revision.
 *
 * Everything it remembers follows from the model, so a snapshot needs none of it.
 */
export class Publication {
  private readonly seats = new Map<string, PublishedSeat>();
  private readonly parties = new Map<string, PublishedParty>();
  /** By connection. */
  private readonly rosters = new Map<string, string>();
  private hands: readonly string[] = [];
  private spotlight: readonly string[] = [];
  private kind: Call['kind'] = 'oneToOne';
  private path: CallModel['path'] | undefined;
  private toldModes: CallModel['toldModes'];
  private room: CallModel['room'];

  /** Starts from `live` as it is: nothing in it is news. */
  constructor(live: LiveCall) {
    this.takeRosterChanges(live, this.affectsAll(live.model));
    for (const seated of clients(live.model)) this.seats.set(seated.seat.endpointId, publishedSeat(live, seated));
    const roster = JSON.stringify(applicationRoster(live.model));
    for (const { connectionId, stage } of live.model.applications.values()) if (stage.kind === 'connected') this.rosters.set(connectionId, roster);
  }

  /**
   * The outputs of the input just handled, in order; what changed for all comes first, then what happened to single endpoints,
   * and `ended` last. Endpoints seated by this very input are told nothing: the result of their command shows everything.
   */
  publish(live: LiveCall): CallOutput[] {
    const outputs: CallOutput[] = [];
    const all = clients(live.model);
    const newcomers = new Set(all.map(({ seat }) => seat.endpointId).filter((endpointId) => !this.seats.has(endpointId)));
    const isChanged = this.affectsAll(live.model);
    const updated = this.takeRosterChanges(live, isChanged);
    for (const seated of all) {
      for (const event of this.changesFor(live, seated, updated, isChanged)) outputs.push(numbered(live, seated.seat.endpointId, event));
    }
    for (const effect of live.effects) {
      if (effect.kind === 'output') {
        outputs.push(effect.output);
      } else if (effect.kind === 'incomingCall') {
        const output = incomingCall(live, effect.endpointId);
        if (output !== undefined) outputs.push(output);
      } else if (!newcomers.has(effect.endpointId)) {
        const event = effect.build();
        if (event !== undefined) outputs.push(numbered(live, effect.endpointId, event));
      }
    }
    this.forgetGone(all);
    outputs.push(...this.takeRosters(live));
    live.effects = [];
    live.departures = [];
    return outputs;
  }

  /** What applications are to know of who is in the call, where that is news to them. */
  private takeRosters({ model }: LiveCall): CallOutput[] {
    for (const connectionId of this.rosters.keys()) if (!model.applications.has(connectionId)) this.rosters.delete(connectionId);
    if (model.applications.size === 0) return [];
    const participants = applicationRoster(model);
    const view = JSON.stringify(participants);
    return [...model.applications.values()].flatMap((application): CallOutput[] => {
      const { connectionId, stage } = application;
      if (stage.kind !== 'connected' || this.rosters.get(connectionId) === view) return [];
      this.rosters.set(connectionId, view);
      const sequenceNumber = application.sequenceNumber + 1;
      model.applications.set(connectionId, { ...application, sequenceNumber });
      return [{ kind: 'application', connectionId, event: { kind: 'participantsUpdated', sequenceNumber, participants } }];
    });
  }

  private forgetGone(present: readonly Seated[]): void {
    if (present.length === this.seats.size) return;
    const endpointIds = new Set(present.map(({ seat }) => seat.endpointId));
    for (const endpointId of this.seats.keys()) if (!endpointIds.has(endpointId)) this.seats.delete(endpointId);
  }

  /** Whether what is shown of anybody may have changed with the call as a whole. In a 1:1 call each side shows in the other. */
  private affectsAll({ hands, spotlight, kind, path, toldModes, room }: CallModel): boolean {
    const isChanged = kind === 'oneToOne' || this.hands !== hands || this.spotlight !== spotlight || this.kind !== kind || this.path !== path || this.toldModes !== toldModes || this.room !== room;
    this.hands = hands;
    this.spotlight = spotlight;
    this.kind = kind;
    this.path = path;
    this.toldModes = toldModes;
    this.room = room;
    return isChanged;
  }

  /** What a member has to be told about the call as a whole, about itself and about the others. */
  private changesFor(live: LiveCall, seated: Seated, updated: readonly Participant[], affectsAll: boolean): UnnumberedEvent[] {
    const { model } = live;
    const { party, seat } = seated;
    const before = this.seats.get(seat.endpointId);
    const after = before?.source === seat && before.role === party.role && !affectsAll ? before : publishedSeat(live, seated);
    this.seats.set(seat.endpointId, after);
    if (before === undefined || (before === after && updated.length === 0 && live.departures.length === 0)) return [];
    const events: UnnumberedEvent[] = [];
    if (before.shape !== after.shape) events.push({ type: 'callPromoted', ...shapeOf(model, seat) });
    if (before.modes !== after.modes && after.modes !== '') events.push({ type: 'callModesChanged', modes: everybodysModes(model) });
    if (before.state !== after.state) events.push({ type: 'callStateChanged', state: after.state });
    if (before.self !== after.self) {
      const mutedBy = seat.mute.kind === 'muted' && seat.mute.by !== undefined ? { mutedBy: seat.mute.by } : {};
      events.push({ type: 'selfUpdated', ...selfView(model, party, seat), ...mutedBy });
    }
    const others = updated.filter(({ identifier }) => identifier !== party.identifier);
    const removed = live.departures
      .filter(({ identifier }) => identifier !== party.identifier)
      .map(({ identifier, addedBy, endReason }) => (addedBy === party.identifier ? { identifier, endReason } : { identifier }));
    if (others.length > 0 || removed.length > 0) events.push({ type: 'participantsUpdated', updated: others, removed });
    return events;
  }

  /** Participants that look different from how they were last shown. */
  private takeRosterChanges({ model }: LiveCall, affectsAll: boolean): Participant[] {
    const changed: Participant[] = [];
    for (const party of model.parties.values()) {
      const before = this.parties.get(party.identifier);
      if (before?.source === party && !affectsAll) continue;
      const participant = participantView(model, party);
      const view = JSON.stringify(participant);
      this.parties.set(party.identifier, { source: party, view });
      if (before?.view !== view) changed.push(participant);
    }
    for (const identifier of this.parties.keys()) if (!model.parties.has(identifier)) this.parties.delete(identifier);
    return changed;
  }
}

function publishedSeat({ model }: LiveCall, { party, seat }: Seated): PublishedSeat {
  const { kind, topology } = shapeOf(model, seat);
  return { source: seat, role: party.role, state: stateOf(model, seat), shape: `${kind} ${topology}`, modes: hearsConference(model, seat) ? JSON.stringify(everybodysModes(model)) : '', self: JSON.stringify(selfView(model, party, seat)) };
}

function numbered({ model, options }: LiveCall, endpointId: string, event: UnnumberedEvent): CallOutput {
  const { callId } = options;
  if (passesBy(event)) return { kind: 'event', endpointId, event: { ...event, callId } };
  model.revision += 1;
  const complete: EndpointEvent = { ...event, callId, revision: model.revision };
  return { kind: 'event', endpointId, event: complete };
}

function incomingCall(live: LiveCall, endpointId: string): CallOutput | undefined {
  const seated = seatedAt(live.model, endpointId);
  if (seated === undefined) return undefined;
  live.model.revision += 1;
  return { kind: 'event', endpointId, event: { type: 'incomingCall', call: callView(live, seated) } };
}
