import { randomUUID } from 'node:crypto';
import type { ApplicationOperation } from '@dialplane/applications-api';
import type { ApplicationEvent } from '@dialplane/call';
import { identifierModel, type EndReason } from '@dialplane/calling-api';
import { serverCallIdOf } from '../calls/server-call-id.ts';
import type { CallConnection } from './call-connection.ts';
import { mediaWords } from './media-words.ts';

/** CloudEvents 1.0.2, in the JSON format. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly type: `Microsoft.Communication.${string}`;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

/** What an event of Call Automation says beside what all of them do. */
interface Told {
  /** Azure's name, without its prefix. */
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly operation?: ApplicationOperation;
}

/** An event for an application in Azure's words. @param at milliseconds since 1970. */
export function cloudEvent(connection: CallConnection, event: ApplicationEvent, at: number): CloudEvent {
  const told = wordsFor(connection, event);
  const { connectionId, callId } = connection;
  const { operationContext } = told.operation ?? connection;
  const source = `calling/callConnections/${connectionId}`;
  return {
    specversion: '1.0', id: randomUUID(), source, subject: source, type: `Microsoft.Communication.${told.name}`, time: new Date(at).toISOString(), datacontenttype: 'application/json',
    data: {
      callConnectionId: connectionId, serverCallId: serverCallIdOf(callId), correlationId: callId,
      ...(operationContext !== undefined && { operationContext }), ...told.data,
    },
  };
}

/** Where the events of an operation go: to an address of their own, or to the connection's. */
export function addressOf(connection: CallConnection, event: ApplicationEvent): string {
  return ('operation' in event ? event.operation.callbackUri : undefined) ?? connection.callbackUri;
}

function wordsFor({ origin }: CallConnection, event: ApplicationEvent): Told {
  switch (event.kind) {
    case 'connected':
      return { name: 'CallConnected', data: { resultInformation: succeeded } };
    case 'disconnected': {
      const failures = { answered: 'AnswerFailed', created: 'CreateCallFailed', attached: 'ConnectFailed' } as const;
      return { name: event.hasConnected ? 'CallDisconnected' : failures[origin], data: { resultInformation: resultInformation(event.endReason) } };
    }
    case 'participantsUpdated': {
      const participants = event.participants.map(({ identifier, isMuted, isOnHold }) => ({ identifier: identifierModel(identifier), isMuted, isOnHold }));
      return { name: 'ParticipantsUpdated', data: { sequenceNumber: event.sequenceNumber, participants, resultInformation: succeeded } };
    }
    case 'participantAdded':
      return { name: 'AddParticipantSucceeded', operation: event.operation, data: { participant: identifierModel(event.identifier), resultInformation: succeeded } };
    case 'addParticipantFailed':
      return { name: 'AddParticipantFailed', operation: event.operation, data: { participant: identifierModel(event.identifier), resultInformation: resultInformation(event.endReason) } };
    case 'addParticipantCancelled':
      return { name: event.isDone ? 'CancelAddParticipantSucceeded' : 'CancelAddParticipantFailed', operation: event.operation, data: { invitationId: event.invitationId, resultInformation: event.isDone ? succeeded : notFound } };
    case 'participantRemoved':
      return { name: event.isDone ? 'RemoveParticipantSucceeded' : 'RemoveParticipantFailed', operation: event.operation, data: { participant: identifierModel(event.identifier), resultInformation: event.isDone ? succeeded : notFound } };
    case 'participantMoved':
      return { name: 'MoveParticipantSucceeded', operation: event.operation, data: { participant: identifierModel(event.identifier), fromCall: event.movedFrom, resultInformation: succeeded } };
    case 'moveParticipantFailed':
      return { name: 'MoveParticipantFailed', operation: event.operation, data: { participant: identifierModel(event.identifier), fromCall: event.movedFrom, resultInformation: resultInformation(event.endReason) } };
    case 'transferAccepted':
      return { name: 'CallTransferAccepted', operation: event.operation, data: { transferee: identifierModel(event.transferee), transferTarget: identifierModel(event.target), resultInformation: succeeded } };
    case 'transferFailed':
      return { name: 'CallTransferFailed', operation: event.operation, data: { resultInformation: resultInformation(event.endReason) } };
    default:
      return { ...mediaWords(event), operation: event.operation };
  }
}

const succeeded = { code: 200, subCode: 0, message: 'Action completed successfully.' } as const;
const notFound = { code: 404, subCode: 8522, message: 'There is no such participant or invitation in the call.' } as const;
/** A call that came to its end as it should. */
const gracefulEnd = 7000;

/** Azure's result of something that has ended or failed: a success has the status 200, everything else the code and sub-code of the end. */
export function resultInformation({ code, subCode, message, sip }: EndReason): Readonly<Record<string, unknown>> {
  return {
    code: code === 0 ? 200 : code, subCode: code === 0 && subCode === 0 ? gracefulEnd : subCode, message,
    ...(sip?.status !== undefined && { sipDetails: { code: sip.status, message: sip.reasonText ?? '' } }),
    ...(sip?.q850 !== undefined && { q850Details: { code: sip.q850, message: sip.status === undefined ? (sip.reasonText ?? '') : '' } }),
  };
}
