import type { Call as CallView, EndpointEvent } from '@dialplane/calling-api';

/** The events of one call. */
export type CallEvent = Extract<EndpointEvent, { readonly callId: string }>;

/**
 * The server's view of a call after `event`, or undefined where the event is older than the view and so part of it already.
 * Media events change nothing but the revision: what they carry is the media links' business.
 */
export function applyEvent(view: CallView, event: CallEvent): CallView | undefined {
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
      const { isMuted, role, raisedHandOrder } = event;
      const { identifier, participantId } = view.self;
      return { ...view, revision, self: { identifier, participantId, isMuted, role, ...(raisedHandOrder === undefined ? {} : { raisedHandOrder }) } };
    }
    case 'mediaSessionUpdated': {
      const others = view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSession.mediaSessionId);
      return { ...view, revision, mediaSessions: [...others, event.mediaSession] };
    }
    case 'mediaSessionClosed':
      return { ...view, revision, mediaSessions: view.mediaSessions.filter(({ mediaSessionId }) => mediaSessionId !== event.mediaSessionId) };
    case 'mediaDescription':
    case 'mediaCandidates':
    case 'reactionReceived':
      return { ...view, revision };
  }
}
