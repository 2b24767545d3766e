import type { ApplicationParticipant, CallConnectionProperties } from '@dialplane/applications-api';
import { identifierKind, identifierModel } from '@dialplane/calling-api';

/** A connection in Azure's form (`CallConnectionProperties`). */
export function connectionView(connection: CallConnectionProperties): object {
  const { connectionId, callId, serverCallId, state, origin, identifier, displayName, callbackUri, targets, source } = connection;
  return {
    callConnectionId: connectionId, serverCallId, correlationId: callId, callConnectionState: state, callbackUri, targets: targets.map(identifierModel),
    ...(origin === 'created' && { source: identifierModel(identifier), ...(source !== undefined && { sourceCallerIdNumber: numberModel(source) }) }),
    ...(origin === 'answered' && {
      answeredBy: { id: identifier },
      ...(source !== undefined && { source: identifierModel(source) }),
      ...(targets[0] !== undefined && identifierKind(targets[0]) === 'phoneNumber' && { answeredFor: numberModel(targets[0]) }),
    }),
    ...(displayName !== undefined && { sourceDisplayName: displayName }),
  };
}

export function participantView({ identifier, isMuted, isOnHold }: ApplicationParticipant): object {
  return { identifier: identifierModel(identifier), isMuted, isOnHold };
}

function numberModel(rawId: string): object {
  return { value: rawId.slice(2) };
}
