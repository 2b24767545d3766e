import type { DirectoryEntry } from '@dialplane/calling-api';
import { personName, typedIdentifier } from '../text/person.ts';

/** Whom a text names, or the first part of it that names nobody. Raw identifiers. */
export type NamedPeople = { readonly ok: true; readonly identifiers: readonly string[] } | { readonly ok: false; readonly nobody: string };

/** Reads names of the directory, separated by commas; raw identifiers are taken as they are. Case does not count. */
export function namedPeople(text: string, directory: readonly DirectoryEntry[]): NamedPeople {
  const identifiers = new Set<string>();
  for (const part of text.split(',').map((each) => each.trim()).filter(Boolean)) {
    const person = directory.find(({ displayName }) => displayName.toLocaleLowerCase() === part.toLocaleLowerCase());
    const identifier = person?.identifier ?? typedIdentifier(part);
    if (identifier === undefined) return { ok: false, nobody: part };
    identifiers.add(identifier);
  }
  return { ok: true, identifiers: [...identifiers] };
}

/** What somebody is called in the directory, else by the identifier. */
export function nameInDirectory(identifier: string, directory: readonly DirectoryEntry[]): string {
  return personName(identifier, directory.find((entry) => entry.identifier === identifier)?.displayName);
}
