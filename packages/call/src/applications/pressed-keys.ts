import type { ApplicationOperation } from '@dialplane/applications-api';
import type { Instant } from '@dialplane/sansio';
import { tellApplication } from './application-events.ts';
import type { Application } from './application-model.ts';
import type { LiveCall } from '../live-call.ts';
import { isMember } from '../membership/moderation.ts';
import { sendKeys } from '../telephones/dtmf.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { change, mediaOf } from './media-operations.ts';

/** What a key takes: 100 ms of it, and the pause after it (media control, `sendDtmf`). */
const keyMs = 180;
/** Operations of one connection whose keys are being pressed, or wait for that. */
const mostPressing = 32;

/** An application presses keys, which takes a while: it hears of it when the last one has been sent, so that whoever hangs up then cuts nothing off. */
export function pressKeys(live: LiveCall, application: Application, { tones, target, operation }: { readonly tones: string; readonly target: string | undefined; readonly operation: ApplicationOperation }, now: Instant): Verdict {
  const { connectionId } = application;
  const { pressing = [] } = mediaOf(live, connectionId);
  if (pressing.length >= mostPressing) return refused('CALL_STATE_CONFLICT', `${mostPressing} operations of this connection press keys already.`);
  const verdict = sendKeys(live, application, tones, target);
  if (!verdict.ok) return verdict;
  change(live, connectionId, { pressing: [...pressing, { operation, target, keys: tones.length }] });
  if (pressing.length === 0) live.arm(`keys|${connectionId}`, tones.length * keyMs, now);
  return done;
}

/** The keys of the operation that waits longest have been sent, as long as there was still somebody to get them; those of the next one follow. */
export function handleKeysPressed(live: LiveCall, connectionId: string, now: Instant): void {
  const [pressed, ...pressing] = mediaOf(live, connectionId).pressing ?? [];
  if (pressed === undefined) return;
  const { operation, target } = pressed;
  const isGone = target !== undefined && !isMember(live.model, target);
  change(live, connectionId, { pressing });
  tellApplication(live, connectionId, { kind: isGone ? 'tonesNotSent' : 'tonesSent', operation });
  if (pressing[0] !== undefined) live.arm(`keys|${connectionId}`, pressing[0].keys * keyMs, now);
}
