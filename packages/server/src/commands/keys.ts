import type { Command } from '../command-line/command.ts';
import { keyNames } from '../control/key-names.ts';
import { Failure } from '../failures.ts';
import { atDesks, deskOptions } from './at-desks.ts';

/** `./dialplane keys rotate`. A connection string alone goes to standard output, so that it can be captured. */
export const rotateKeyCommand: Command = {
  name: 'keys rotate',
  summary: 'Replace an access key or the key that signs tokens',
  details: [
    'KEY is primary, secondary or signing. The old access key, and every token issued with it, is invalid at once; so give applications the other key first. The new connection string is printed alone on standard output.',
    'A new signing key signs from now on; tokens signed before stay valid until they expire.',
    'Works whether the server runs or not. A connection string made while it does not names the address that these options give it.',
  ].join('\n'),
  positionals: ['KEY'],
  options: deskOptions,
  run: async ({ options, positionals: [given] }) => {
    const name = keyNames.find((known) => known === given);
    if (name === undefined) throw new Failure('USAGE_INVALID', `There is no key "${given}": it is one of ${keyNames.join(', ')}.`);
    const { connectionString } = await atDesks(options, ({ keys }) => keys.rotate(name));
    if (connectionString === undefined) {
      console.error('Tokens are signed with a new key now.');
    } else {
      console.error(`The ${name} access key is a new one; the old key and the tokens issued with it are invalid now.`);
      console.log(connectionString);
    }
    return 0;
  },
};
