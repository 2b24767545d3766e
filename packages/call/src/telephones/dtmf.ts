import type { Instant } from '@dialplane/sansio';
import { replaceSeat, type Seat, type Seated, type SeatLine } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { may } from '../rooms/role-permissions.ts';
import { setMute } from '../membership/moderation.ts';
import { hearTone } from '../applications/recognition.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { clients, members, telephones } from '../views.ts';

/** Presses keys for the telephone of a 1:1 call; in a group for `target`, or for every telephone. What was pressed is not recorded: it may be a secret. */
export function sendDtmf(live: LiveCall, { seat }: Seated, tones: string, target: string | undefined): Verdict {
  return sendKeys(live, seat, tones, target);
}

/** As above, for an application as well. */
export function sendKeys(live: LiveCall, by: Pick<Seat, 'identifier' | 'participantId'>, tones: string, target: string | undefined): Verdict {
  const answered = telephones(live.model).filter(({ seat: other }) => other.stage.kind === 'connected' && other.identifier !== by.identifier);
  const wanted = target === undefined ? answered : answered.filter(({ seat: other }) => other.identifier === target);
  if (wanted.length === 0) return refused(target === undefined ? 'TELEPHONE_NOT_IN_CALL' : 'PARTICIPANT_NOT_FOUND');
  for (const { seat: { endpointId, participantId, identifier } } of wanted) {
    live.line({ kind: 'sendDtmf', lineId: endpointId, tones });
    live.flow(by.participantId, participantId, { kind: 'decision', what: `${tones.length} ${tones.length === 1 ? 'key' : 'keys'} pressed`, why: `for ${identifier}` });
  }
  return done;
}

/** A key was pressed: the clients of the others are told, and applications. `*6` mutes a telephone in a group call, and is how one that was muted speaks again. */
export function showTone(live: LiveCall, seat: Seat, tone: string, now: Instant): void {
  if (!/^[0-9*#A-D]$/.test(tone)) return;
  if (seat.line !== undefined) takeKey(live, seat, seat.line, tone);
  const { identifier, endpointId } = seat;
  hearTone(live, identifier, tone, now);
  for (const { seat: other } of clients(live.model)) {
    if (other.endpointId !== endpointId) live.tell(other.endpointId, () => ({ type: 'dtmfReceived', sender: identifier, tone }));
  }
}

function takeKey(live: LiveCall, seat: Seat, line: SeatLine, key: string): void {
  const changed: Seat = { ...seat, line: { ...line, lastKey: key } };
  replaceSeat(live.model, changed);
  const party = live.model.parties.get(seat.identifier);
  const isForbidden = seat.mute.kind === 'muted' && party !== undefined && !may(live.model, party, 'unmuteMic');
  if (isForbidden) return;
  if (line.lastKey === '*' && key === '6' && live.model.kind !== 'oneToOne' && members(live.model).length > 1) setMute(live, changed, seat.mute.kind === 'muted' ? { kind: 'unmuted' } : { kind: 'muted' });
}
