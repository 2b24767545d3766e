import { randomUUID } from 'node:crypto';
import type { OfferedCall } from '@dialplane/applications-api';
import { identifierModel, type CustomContext } from '@dialplane/calling-api';

interface EventGridEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly dataVersion: '1.0';
  readonly metadataVersion: '1';
  readonly eventTime: string;
  readonly data: object;
}

/** Its `eventType`. */
export const incomingCallType = 'Microsoft.Communication.IncomingCall';

/** Azure's `IncomingCall` in the schema of Event Grid. `incomingCallContext` is what answers, redirects or rejects it. @param at milliseconds since 1970. */
export function incomingCallEvent(call: OfferedCall, { resourceId, serverCallId, incomingCallContext }: { readonly resourceId: string; readonly serverCallId: string; readonly incomingCallContext: string }, at: number): EventGridEvent {
  return eventGridEvent(incomingCallType, subjectOf(call), resourceId, at, {
    to: identifierModel(call.to),
    from: identifierModel(call.from),
    serverCallId,
    callerDisplayName: call.displayName ?? '',
    ...(call.customContext !== undefined && { customContext: contextModel(call.customContext) }),
    incomingCallContext,
    correlationId: call.callId,
  });
}

/** By which subscriptions choose among calls. */
export function subjectOf({ from, to }: Pick<OfferedCall, 'from' | 'to'>): string {
  return `/caller/${from}/recipient/${to}`;
}

/** With which a webhook shows that it wants to be called: it answers with the code (Event Grid, "Webhook event delivery"). */
export function validationEvent(resourceId: string, validationCode: string, at: number): EventGridEvent {
  return eventGridEvent('Microsoft.EventGrid.SubscriptionValidationEvent', '', resourceId, at, { validationCode });
}

function eventGridEvent(eventType: string, subject: string, resourceId: string, at: number, data: object): EventGridEvent {
  return {
    id: randomUUID(), topic: `/providers/Microsoft.Communication/CommunicationServices/${resourceId}`, subject, eventType,
    dataVersion: '1.0', metadataVersion: '1', eventTime: new Date(at).toISOString(), data,
  };
}

/** Headers by their names, as Azure writes them. */
function contextModel({ userToUser, xHeaders = [], sipHeaders = [], voipHeaders = [] }: CustomContext): object {
  return {
    sipHeaders: Object.fromEntries([
      ...(userToUser === undefined ? [] : [['User-To-User', userToUser]]),
      ...xHeaders.map(({ key, value }) => [key, value]),
      ...sipHeaders.map(({ key, value, sipHeaderPrefix = '' }) => [`${sipHeaderPrefix}${key}`, value]),
    ]),
    voipHeaders: Object.fromEntries(voipHeaders.map(({ key, value }) => [key, value])),
  };
}
