import { endReason, type EndReasonName, type IceCandidate, type MediaDescription, type ReportMediaRequest, type WantedStream } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { conferenceOf, hasAnswered, peerOf, replaceSeat, takesPart, type LegSession, type PeerSession, type Seat, type Seated } from '../call-model.ts';
import { noMediaPath } from './ice-configuration.ts';
import type { LiveCall } from '../live-call.ts';
import { sendCandidates, sendDescription } from './media-delivery.ts';
import { sessionConnected, sessionFailed, sessionInterrupted } from './media-progress.ts';
import { candidateTypes, follows, streamTypes, summaryOf, withDescription } from './signaled-side.ts';
import { sendableBy } from '../rooms/role-permissions.ts';
import { done, refused, type Verdict } from '../verdict.ts';

/** A description for the other side of a session (RFC 3264, RFC 8829). */
export function describe(live: LiveCall, { party, seat }: Seated, mediaSessionId: string, description: MediaDescription): Verdict {
  const session = sessionOf(seat, mediaSessionId);
  if (session === undefined) return refused('MEDIA_SESSION_NOT_FOUND');
  if (!takesPart(seat)) return refused('CALL_STATE_CONFLICT', 'Answer first: a ringing endpoint sends its description with accept.');
  const sendable = sendableBy(live.model, party);
  if (streamTypes(description).some((type) => type !== 'Audio' && !sendable.includes(type))) return refused('ROLE_FORBIDS', 'The role of this participant does not permit to send this picture.');
  const remote = isPeer(session) ? peerOf(live.model, seat)?.peer?.local.description : session.processor;
  if (!follows(session.local, remote, description)) return refused('SDP_OUT_OF_ORDER');
  const speaker = withSession(seat, { ...session, local: withDescription(session.local, description) });
  replaceSeat(live.model, isPeer(session) ? speaker : { ...speaker, streams: streamTypes(description) });
  if (isPeer(session)) {
    sendDescription(live, speaker, description);
    return done;
  }
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return done;
  live.media({ kind: 'describe', conferenceId, legId: mediaSessionId, description });
  const { type, revision } = description;
  live.flow(seat.participantId, 'mediaProcessor', { kind: 'description', mediaSessionId, type, revision, summary: summaryOf(description) });
  return done;
}

/**
 * Trickled candidates for the other side (RFC 8838). Those beyond the limit are not kept and not passed on: a client with
 * more candidates than that has enough of them.
 */
export function trickle(live: LiveCall, seat: Seat, mediaSessionId: string, offered: readonly IceCandidate[]): Verdict {
  const session = sessionOf(seat, mediaSessionId);
  if (session === undefined) return refused('MEDIA_SESSION_NOT_FOUND');
  const { local } = session;
  const candidates = offered.slice(0, Math.max(0, live.limits.candidatesPerSide - local.candidates.length));
  if (candidates.length === 0) return done;
  const speaker = withSession(seat, { ...session, local: { ...local, candidates: [...local.candidates, ...candidates] } });
  replaceSeat(live.model, speaker);
  if (isPeer(session)) {
    sendCandidates(live, speaker, candidates);
    return done;
  }
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return done;
  live.media({ kind: 'trickle', conferenceId, legId: mediaSessionId, candidates });
  live.flow(seat.participantId, 'mediaProcessor', { kind: 'candidates', mediaSessionId, count: candidates.length, types: candidateTypes(candidates) });
  return done;
}

/** Which remote pictures the endpoint wants to see in which sections of its backend session; the whole list. Nothing of it remains here. */
export function want(live: LiveCall, seat: Seat, mediaSessionId: string, wanted: readonly WantedStream[]): Verdict {
  const conferenceId = conferenceOf(live.model);
  if (seat.leg?.mediaSessionId !== mediaSessionId || conferenceId === undefined) return refused('MEDIA_SESSION_NOT_FOUND');
  live.media({ kind: 'setWanted', conferenceId, legId: mediaSessionId, wanted });
  return done;
}

/** What the client sees of its session: connected, interrupted, or failed with the cause it found. */
export function reportMedia(
  live: LiveCall,
  seat: Seat,
  mediaSessionId: string,
  { state, cause }: Pick<ReportMediaRequest, 'state' | 'cause'>,
  now: Instant,
): Verdict {
  const session = sessionOf(seat, mediaSessionId);
  if (session === undefined) return refused('MEDIA_SESSION_NOT_FOUND');
  const isEarly = state !== 'failed' && !hasAnswered(seat);
  if (!takesPart(seat) || (isEarly && seat.leg?.mediaSessionId !== mediaSessionId)) return refused('CALL_STATE_CONFLICT');
  live.flow(seat.participantId, 'controller', { kind: 'mediaState', mediaSessionId, state, ...(cause === undefined ? {} : { cause }) });
  // Who calls a telephone is connected with the media processor before it answers, and that has said so.
  if (isEarly) return done;
  if (state === 'connected') sessionConnected(live, mediaSessionId, now);
  else if (state === 'interrupted') sessionInterrupted(live, mediaSessionId, now);
  else {
    const name: EndReasonName = cause ?? (session.hasConnected ? 'networkDropped' : 'networkSetupFailed');
    sessionFailed(live, mediaSessionId, name === 'noMediaPath' ? noMediaPath(live, seat, seat.identifier) : endReason(name, seat.identifier), now);
  }
  return done;
}

function sessionOf(seat: Seat, mediaSessionId: string): PeerSession | LegSession | undefined {
  return [seat.peer, seat.leg].find((session) => session?.mediaSessionId === mediaSessionId);
}

function isPeer(session: PeerSession | LegSession): session is PeerSession {
  return 'polite' in session;
}

function withSession(seat: Seat, session: PeerSession | LegSession): Seat {
  return isPeer(session) ? { ...seat, peer: session } : { ...seat, leg: session };
}
