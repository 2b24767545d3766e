import { endReason, identifierKind } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { Party } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { adoptLine } from '../telephones/incoming-line.ts';
import { failInvitation, lookUp, ringAt } from './ringing.ts';
import { ringNumber } from '../telephones/ringing-lines.ts';

/**
 * Begins to ring somebody whom a conference waits for: a telephone number is dialled, a user's endpoints are looked for. Who comes from another call is rung where
 * they are, or connected at once.
 */
export function invite(live: LiveCall, party: Party, now: Instant): void {
  const { transferee } = party.invitation ?? {};
  if (transferee?.telephone !== undefined) adoptLine(live, party, transferee.telephone, now);
  else if (transferee !== undefined) ringAt(live, party, transferee.endpoints, now);
  else if (identifierKind(party.identifier) === 'phoneNumber') dial(live, party, now);
  else lookUp(live, party, now);
}

/** As above, as soon as there is a conference to come to. */
export function inviteWhenOpen(live: LiveCall, party: Party, now: Instant): void {
  const { kind } = live.model.path;
  if (kind === 'bridging' || kind === 'conference') invite(live, party, now);
}

function dial(live: LiveCall, party: Party, now: Instant): void {
  const absence = live.options.telephoneAbsence?.();
  if (absence !== undefined) {
    failInvitation(live, party, endReason('noTrunk', 'platform', absence), now);
    return;
  }
  ringNumber(live, party, now);
  live.arm(`ring|${party.identifier}`, party.invitation?.ringMs ?? live.limits.phoneRingMs, now);
}

/**
 * The conference is lost, and with it the legs of lines that ring: they are given up without a word to anybody, and rung again when another one is open. Who also
 * rings on a client goes on ringing there.
 */
export function withdrawRingingLines(live: LiveCall): void {
  const { model } = live;
  for (const party of model.parties.values()) {
    if (party.stage.kind !== 'ringing' || party.stage.seats.every(({ line }) => line === undefined)) continue;
    for (const { line, endpointId } of party.stage.seats) if (line !== undefined) live.line({ kind: 'hangUp', lineId: endpointId });
    const seats = party.stage.seats.filter(({ line }) => line === undefined);
    if (seats.length === 0) live.deadlines.clear(`ring|${party.identifier}`);
    model.parties.set(party.identifier, { ...party, stage: seats.length === 0 ? { kind: 'awaitingConference' } : { kind: 'ringing', seats } });
  }
}
