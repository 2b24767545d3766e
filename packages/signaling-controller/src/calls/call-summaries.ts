import type { CallRecord, ParticipationRecord } from '@dialplane/call';
import { identifierKind, type CallDiagnostics, type CallSummary, type StreamQuality } from '@dialplane/calling-api';
import type { ClientDescription } from '../endpoints/registered-endpoint.ts';

/** Turns an instant of a call's record into wall-clock milliseconds. */
export type Dating = (at: number) => number;

/** The rows that an ended call leaves, one per participant endpoint (ACS CallSummary). */
export function callSummaries(record: CallRecord, dating: Dating, clientOf: (endpointId: string) => ClientDescription): CallSummary[] {
  const endedAt = new Date(dating(record.endedAt)).toISOString();
  return record.participations.map((part) => {
    const { sdkVersion, platform } = clientOf(part.endpointId);
    return {
      time: endedAt,
      operationName: 'CallSummary',
      operationVersion: '1.0',
      category: 'CallSummary',
      correlationId: record.callId,
      identifier: part.identifier,
      callStartTime: new Date(dating(record.startedAt)).toISOString(),
      callDuration: secondsBetween(record.startedAt, record.endedAt),
      callType: record.kind === 'oneToOne' ? 'P2P' : 'Group',
      participantId: part.participantId,
      participantStartTime: new Date(dating(part.connectedAt ?? part.startedAt)).toISOString(),
      participantDuration: part.connectedAt === undefined ? 0 : secondsBetween(part.connectedAt, part.endedAt),
      participantEndReason: part.endReason.code,
      participantEndSubCode: part.endReason.subCode,
      resultCategory: part.endReason.category,
      endpointId: part.endpointId,
      endpointType: part.isApplication === true ? 'Server' : isTelephone(part) ? 'PSTN' : 'VOIP',
      ...(sdkVersion !== undefined && { sdkVersion }),
      ...(platform !== undefined && { osVersion: platform }),
      participantType: isTelephone(part) ? 'PSTN' : 'ACS',
      ...(part.line !== undefined && isTelephone(part) && telephoneFields(part, part.line)),
      ...(record.roomId !== undefined && { roomId: record.roomId }),
      callerIdentifier: record.caller,
      endedBy: part.endReason.endedBy,
      endMessage: part.endReason.message,
    };
  });
}

/** A telephone number; the SIP phone of a user counts as that user's endpoint. */
function isTelephone({ identifier }: ParticipationRecord): boolean {
  return identifierKind(identifier) === 'phoneNumber';
}

function telephoneFields(part: ParticipationRecord, { direction, trunk, callerId, redirections }: NonNullable<ParticipationRecord['line']>): Partial<CallSummary> {
  const minutes = part.connectedAt === undefined ? 0 : (part.endedAt - part.connectedAt) / 60_000;
  return {
    pstnParticipantCallType: direction === 'incoming' ? 'Inbound' : 'Outbound',
    pstnMinutes: Math.max(0, Math.round(minutes * 1000) / 1000),
    ...(trunk !== undefined && { trunk }),
    ...(callerId !== undefined && { callerId }),
    ...(redirections !== undefined && { redirections: [...redirections] }),
  };
}

/** The rows of one participant endpoint's streams, as it reported them (ACS CallDiagnostics). */
export function callDiagnostics(
  about: { readonly callId: string; readonly identifier: string; readonly participantId: string; readonly endpointId: string },
  streams: readonly StreamQuality[],
  time: string,
): CallDiagnostics[] {
  const { callId, ...participant } = about;
  return streams.map((quality) => ({
    time,
    operationName: 'CallDiagnostics',
    operationVersion: '1.0',
    category: 'CallDiagnostics',
    correlationId: callId,
    ...participant,
    endpointType: 'VOIP',
    ...quality,
  }));
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.round(to - from) / 1000);
}
