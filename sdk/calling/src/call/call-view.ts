import type { Call as CallView, EndpointEvent } from '@dialplane/calling-api';
import { withModes } from '../media/conference.ts';

/** The events of one call. */
export type CallEvent = Extract<EndpointEvent, { readonly callId: string }>;

/**
 * The server's view of a call after `event`, or undefined where the event is older than the view and so part of it already.
 * Media events change nothing but the revision: what they carry is the media links' business. What passes by has no revision.
 */
export function applyEvent(view: CallView, event: CallEvent): CallView | undefined {
  if (event.type === 'messageReceived' || event.type === 'dtmfReceived') return view;
  if (event.type === 'speakersChanged') return { ...view, speakers: { speaking: event.speaking, dominant: event.dominant } };
  if (event.type === 'watchedPicturesChanged') {
    const { mediaSessionId, watched } = event;
    return { ...view, mediaSessions: view.mediaSessions.map((session) => (session.mediaSessionId === mediaSessionId ? { ...session, watched } : session)) };
  }
  if (event.revision <= view.revision) return undefined;
  const { revision } = event;
  switch (event.type) {
    case 'callStateChanged':
      return { ...view, revision, state: event.state, ...(event.endReason === undefined ? {} : { endReason: event.endReason }) };
    case 'callPromoted':
      return { ...view, revision, kind: event.kind, topology: event.topology };
    case 'participantsUpdated': {
      const gone = new Set([...event.removed, ...event.updated].map(({ identifier }) => identifier));
      return { ...view, revision, participants: [...view.participants.filter(({ identifier }) => !gone.has(identifier)), ...event.updated] };
    }
    case 'selfUpdated': {
      const { isMuted, role, raisedHandOrder, spotlightOrder, permissions } = event;
      const { identifier, participantId } = view.self;
      const orders = { ...(raisedHandOrder === undefined ? {} : { raisedHandOrder }), ...(spotlightOrder === undefined ? {} : { spotlightOrder }) };
      return { ...view, revision, self: { identifier, participantId, isMuted, role, ...orders, ...(permissions === undefined ? {} : { permissions }) } };
    }
    case 'mediaSessionUpdated': {
      const others = view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSession.mediaSessionId);
      return { ...view, revision, mediaSessions: [...others, event.mediaSession] };
    }
    case 'mediaSessionClosed':
      return { ...view, revision, mediaSessions: view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSessionId) };
    case 'mediaModesChanged': {
      const mediaSessions = view.mediaSessions.map((session) => (session.mediaSessionId === event.mediaSessionId ? withModes(session, event) : session));
      return { ...view, revision, mediaSessions };
    }
    case 'callModesChanged':
      return { ...view, revision, modes: event.modes };
    case 'mediaDescription':
    case 'mediaCandidates':
    case 'reactionReceived':
    case 'transferChanged':
    case 'transferRequested':
      return { ...view, revision };
  }
}
