import type { Command } from '../command-line/command.ts';
import { connectControl, type ControlClient } from '../control/control-client.ts';
import { Failure } from '../failures.ts';

async function runningServer(dataDir: string): Promise<ControlClient> {
  const control = await connectControl(dataDir);
  if (control === undefined) throw new Failure('SERVER_NOT_RUNNING', dataDir);
  return control;
}

/** `./dialplane link`: a link with which one person signs in once. */
export const linkCommand: Command = {
  name: 'link',
  summary: 'Make a one-time link with which somebody signs in',
  details: 'The link works once, within an hour, and lets its holder operate the server, unless --caller is given. The server has to be running.',
  options: ['dataDir'],
  flags: { caller: { type: 'boolean', description: 'For somebody who calls, and does not operate the server' } },
  run: async ({ options, flags }) => {
    console.log(await (await runningServer(options.dataDir)).createSignInLink({ operator: flags['caller'] !== true }));
    return 0;
  },
};

/** `./dialplane connection-string`: what an application is configured with. */
export const connectionStringCommand: Command = {
  name: 'connection-string',
  summary: 'Print the connection string for applications',
  details: 'It holds an access key: whoever has it can make users and tokens. The server has to be running.',
  options: ['dataDir'],
  run: async ({ options }) => {
    console.log(await (await runningServer(options.dataDir)).connectionString());
    return 0;
  },
};
