import { Type, type Static } from 'typebox';

/**
 * A communication identifier in its raw form, as Azure writes it: `8:acs:{resource}_{user}` for a user, `4:+15550100` for a
 * telephone number, `8:echo123` and `28:bot` for services. Everything but the prefix is opaque.
 */
export const RawId = Type.String({ minLength: 3, maxLength: 256, pattern: '^[0-9]{1,3}:[^\\s]+$', description: 'Raw communication identifier' });
export type RawId = Static<typeof RawId>;

/** What kind of party a raw identifier names. `unknown` is callable when somebody is registered under it. */
export type IdentifierKind = 'communicationUser' | 'phoneNumber' | 'unknown';

export function identifierKind(rawId: RawId): IdentifierKind {
  if (rawId.startsWith('8:acs:')) return 'communicationUser';
  if (rawId.startsWith('4:')) return 'phoneNumber';
  return 'unknown';
}

/** The resource of a communication user; `undefined` of everybody else. */
export function resourceOfUser(rawId: RawId): string | undefined {
  return /^8:acs:([^_]+)_/.exec(rawId)?.[1];
}

/** A raw identifier as Azure's server SDKs have it: an object with a member for its kind. */
export type IdentifierModel =
  | { readonly kind: 'communicationUser'; readonly rawId: RawId; readonly communicationUser: { readonly id: string } }
  | { readonly kind: 'phoneNumber'; readonly rawId: RawId; readonly phoneNumber: { readonly value: string } }
  | { readonly kind: 'unknown'; readonly rawId: RawId };

export function identifierModel(rawId: RawId): IdentifierModel {
  const kind = identifierKind(rawId);
  switch (kind) {
    case 'communicationUser':
      return { kind, rawId, communicationUser: { id: rawId } };
    case 'phoneNumber':
      return { kind, rawId, phoneNumber: { value: rawId.slice(2) } };
    case 'unknown':
      return { kind, rawId };
  }
}

export const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$', description: 'UUID' });
/** An instant on the wall clock: ISO 8601 in UTC with milliseconds. */
export const Timestamp = Type.String({ format: 'date-time', maxLength: 40, description: 'ISO 8601, UTC' });
export const DisplayName = Type.String({ maxLength: 256 });
