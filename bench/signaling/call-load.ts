import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventReader, post, type ReceivedEvent } from '../json-client.ts';

/** Somebody with a registered endpoint and an open event stream. */
export interface Member {
  readonly rawId: string;
  readonly token: string;
  readonly endpointId: string;
  readonly events: EventReader;
}

export const steps = ['start', 'ring', 'answer', 'hangUp'] as const;
export type Step = (typeof steps)[number];

/** What one step of a call was answered, and the events it brought to each side. */
export interface StepTranscript {
  readonly answer: string;
  readonly toCaller: readonly ReceivedEvent[];
  readonly toCallee: readonly ReceivedEvent[];
}
export type CallTranscript = Readonly<Record<Step, StepTranscript>>;

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
/** What Chromium writes for microphone and camera, with all candidates of one interface. */
const offer = { type: 'offer', sdp: fixture('chromium-offer.sdp'), revision: 1, streams: [{ mid: '0', mediaStreamType: 'Audio' }, { mid: '1', mediaStreamType: 'Video' }] };
const answer = { ...offer, type: 'answer', sdp: fixture('chromium-answer.sdp'), answers: 1 };

/**
 * One whole call: start, ring, answer, hang up. A step is over when those whom it concerns have the event that tells them, so
 * nothing overlaps within a call.
 */
export async function makeCall(base: string, caller: Member, callee: Member): Promise<CallTranscript> {
  const command = (member: Member, path: string, body: object): Promise<string> => post(base, path, member.token, { endpointId: member.endpointId, ...body });

  const started = await command(caller, '/v1/calls', { targets: [callee.rawId], description: offer });
  const { callId } = JSON.parse(started) as { callId: string };
  const incoming = await callee.events.until('incomingCall');

  const rung = await command(callee, `/v1/calls/${callId}:ringing`, {});
  const ringing = await caller.events.until('callStateChanged', '"Ringing"');

  const accepted = await command(callee, `/v1/calls/${callId}:accept`, { description: answer });
  const connected = await caller.events.until('mediaDescription');

  const hungUp = await command(caller, `/v1/calls/${callId}:hangUp`, {});
  const [callerLast, calleeLast] = await Promise.all([caller.events.until('callStateChanged', '"Disconnected"'), callee.events.until('callStateChanged', '"Disconnected"')]);

  return {
    start: { answer: started, toCaller: [], toCallee: incoming },
    ring: { answer: rung, toCaller: ringing, toCallee: [] },
    answer: { answer: accepted, toCaller: connected, toCallee: [] },
    hangUp: { answer: hungUp, toCaller: callerLast, toCallee: calleeLast },
  };
}

/** Pairs of people call each other, over and over and all at the same time, until the time is over. Returns how many calls ended. */
export async function makeCallsFor(base: string, pairs: ReadonlyArray<readonly [Member, Member]>, durationMs: number): Promise<number> {
  const end = performance.now() + durationMs;
  const counts = await Promise.all(
    pairs.map(async ([caller, callee]) => {
      let calls = 0;
      for (; performance.now() < end; calls += 1) await makeCall(base, caller, callee);
      return calls;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
