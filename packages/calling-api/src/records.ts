import { Type, type Static } from 'typebox';
import { ResultCategory } from './end-reasons.ts';
import { StreamQuality } from './flow.ts';
import { RawId, Timestamp, Uuid } from './identifiers.ts';
import { RoomId } from './rooms.ts';
import { Redirection } from './redirections.ts';

/**
 * A row per participant endpoint of an ended call, with the fields of Azure Monitor's ACSCallSummary. Durations in seconds.
 */
export const CallSummary = Type.Object({
  time: Timestamp,
  operationName: Type.Literal('CallSummary'),
  operationVersion: Type.Literal('1.0'),
  category: Type.Literal('CallSummary'),
  correlationId: Uuid,
  identifier: RawId,
  callStartTime: Timestamp,
  callDuration: Type.Number({ minimum: 0 }),
  callType: Type.Union([Type.Literal('P2P'), Type.Literal('Group')]),
  participantId: Uuid,
  participantStartTime: Timestamp,
  participantDuration: Type.Number({ minimum: 0 }),
  participantEndReason: Type.Integer(),
  participantEndSubCode: Type.Integer(),
  resultCategory: ResultCategory,
  endpointId: Uuid,
  endpointType: Type.Union([Type.Literal('VOIP'), Type.Literal('PSTN'), Type.Literal('Server'), Type.Literal('BOT')]),
  sdkVersion: Type.Optional(Type.String()),
  osVersion: Type.Optional(Type.String()),
  participantType: Type.Union([Type.Literal('ACS'), Type.Literal('PSTN')]),
  /** Of a telephone: it called, or it was called. */
  pstnParticipantCallType: Type.Optional(Type.Union([Type.Literal('Inbound'), Type.Literal('Outbound')])),
  /** Ours, of a telephone: the trunk that carried it, the number it was shown or showed, and how long it was connected (`PSTN` in Azure's usage records). */
  trunk: Type.Optional(Type.String()),
  callerId: Type.Optional(Type.String()),
  /** Ours: where a telephone's call was before it came here, oldest first: the number that was called, and why it was sent on (Diversion, History-Info). */
  redirections: Type.Optional(Type.Array(Redirection)),
  pstnMinutes: Type.Optional(Type.Number({ minimum: 0 })),
  /** Ours: of the call of a room. */
  roomId: Type.Optional(RoomId),
  /** Ours: who called, who ended it, and the sentence. */
  callerIdentifier: RawId,
  endedBy: Type.String(),
  endMessage: Type.String(),
});
export type CallSummary = Static<typeof CallSummary>;

/** A row per stream of a participant endpoint, with the fields of Azure Monitor's ACSCallDiagnostics. */
export const CallDiagnostics = Type.Object({
  time: Timestamp,
  operationName: Type.Literal('CallDiagnostics'),
  operationVersion: Type.Literal('1.0'),
  category: Type.Literal('CallDiagnostics'),
  correlationId: Uuid,
  identifier: RawId,
  participantId: Uuid,
  endpointId: Uuid,
  endpointType: Type.Union([Type.Literal('VOIP'), Type.Literal('PSTN'), Type.Literal('Server'), Type.Literal('BOT')]),
  ...StreamQuality.properties,
});
export type CallDiagnostics = Static<typeof CallDiagnostics>;

export const CallRecords = Type.Object({ summaries: Type.Array(CallSummary), diagnostics: Type.Array(CallDiagnostics) });
export type CallRecords = Static<typeof CallRecords>;

/** A call in a list, running or ended. */
export const CallListEntry = Type.Object({
  callId: Uuid,
  callType: Type.Union([Type.Literal('P2P'), Type.Literal('Group')]),
  startedAt: Timestamp,
  endedAt: Type.Optional(Timestamp),
  caller: Type.Object({ identifier: RawId, displayName: Type.Optional(Type.String()) }),
  participants: Type.Array(Type.Object({ identifier: RawId, displayName: Type.Optional(Type.String()) })),
  conclusion: Type.String(),
  roomId: Type.Optional(RoomId),
  resultCategory: Type.Optional(ResultCategory),
});
export type CallListEntry = Static<typeof CallListEntry>;

/** Newest first. With a user's token: that user's calls; with an operator's: all. */
export const CallListQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 128 })),
  identifier: Type.Optional(RawId),
});
export type CallListQuery = Static<typeof CallListQuery>;
export const CallList = Type.Object({ value: Type.Array(CallListEntry), nextCursor: Type.Optional(Type.String()) });
export type CallList = Static<typeof CallList>;
