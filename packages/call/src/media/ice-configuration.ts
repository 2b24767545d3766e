import { endReason, type EndReason, type IceServer } from '@dialplane/calling-api';
import type { CallModel, Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';

/** Whether a participant is offered the relay, and if not, why. */
export type RelayOffer = 'offered' | 'turnedOffForCall' | 'turnedOffForResource' | 'limitReached' | 'unavailable';

/** Who an ICE configuration is for. */
export interface IceParticipant {
  readonly participantId: string;
  readonly endpointId: string;
  readonly identifier: string;
  /** The call was started, or joined, with the relay turned off. */
  readonly isRelayTurnedOff: boolean;
}

/** What a participant's media sessions are to use, and what of that is missing and why. */
export interface IceConfiguration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly relay: RelayOffer;
}

/** The configuration of a seat's media sessions, as the world gives it now. */
export function iceConfigurationFor({ model, options }: LiveCall, seat: Seat): IceConfiguration {
  const { participantId, endpointId, identifier } = seat;
  return options.iceConfiguration({ participantId, endpointId, identifier, isRelayTurnedOff: isRelayTurnedOff(model, seat) });
}

/** Who opens a call decides for everybody in it; who joins later can do without the relay alone. */
function isRelayTurnedOff({ founding }: CallModel, seat: Seat): boolean {
  return founding?.relay === 'off' || seat.relay === 'off';
}

/** 410/3112 for a seat, with the sentence that says what of a path was missing. */
export function noMediaPath(live: LiveCall, seat: Seat, endedBy: string): EndReason {
  const { relay } = iceConfigurationFor(live, seat);
  const between = seat.leg === undefined ? 'between the two sides' : 'between this client and the server';
  return endReason('noMediaPath', endedBy, `The networks let no media through ${between}: there is no direct path, and ${relaySentences[relay]}`);
}

const relaySentences: Record<RelayOffer, string> = {
  offered: 'the relay could not be reached either.',
  turnedOffForCall: 'the relay was turned off for this call.',
  turnedOffForResource: 'the operator has turned the relay off.',
  limitReached: 'this user holds as many credentials of the relay as there may be.',
  unavailable: 'this server runs no relay.',
};
