/** Whom an identifier of Call Automation names. */
export type Party = { readonly kind: 'user'; readonly identifier: string } | { readonly kind: 'number'; readonly number: string };

const e164Form = /^\+[1-9]\d{6,14}$/;

/** Reads an identifier model; clients leave out `kind`, so what is there decides, and the raw identifier where nothing else is. */
export function parseIdentifier(given: unknown): Party | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { rawId, communicationUser, phoneNumber } = given as Readonly<Record<string, unknown>>;
  const id = fieldOf(communicationUser, 'id');
  const value = fieldOf(phoneNumber, 'value');
  if (id !== undefined) return userOf(id);
  if (value !== undefined) return numberOf(value);
  if (typeof rawId !== 'string') return undefined;
  return rawId.startsWith('4:') ? numberOf(rawId.slice(2)) : userOf(rawId);
}

function userOf(identifier: string): Party | undefined {
  return identifier.startsWith('8:acs:') && identifier.length <= 256 ? { kind: 'user', identifier } : undefined;
}

function numberOf(number: string): Party | undefined {
  return e164Form.test(number) ? { kind: 'number', number } : undefined;
}

function fieldOf(value: unknown, name: string): string | undefined {
  const field = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof field === 'string' ? field : undefined;
}
