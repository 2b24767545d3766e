import { createIdentifierFromRawId, getIdentifierRawId, type CommunicationIdentifier, type CommunicationIdentifierKind } from '@azure/communication-common';

/** The identifier object applications know, of a raw id. */
export function identifierOf(rawId: string): CommunicationIdentifierKind {
  return createIdentifierFromRawId(rawId);
}

/** The raw id of an identifier in any of Azure's forms. */
export function rawIdOf(identifier: CommunicationIdentifier): string {
  return getIdentifierRawId(identifier);
}
