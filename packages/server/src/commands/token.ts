import { textFlag, type Command } from '../command-line/command.ts';
import { Failure } from '../failures.ts';
import { atDesks, deskOptions } from './at-desks.ts';

const whetherRunning = 'Works whether the server runs or not. A token made while it does not carries the address that these options give it.';

/** `./dialplane token create`. The token alone goes to standard output, so that it can be captured. */
export const createTokenCommand: Command = {
  name: 'token create',
  summary: 'Make an access token for a user',
  details: `The token is printed alone on standard output, the user on standard error. ${whetherRunning}`,
  options: deskOptions,
  flags: {
    user: { type: 'string', value: 'ID|new', description: 'The user (8:acs:...), or a new one (preset: new)' },
    scopes: { type: 'string', value: 'LIST', description: 'voip, voip.join, chat ... separated by commas (preset: voip)' },
    minutes: { type: 'string', value: 'N', description: 'How long it lasts, 60 to 1440 (preset: 1440)' },
  },
  run: async (invocation) => {
    const minutes = textFlag(invocation, 'minutes') ?? '1440';
    if (!/^\d{1,5}$/.test(minutes)) throw new Failure('USAGE_INVALID', `--minutes cannot be "${minutes}": a number from 60 to 1440 is needed.`);
    const order = { user: textFlag(invocation, 'user') ?? 'new', scopes: (textFlag(invocation, 'scopes') ?? 'voip').split(','), minutes: Number(minutes) };
    const answer = await atDesks(invocation.options, ({ tokens }) => tokens.create(order));
    if (!answer.ok) throw new Failure('STEP_FAILED', answer.sentence);
    console.error(`User: ${answer.user}\nValid until: ${answer.expiresOn}`);
    console.log(answer.token);
    return 0;
  },
};

/** `./dialplane token revoke`. */
export const revokeTokensCommand: Command = {
  name: 'token revoke',
  summary: 'Make every token of a user invalid at once',
  details: whetherRunning,
  options: deskOptions,
  flags: { user: { type: 'string', value: 'ID', description: 'The user (8:acs:...)' } },
  run: async (invocation) => {
    const user = textFlag(invocation, 'user');
    if (user === undefined) throw new Failure('USAGE_INVALID', '--user is missing: whose tokens?');
    const answer = await atDesks(invocation.options, ({ tokens }) => tokens.revoke(user));
    if (!answer.ok) throw new Failure('STEP_FAILED', answer.sentence);
    console.error(`Every token that ${user} had is invalid now.`);
    return 0;
  },
};
