const key = 'dialplane.callerId';

/** The number that telephones were shown last from this browser. */
export function rememberedCallerId(): string | undefined {
  return localStorage.getItem(key) ?? undefined;
}

export function rememberCallerId(number: string): void {
  if (number !== '') localStorage.setItem(key, number);
}
