import { type Call, type EndpointEvent, type EndReason, type MediaSession, passesBy, type PassingEvent } from '@dialplane/calling-api';

type CallEvent = Exclude<EndpointEvent, { type: 'sync' | 'endpointClosed' | 'incomingCall' }>;

/** What a client knows of one call: the newest whole truth it was shown, and the events after that. */
export class CallReplica {
  view: Call;
  /** Events that came while the answer to the command that seats this endpoint was outstanding. */
  private held: CallEvent[] = [];
  private seatingRequests = 0;

  constructor(view: Call) {
    this.view = view;
  }

  get isEnded(): boolean {
    return this.view.state === 'Disconnected';
  }

  /** True while this client has asked to take part and does not know the answer: what it knows of the roster may be old. */
  get isSeating(): boolean {
    return this.seatingRequests > 0;
  }

  /** From here to `seated` events wait: they presuppose what the answer will show. */
  beginSeating(): void {
    this.seatingRequests += 1;
  }

  seated(view: Call | undefined): void {
    this.seatingRequests = Math.max(0, this.seatingRequests - 1);
    if (view !== undefined) this.show(view);
    if (this.seatingRequests > 0) return;
    const events = this.held;
    this.held = [];
    for (const event of events) this.apply(event);
  }

  /** The whole truth, unless something newer is known: an answer may overtake a sync event, and the other way round. */
  show(view: Call): void {
    if (view.revision >= this.view.revision) this.view = view;
  }

  end(endReason: EndReason | undefined): void {
    this.view = { ...this.view, state: 'Disconnected', participants: [], mediaSessions: [], ...(endReason === undefined ? {} : { endReason }) };
  }

  apply(event: CallEvent): void {
    if (this.seatingRequests > 0) {
      this.held.push(event);
      return;
    }
    // What passes by has no revision and changes nothing here.
    if (passesBy(event)) return;
    if (event.revision <= this.view.revision) return;
    this.view = { ...changed(this.view, event), revision: event.revision };
    if (event.type === 'callStateChanged' && event.state === 'Disconnected') this.end(event.endReason);
  }
}

function changed(view: Call, event: Exclude<CallEvent, PassingEvent>): Call {
  switch (event.type) {
    case 'callStateChanged':
      return { ...view, state: event.state };
    case 'callPromoted':
      return { ...view, kind: event.kind, topology: event.topology };
    case 'participantsUpdated': {
      const participants = new Map(view.participants.map((participant) => [participant.identifier, participant]));
      for (const participant of event.updated) participants.set(participant.identifier, participant);
      for (const { identifier } of event.removed) if (!event.updated.some((one) => one.identifier === identifier)) participants.delete(identifier);
      return { ...view, participants: [...participants.values()] };
    }
    case 'selfUpdated': {
      const { identifier, participantId } = view.self;
      const hand = event.raisedHandOrder === undefined ? {} : { raisedHandOrder: event.raisedHandOrder };
      const spotlight = event.spotlightOrder === undefined ? {} : { spotlightOrder: event.spotlightOrder };
      return { ...view, self: { identifier, participantId, isMuted: event.isMuted, role: event.role, ...hand, ...spotlight, ...(event.permissions === undefined ? {} : { permissions: event.permissions }) } };
    }
    case 'mediaSessionUpdated':
      return { ...view, mediaSessions: [...view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSession.mediaSessionId), event.mediaSession] };
    case 'mediaSessionClosed':
      return { ...view, mediaSessions: view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSessionId) };
    case 'mediaDescription':
      return withSession(view, event.mediaSessionId, (session) => ({ ...session, remoteDescription: event.description }));
    case 'mediaCandidates':
      return withSession(view, event.mediaSessionId, (session) => ({ ...session, remoteCandidates: [...session.remoteCandidates, ...event.candidates] }));
    case 'mediaModesChanged':
      return withSession(view, event.mediaSessionId, ({ layout: _before, ...session }) => ({ ...session, modes: event.modes, ...(event.layout === undefined ? {} : { layout: event.layout }) }));
    case 'callModesChanged':
      return { ...view, modes: event.modes };
    case 'reactionReceived':
    case 'transferChanged':
    case 'transferRequested':
      return view;
  }
}

function withSession(view: Call, mediaSessionId: string, change: (session: MediaSession) => MediaSession): Call {
  return { ...view, mediaSessions: view.mediaSessions.map((session) => (session.mediaSessionId === mediaSessionId ? change(session) : session)) };
}

/**
 * What must be the same for everybody who has heard everything. A session's own state and own revision are not told to the
 * one who knows them best, and a ringing device is not kept up to date about others.
 */
export function comparable(view: Call): unknown {
  const { callId, kind, topology, state, direction, self, participants, mediaSessions, modes: everybodys } = view;
  const isRinging = state === 'Ringing' && direction === 'Incoming';
  return {
    callId, kind, topology, state, direction,
    self: isRinging ? self.participantId : self,
    modes: isRinging ? undefined : everybodys,
    participants: isRinging ? [] : participants.toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1)),
    mediaSessions: mediaSessions.map(({ mediaSessionId, remoteDescription, modes, layout }) => ({ mediaSessionId, remoteDescription, modes, layout })),
  };
}
