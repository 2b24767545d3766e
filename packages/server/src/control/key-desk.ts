import { connectionString, type Identity } from '@dialplane/identity';
import type { KeyName } from './key-names.ts';

export interface RotationAnswer {
  /** With the new access key; absent for the signing key, which no application has. A secret. */
  readonly connectionString?: string;
}

/** Replaces keys for the command line: directly on a store, or by asking the server that has it open. */
export interface KeyDesk {
  rotate(name: KeyName): Promise<RotationAnswer>;
}

/** The desk of a process that has the identities open. @param endpoint The origin that a connection string names. */
export function identityKeyDesk(identity: Identity, endpoint: () => string): KeyDesk {
  return {
    rotate: async (name) => {
      if (name !== 'signing') return { connectionString: connectionString(endpoint(), await identity.rotateAccessKey(identity.resources.default.id, name)) };
      await identity.rotateSigningKey();
      return {};
    },
  };
}
