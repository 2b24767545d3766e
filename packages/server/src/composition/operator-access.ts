import { connectionString } from '@dialplane/identity';
import { makeControlKey } from '../control/control-file.ts';
import type { ServerParts } from './server-parts.ts';

/** How whoever runs the server gets in: what the start prints, and what the command line asks for later. All of it is secret. */
export interface OperatorAccess {
  /** Opens the routes that the command line uses, over loopback; another one each start. */
  readonly controlKey: string;
  /** What an application is configured with. */
  readonly connectionString: () => string;
  /** Makes a link with which one person can sign in once. */
  readonly createSignInLink: (holder: { readonly operator: boolean }) => Promise<string>;
}

export function openOperatorAccess({ identity, place }: Pick<ServerParts, 'identity' | 'place'>): OperatorAccess {
  return {
    controlKey: makeControlKey(),
    connectionString: () => connectionString(place.publicUrl(), identity.resources.accessKeys(identity.resources.default.id)[0]),
    createSignInLink: async (holder) => signInUrl(place.publicUrl(), (await identity.createSignInLink(holder)).code),
  };
}

/** Where the console takes a one-time code: in the fragment, which no server and no proxy gets to see. */
function signInUrl(publicUrl: string, code: string): string {
  return `${publicUrl}/#/sign-in?code=${encodeURIComponent(code)}`;
}
