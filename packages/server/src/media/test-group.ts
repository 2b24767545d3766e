import { readFileSync } from 'node:fs';
import type { Call, MediaDescription } from '@dialplane/calling-api';
import { skipWithout } from '@dialplane/testing';
import { Person } from '../test-person.ts';
import { missingMediaKernels } from './media-kernels.ts';

/** Why tests with media processes cannot run here; in CI they have to. */
export const skip = skipWithout(missingMediaKernels());

export const chromiumsOffer = readFileSync(new URL('../../../sdp/src/fixtures/chromium.sdp', import.meta.url), 'utf8');

/** People who listen to their events. */
export async function people(httpUrl: string, ...names: readonly string[]): Promise<readonly Person[]> {
  const signedIn = await Promise.all(names.map((name) => Person.signIn(httpUrl, name)));
  for (const person of signedIn) await person.next('sync');
  return signedIn;
}

/** Processes that this one has started, the eldest first. */
export function childProcesses(): readonly number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** Joins, and offers what Chromium offers. */
export async function join(person: Person, groupId: string, sdp = chromiumsOffer): Promise<Call> {
  const call = await person.ask<Call>('POST', '/v1/calls:join', { endpointId: person.endpointId, locator: { groupId } });
  await offer(person, call, call.mediaSessions[0]?.mediaSessionId ?? '', sdp);
  return call;
}

export async function offer(person: Person, { callId }: Call, mediaSessionId: string, sdp = chromiumsOffer): Promise<void> {
  const description: MediaDescription = { type: 'offer', sdp, revision: 1, streams: [{ mid: '0', mediaStreamType: 'Audio' }, { mid: '3', mediaStreamType: 'Video' }] };
  await person.ask('POST', `/v1/calls/${callId}/media/${mediaSessionId}/descriptions`, { endpointId: person.endpointId, description });
}
