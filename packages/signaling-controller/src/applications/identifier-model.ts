import { identifierKind } from '@dialplane/calling-api';

/** A raw identifier as Azure's model of it. */
export function identifierModel(rawId: string): Readonly<Record<string, unknown>> {
  const kind = identifierKind(rawId);
  if (kind === 'phoneNumber') return { kind, rawId, phoneNumber: { value: rawId.slice(2) } };
  return kind === 'communicationUser' ? { kind, rawId, communicationUser: { id: rawId } } : { kind, rawId };
}
