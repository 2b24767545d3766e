import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LineEnd } from '@dialplane/telephony-api';
import { seatsOf, type Invitation, type Seated } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { dismissParty } from '../membership/departure.ts';
import { inviteWhenOpen } from '../membership/dialing.ts';
import { isFull } from '../membership/founding.ts';
import { loseDevice } from '../membership/ringing.ts';

/**
 * A SIP phone has sent the call on to other users: all their devices ring. What else rings for its own user goes on ringing beside them, and the first answer counts; where nothing
 * else does, they are called in that user's place.
 *
 * @param reason why that phone does not ring any more.
 */
export function forward(live: LiveCall, { party, seat }: Seated, { identifiers, redirection }: NonNullable<LineEnd['forwarded']>, reason: EndReason, now: Instant): void {
  const { model, limits } = live;
  const { asking, redirections: before = 0, history = [], ...invitation } = party.invitation ?? {};
  const isTooOften = before >= limits.redirections;
  // Nobody comes into a room whom it has not invited.
  const fresh = isTooOften || model.room !== undefined ? [] : [...new Set(identifiers)].filter((identifier) => !model.parties.has(identifier) && !isFull(live, identifier));
  if (fresh.length === 0) {
    const sentence = isTooOften ? `The call was sent on more than ${limits.redirections} times.` : 'The SIP phone has sent the call on to users who are in it, or called by it, already.';
    loseDevice(live, party, seat, reason, now, { ...reason, message: sentence });
    return;
  }
  live.decide(`the call to ${party.identifier} is sent on to ${fresh.join(', ')}`.slice(0, 512), 'a SIP phone of theirs has done so');
  const isAlone = seatsOf(party).length === 1;
  const onward: Invitation = { ...invitation, redirections: before + 1, history: [...history, redirection], ...(isAlone ? {} : { forwardedBy: party.identifier }) };
  const addedBy = party.addedBy === undefined ? {} : { addedBy: party.addedBy };
  for (const [index, identifier] of fresh.entries()) {
    const isAsked = isAlone && asking !== undefined && index === 0;
    model.parties.set(identifier, { identifier, ...addedBy, invitation: { ...onward, ...(isAsked ? { asking } : {}) }, stage: { kind: 'awaitingConference' } });
  }
  if (isAlone) dismissParty(live, { ...party, invitation }, endReason('answeredElsewhere', party.identifier, 'The call was sent on.'), now);
  else loseDevice(live, party, seat, reason, now);
  for (const identifier of fresh) {
    const called = model.parties.get(identifier);
    if (called !== undefined) inviteWhenOpen(live, called, now);
  }
}
