import { runCommandLine } from './command-line/run-command-line.ts';
import { commands } from './commands/index.ts';
import { readVersion } from './repository.ts';

process.exitCode = await runCommandLine(commands, {
  arguments: process.argv.slice(2),
  environment: process.env,
  version: readVersion(),
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
