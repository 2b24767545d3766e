import { maxSpotlighted } from '@dialplane/calling-api';
import { conferenceOf, type Party } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { may } from '../rooms/role-permissions.ts';
import { isMember } from './moderation.ts';
import { done, refused, type Verdict } from '../verdict.ts';

/** Spotlights members of a group call, behind those who are already; who is keeps its place. */
export function startSpotlight(live: LiveCall, party: Party, targets: readonly string[]): Verdict {
  const { model } = live;
  if (model.kind === 'oneToOne') return refused('CALL_NOT_GROUP');
  if (!may(model, party, 'spotlightParticipant')) return refused('ROLE_FORBIDS');
  if (!targets.every((target) => isMember(model, target))) return refused('PARTICIPANT_NOT_FOUND');
  const spotlight = [...new Set([...model.spotlight, ...targets])];
  if (spotlight.length > maxSpotlighted) return refused('SPOTLIGHT_FULL');
  changeSpotlight(live, spotlight);
  return done;
}

/** Ends the spotlight of `targets`, or all. One's own may be ended by everybody; who is not spotlighted is no error. */
export function stopSpotlight(live: LiveCall, party: Party, targets: readonly string[] = live.model.spotlight): Verdict {
  const { model } = live;
  if (!may(model, party, 'spotlightParticipant') && targets.some((target) => target !== party.identifier)) return refused('ROLE_FORBIDS');
  changeSpotlight(live, model.spotlight.filter((identifier) => !targets.includes(identifier)));
  return done;
}

/** Where the list is another one, the media processor hears of it. */
export function changeSpotlight(live: LiveCall, spotlight: readonly string[]): void {
  const { model } = live;
  if (spotlight.length === model.spotlight.length) return;
  model.spotlight = spotlight;
  const conferenceId = conferenceOf(model);
  if (conferenceId !== undefined) live.media({ kind: 'setSpotlight', conferenceId, identifiers: spotlight });
}
