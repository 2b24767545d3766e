import type { Speakers } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LiveCall } from '../live-call.ts';
import { clients } from '../views.ts';

/** Members hear of speakers this often at most. */
const intervalMs = 334;
/** More voices at once nobody tells apart; a list of all would be sent to all. */
const maxSpeaking = 16;
const maxDominant = 5;

/** The speakers changed: members are told now, or as soon as they may be told again. */
export function showSpeakers(live: LiveCall, { speaking, dominant }: { readonly speaking: readonly string[]; readonly dominant: readonly string[] }, now: Instant): void {
  const { model } = live;
  const next: Speakers = { speaking: speaking.slice(0, maxSpeaking), dominant: dominant.slice(0, maxDominant) };
  if (live.deadlines.has('speakers')) model.speakers = { kind: 'waiting', told: model.speakers.told, next };
  else tellSpeakers(live, next, now);
}

/** Members may be told again. */
export function handleSpeakersDue(live: LiveCall, now: Instant): void {
  const { speakers } = live.model;
  if (speakers.kind === 'waiting') tellSpeakers(live, speakers.next, now);
}

function tellSpeakers(live: LiveCall, next: Speakers, now: Instant): void {
  const { model } = live;
  const isNews = JSON.stringify(next) !== JSON.stringify(model.speakers.told);
  model.speakers = { kind: 'told', told: next };
  if (!isNews) return;
  live.arm('speakers', intervalMs, now);
  for (const { seat } of clients(model)) if (seat.leg !== undefined) live.tell(seat.endpointId, () => ({ type: 'speakersChanged', ...next }));
}
