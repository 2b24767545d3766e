import type { MediaModes, VideoTile } from '@dialplane/calling-api';
import type { MediaEvent } from '@dialplane/media-api';
import { conferenceOf, replaceSeat, seatedAt, seatsOf, type CallModel, type LegSession, type Party, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { governs } from '../membership/moderation.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { areEqual, clients, layoutOf, members } from '../views.ts';

/** A participant asks for modes: of its own media, or of another's or everybody's where it may act on others. */
export function setModes(live: LiveCall, party: Party, { modes, target }: { readonly modes: MediaModes; readonly target?: string }): Verdict {
  const { model } = live;
  if (model.kind === 'oneToOne') return refused('CALL_NOT_GROUP');
  if (target !== party.identifier && !governs(model, party)) return refused('ROLE_FORBIDS');
  if (target !== undefined && !hasLeg(model, target)) return refused('PARTICIPANT_NOT_FOUND');
  orderModes(live, modes, target, party.identifier);
  return done;
}

/** The media processor is told; members hear of it when it has switched (`modesChanged`). Asking everybody takes back what was asked of one. */
export function orderModes(live: LiveCall, modes: MediaModes, target: string | undefined, by: string): void {
  const { model } = live;
  const conferenceId = conferenceOf(model);
  if (conferenceId === undefined) return;
  live.decide(`audio ${modes.audio}, video ${modes.video} for ${target ?? 'everybody'}`, `asked by ${by}`);
  if (target === undefined) {
    model.modes = modes;
    live.media({ kind: 'setModes', conferenceId, modes });
  }
  for (const { seat } of members(model)) {
    if (target === undefined) {
      const { modes: _before, ...rest } = seat;
      if (seat.modes !== undefined) replaceSeat(model, rest);
    } else if (seat.identifier === target && seat.leg !== undefined) {
      replaceSeat(model, { ...seat, modes });
      live.media({ kind: 'setModes', conferenceId, legId: seat.leg.mediaSessionId, modes });
    }
  }
}

/** The media processor has switched a leg, or all of them: because it was asked to, or by itself. */
export function modesChanged(live: LiveCall, { legId, modes, why }: Extract<MediaEvent, { kind: 'modesChanged' }>): void {
  if (legId === undefined) live.model.toldModes = modes;
  const changed = clients(live.model).filter(({ seat: { leg } }) => leg !== undefined && (legId === undefined || leg.mediaSessionId === legId) && !areEqual(leg.modes, modes));
  if (changed.length === 0) return;
  const lane = legId === undefined ? undefined : changed[0]?.seat.participantId;
  live.flow('mediaProcessor', lane, { kind: 'decision', what: `audio ${modes.audio}, video ${modes.video}`, why });
  for (const { seat } of changed) changeLeg(live, seat, { modes }, why);
}

/** The composed picture is arranged otherwise: of one leg, or of all that have none of their own. */
export function layoutChanged(live: LiveCall, { legId, layout }: Extract<MediaEvent, { kind: 'layoutChanged' }>): void {
  const why = 'the composed picture is arranged otherwise';
  if (legId === undefined) live.model.layout = layout;
  for (const { seat } of clients(live.model)) {
    if (seat.leg === undefined) continue;
    if (seat.leg.mediaSessionId === legId) changeLeg(live, seat, { layout }, why);
    else if (legId === undefined && seat.leg.layout === undefined && seat.leg.modes.video === 'mixed') tellModes(live, seat, why);
  }
}

/** The client's sound had best be in another codec, or in any again. */
export function codecWanted(live: LiveCall, { legId, codec, why }: Extract<MediaEvent, { kind: 'codecWanted' }>): void {
  const seat = clients(live.model).find(({ seat: { leg } }) => leg?.mediaSessionId === legId)?.seat;
  if (seat?.leg === undefined) return;
  live.flow('mediaProcessor', seat.participantId, { kind: 'decision', what: `audio in ${codec ?? 'any codec'}`, why });
  const { audioCodec: _before, ...leg } = seat.leg;
  replaceSeat(live.model, { ...seat, leg: codec === undefined ? leg : { ...leg, audioCodec: codec } });
  tellModes(live, seat, why);
}

function changeLeg(live: LiveCall, seat: Seat, change: { readonly modes?: MediaModes; readonly layout?: readonly VideoTile[] }, why: string): void {
  if (seat.leg === undefined) return;
  const { layout = seat.leg.layout, modes = seat.leg.modes } = change;
  const { layout: _before, ...rest } = seat.leg;
  const leg: LegSession = { ...rest, modes, ...(layout === undefined || layout.length === 0 ? {} : { layout }) };
  replaceSeat(live.model, { ...seat, leg });
  tellModes(live, seat, why);
}

/** Tells an endpoint how media reaches it when this input has been handled. */
function tellModes(live: LiveCall, { endpointId, leg: before }: Seat, why: string): void {
  live.tell(endpointId, () => {
    const leg = seatedAt(live.model, endpointId)?.seat.leg;
    if (leg === undefined || leg.mediaSessionId !== before?.mediaSessionId) return undefined;
    return { type: 'mediaModesChanged', mediaSessionId: leg.mediaSessionId, modes: leg.modes, ...layoutOf(live.model, leg), ...(leg.audioCodec !== undefined && { audioCodec: leg.audioCodec }), why };
  });
}

function hasLeg(model: CallModel, identifier: string): boolean {
  const party = model.parties.get(identifier);
  return party !== undefined && seatsOf(party).some(({ leg }) => leg !== undefined);
}
