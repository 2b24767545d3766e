import { endReasons } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { accept } from './membership/admission.ts';
import { attachApplication, performAsApplication, startAsApplication } from './applications/application-commands.ts';
import { decide } from './applications/called-users.ts';
import type { CallCommand } from './call-input.ts';
import { seatedAt, takesPart, type Seated } from './call-model.ts';
import { sendDtmf } from './telephones/dtmf.ts';
import { join, start } from './membership/founding.ts';
import { addParticipant, hangUp, removeParticipant } from './membership/inviting.ts';
import type { LiveCall } from './live-call.ts';
import { setModes } from './media/media-modes.ts';
import { describe, reportMedia, trickle, want } from './media/media-sessions.ts';
import { sendMessage } from './media/messages.ts';
import { lowerHands, muteOthers, react, setHeld, updateSelf } from './membership/moderation.ts';
import { alert, reject } from './membership/ringing.ts';
import { startSpotlight, stopSpotlight } from './membership/spotlight.ts';
import { transfer } from './transfers/transfer.ts';
import { done, refused, type Verdict } from './verdict.ts';

type InCallCommand = Exclude<CallCommand, { kind: 'start' | 'join' | 'startAsApplication' | 'attachApplication' | 'decide' }>;

/** Carries out a command: of who brings the call into being, of an application, of a device that rings, or of a member. */
export function perform(live: LiveCall, command: CallCommand, now: Instant): Verdict {
  if (command.kind === 'start') return start(live, command, now);
  if (command.kind === 'join') return join(live, command, now);
  if (command.kind === 'startAsApplication') return startAsApplication(live, command, now);
  if (command.kind === 'attachApplication') return attachApplication(live, command, now);
  if (command.kind === 'decide') return decide(live, command, now);
  const application = live.model.applications.get(command.by);
  if (application !== undefined) return performAsApplication(live, application, command, now);
  const seated = seatedAt(live.model, command.by);
  if (seated === undefined) return refuseStranger(live, command);
  return takesPart(seated.seat) ? performAsMember(live, seated, command, now) : performAsDevice(live, seated, command, now);
}

/** An endpoint that is not in the call: it never was, it lost the race to answer, or its part is over. */
function refuseStranger({ model }: LiveCall, command: InCallCommand): Verdict {
  const past = model.participations.findLast(({ endpointId }) => endpointId === command.by);
  if (past === undefined) return refused('CALL_NOT_FOUND');
  const lost = past.endReason.code === endReasons.answeredElsewhere.code && past.endReason.subCode === endReasons.answeredElsewhere.subCode;
  return refused(lost && command.kind === 'accept' ? 'CALL_ANSWERED_ELSEWHERE' : 'CALL_ENDED');
}

/** A device that rings may alert, answer, decline and trickle; hanging up is declining. */
function performAsDevice(live: LiveCall, seated: Seated, command: InCallCommand, now: Instant): Verdict {
  const { party, seat } = seated;
  switch (command.kind) {
    case 'ringing':
      alert(live, seat);
      return done;
    case 'accept':
      return accept(live, seat, command, now);
    case 'reject':
      reject(live, party, seat, command.reason, now);
      return done;
    case 'hangUp':
      reject(live, party, seat, 'declined', now);
      return done;
    case 'trickle':
      return trickle(live, seat, command.mediaSessionId, command.candidates);
    default:
      return refused('CALL_STATE_CONFLICT', 'Answer the call first.');
  }
}

function performAsMember(live: LiveCall, seated: Seated, command: InCallCommand, now: Instant): Verdict {
  const { party, seat } = seated;
  switch (command.kind) {
    // A repeat under another id, or a report that was overtaken by the answer.
    case 'ringing':
      return done;
    case 'accept':
    case 'reject':
      return refused('CALL_STATE_CONFLICT', 'This endpoint is in the call already.');
    case 'hangUp':
      return hangUp(live, seated, command.forEveryone, now);
    case 'hold':
      return setHeld(live, seat, true);
    case 'resume':
      return setHeld(live, seat, false);
    case 'updateSelf':
      return updateSelf(live, seated, command);
    case 'addParticipant':
      return addParticipant(live, seated, command, now);
    case 'cancelAddParticipant':
      return refused('CALL_STATE_CONFLICT', 'Remove whom you have added.');
    case 'removeParticipant':
      return removeParticipant(live, seated, command.target, now);
    case 'mute':
      return muteOthers(live, seated, command.target);
    case 'lowerHands':
      return lowerHands(live, party, command.targets);
    case 'react':
      return react(live, seated, command.reactionType);
    case 'startSpotlight':
      return startSpotlight(live, party, command.targets);
    case 'stopSpotlight':
      return stopSpotlight(live, party, command.targets);
    case 'transfer':
      return transfer(live, seated, command, now);
    case 'sendDtmf':
      return sendDtmf(live, seated, command.tones, command.target);
    case 'setModes':
      return setModes(live, party, command);
    case 'sendMessage':
      return sendMessage(live, seat, command);
    case 'want':
      return want(live, seat, command.mediaSessionId, command.wanted);
    case 'describe':
      return describe(live, seated, command.mediaSessionId, command.description);
    case 'trickle':
      return trickle(live, seat, command.mediaSessionId, command.candidates);
    case 'reportMedia':
      return reportMedia(live, seat, command.mediaSessionId, command, now);
    case 'takeIn':
    case 'requestMedia':
    case 'provideSounds':
    case 'cancelMedia':
    case 'holdParticipant':
    case 'listenToTones':
    case 'stopListeningToTones':
      return refused('CALL_STATE_CONFLICT', 'This is for applications.');
  }
}
