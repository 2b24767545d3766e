/** What to call somebody: the name, else a telephone number, else the end of an identifier that is too long to read. */
export function personName(identifier: string, displayName?: string): string {
  if (displayName !== undefined && displayName.trim() !== '') return displayName;
  if (identifier.startsWith('4:')) return identifier.slice(2);
  if (!identifier.startsWith('8:acs:')) return identifier;
  const user = identifier.slice(identifier.lastIndexOf('_') + 1);
  return user.length > 13 ? `user ${user.slice(0, 8)}…` : `user ${user}`;
}

/** The raw identifier of a telephone as somebody dials it: with + in international form, without as the server's home country has it. Undefined for what is no number. */
export function dialedIdentifier(text: string): string | undefined {
  const digits = text.replace(/[\s()./-]/g, '');
  return /^\+?\d{2,15}$/.test(digits) ? `4:${digits}` : undefined;
}

/**
 * The raw identifier that typed text stands for: a raw identifier itself, or a telephone number in international form, with
 * the usual spaces and signs. Undefined for what can only be a name.
 */
export function typedIdentifier(text: string): string | undefined {
  const typed = text.trim();
  if (/^\d{1,3}:\S+$/.test(typed)) return typed;
  const digits = typed.replace(/[\s()./-]/g, '');
  return /^\+\d{5,15}$/.test(digits) ? `4:${digits}` : undefined;
}
