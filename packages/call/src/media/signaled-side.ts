import type { IceCandidate, MediaDescription, MediaStreamType } from '@dialplane/calling-api';
import { silentSide, type SignaledSide } from '../call-model.ts';

/** ICE username fragments in a session description (RFC 8839 §5.4), each once. */
function usernameFragments(sdp: string): string[] {
  return [...new Set([...sdp.matchAll(/^a=ice-ufrag:(\S{1,256})/gm)].map((match) => match[1] ?? ''))].slice(0, 64);
}

/**
 * A side after it gave a new description. Candidates of an older ICE generation are dropped; those that name no generation
 * are kept unless ICE was restarted (RFC 8838 §10).
 */
export function withDescription(side: SignaledSide, description: MediaDescription): SignaledSide {
  const fragments = usernameFragments(description.sdp);
  const isRestart = side.description !== undefined && !fragments.some((fragment) => side.fragments.includes(fragment));
  const candidates = side.candidates.filter(({ usernameFragment }) => (usernameFragment === null ? !isRestart : fragments.includes(usernameFragment)));
  return { description, fragments, candidates };
}

/** A side that begins with `description`, or with nothing. */
export function sideOf(description: MediaDescription | undefined): SignaledSide {
  return description === undefined ? silentSide : withDescription(silentSide, description);
}

/**
 * Whether `description` follows what both sides have said (RFC 3264 §4): its revision is new, and an answer answers the
 * newest offer of the other side. Crossing offers are allowed: the polite side will roll its own back.
 */
export function follows(local: SignaledSide, remote: MediaDescription | undefined, description: MediaDescription): boolean {
  if (description.revision <= (local.description?.revision ?? 0)) return false;
  if (description.type === 'offer') return true;
  return remote?.type === 'offer' && (description.answers ?? remote.revision) === remote.revision;
}

/** What a side sends by its description, each kind once. */
export function streamTypes(description: MediaDescription | undefined): MediaStreamType[] {
  return [...new Set(description?.streams.map(({ mediaStreamType }) => mediaStreamType))];
}

/** For the call flow record: what a description offers, never the description itself. */
export function summaryOf(description: MediaDescription): string {
  const sending = streamTypes(description);
  const candidates = description.sdp.match(/^a=candidate:/gm)?.length ?? 0;
  const streams = sending.length === 0 ? 'receive only' : sending.join(', ').toLowerCase();
  return `${streams} · ${candidates} ${candidates === 1 ? 'candidate' : 'candidates'}`;
}

/** The types of trickled candidates (RFC 8839 §5.1), each once; `end` for the end-of-candidates indication. */
export function candidateTypes(candidates: readonly IceCandidate[]): string[] {
  return [...new Set(candidates.map(({ candidate }) => (candidate === '' ? 'end' : (/ typ (\w{1,16})/.exec(candidate)?.[1] ?? 'unknown'))))];
}
