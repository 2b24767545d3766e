import { Type, type Static } from 'typebox';
import { RawId } from './identifiers.ts';

/** Success, a failure a user can expect, or a fault of client or server: the categories of Azure's call summary log. */
export const ResultCategory = Type.Union([
  Type.Literal('Success'),
  Type.Literal('ExpectedError'),
  Type.Literal('UnexpectedClientError'),
  Type.Literal('UnexpectedServerError'),
]);
export type ResultCategory = Static<typeof ResultCategory>;

/** Why a call or a participation ended. `code` is HTTP- or SIP-like, `subCode` the detail (ACS call end codes). */
export const EndReason = Type.Object({
  code: Type.Integer(),
  subCode: Type.Integer(),
  /** One sentence for the person who was in the call: what happened and, where there is something to do, what. */
  message: Type.String(),
  category: ResultCategory,
  /** Who ended it: a raw identifier, or `platform` when nobody did. */
  endedBy: Type.Union([RawId, Type.Literal('platform')]),
  /** What a telephone network said of it: its SIP status, its own words unchanged, and the Q.850 cause of a Reason header (RFC 3326). */
  sip: Type.Optional(Type.Object({ status: Type.Optional(Type.Integer()), reasonText: Type.Optional(Type.String()), q850: Type.Optional(Type.Integer()) })),
});
export type EndReason = Static<typeof EndReason>;

interface Row {
  readonly code: number;
  readonly subCode: number;
  readonly category: ResultCategory;
  readonly message: string;
}

/**
 * Every way a call can end, by our name for it, but for what telephone networks say ({@link sipEndReason}). Numbers are Azure's where Azure has one ("Call end reasons" of its
 * troubleshooting documents) where not marked.
 */
export const endReasons = {
  hungUp: { code: 0, subCode: 0, category: 'Success', message: 'The call was ended by one of the people in it.' },
  hungUpForEveryone: { code: 0, subCode: 4097, category: 'Success', message: 'The call was ended for everyone.' },
  cancelled: { code: 487, subCode: 0, category: 'Success', message: 'The caller hung up before anybody answered.' },
  declined: { code: 603, subCode: 0, category: 'Success', message: 'The call was declined.' },
  /** An application has decided so; ACS does not list it. */
  forbidden: { code: 403, subCode: 0, category: 'ExpectedError', message: 'The application that decides about calls to this person does not let this one through.' },
  busy: { code: 486, subCode: 0, category: 'Success', message: 'The person called is busy in another call.' },
  declinedEverywhere: { code: 487, subCode: 10024, category: 'Success', message: 'Everybody who was called declined.' },
  answeredElsewhere: { code: 487, subCode: 10003, category: 'Success', message: 'The call was answered on another device.' },
  ringTimeout: { code: 487, subCode: 10004, category: 'ExpectedError', message: 'Nobody answered in time.' },
  setupTimeout: { code: 408, subCode: 10057, category: 'ExpectedError', message: 'The call was answered, but media could not be connected in time.' },
  removed: { code: 0, subCode: 5300, category: 'Success', message: 'Another participant removed this participant from the call.' },
  roomInvitationRemoved: { code: 0, subCode: 5317, category: 'Success', message: 'This participant is no longer invited to the room.' },
  leftAbruptly: { code: 0, subCode: 4521, category: 'ExpectedError', message: 'The application was closed without hanging up.' },
  endedByPlatform: { code: 0, subCode: 7000, category: 'Success', message: 'The call was ended by the server.' },
  networkSetupFailed: { code: 410, subCode: 3100, category: 'UnexpectedClientError', message: 'The call could not be set up: the network did not let media through.' },
  networkDropped: { code: 410, subCode: 3101, category: 'UnexpectedClientError', message: 'The call was dropped by a problem of the local network.' },
  noMediaPath: { code: 410, subCode: 3112, category: 'ExpectedError', message: 'The configuration of the network leaves no path for media between the two sides.' },
  mediaLost: { code: 410, subCode: 301005, category: 'UnexpectedClientError', message: 'The connection was lost and did not come back in time.' },
  tokenInvalid: { code: 495, subCode: 4507, category: 'UnexpectedClientError', message: 'The access token has expired or was revoked; sign in again.' },
  calleeNotFound: { code: 404, subCode: 10044, category: 'ExpectedError', message: 'There is no such user.' },
  calleeNotRegistered: { code: 480, subCode: 10037, category: 'ExpectedError', message: 'The person called is not signed in anywhere.' },
  mediaProcessorUnavailable: {
    code: 503, subCode: 0, category: 'UnexpectedServerError',
    message: 'This call needs the media processor, and this server runs none.',
  },
  noTrunk: { code: 403, subCode: 511_532, category: 'ExpectedError', message: 'No trunk is configured that could carry this telephone call.' },
  noRoute: { code: 404, subCode: 511_404, category: 'ExpectedError', message: 'No voice route leads to this telephone number.' },
  numberInvalid: { code: 404, subCode: 511_404, category: 'ExpectedError', message: 'This is not a telephone number that can be called; write it with + and the country code.' },
  callerIdNotOwned: {
    code: 403, subCode: 510_403, category: 'ExpectedError',
    message: 'A call to a telephone shows a number of this resource to the person called: name one of them as alternateCallerId.',
  },
  numberBarred: { code: 403, subCode: 510_403, category: 'ExpectedError', message: 'Calls to this telephone number are barred.' },
  emergencyNumber: {
    code: 403, subCode: 510_403, category: 'ExpectedError', message: 'Emergency numbers cannot be called through this server; use a telephone.',
  },
  telephoneLimit: { code: 603, subCode: 560_603, category: 'ExpectedError', message: 'A limit of telephone calls is reached; try again later.' },
  signalingFailed: { code: 500, subCode: 0, category: 'UnexpectedServerError', message: 'The server failed while it handled this call.' },
} as const satisfies Record<string, Row>;

export type EndReasonName = keyof typeof endReasons;

/** The end reason called `name`, ended by `endedBy`; `message` replaces the table's sentence where more is known. */
export function endReason(name: EndReasonName, endedBy: string, message?: string): EndReason {
  const row: Row = endReasons[name];
  return { code: row.code, subCode: row.subCode, category: row.category, message: message ?? row.message, endedBy };
}
