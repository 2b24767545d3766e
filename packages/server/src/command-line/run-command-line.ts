import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { Failure } from '../failures.ts';
import { universalFlags, type Command } from './command.ts';
import { commandHelp, generalHelp } from './help.ts';
import { OptionError, optionTable, readServerOptions } from './options.ts';

/** Where a command line comes from and where its answers go; a parameter so that tests need no process. */
export interface Terminal {
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly version: string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/**
 * Finds the command, parses what follows it, and runs it.
 * @returns The exit code: 0, what the command says, 2 for a command line that cannot be understood, or that of its `Failure`.
 */
export async function runCommandLine(commands: readonly Command[], terminal: Terminal): Promise<number> {
  const { arguments: words, print, complain } = terminal;
  const [first] = words;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    print(generalHelp(commands));
    return first === undefined ? 2 : 0;
  }
  if (first === '--version') {
    print(`${terminal.version}\n`);
    return 0;
  }
  const command = findCommand(commands, words);
  if (command === undefined) {
    complain(unknownCommand(commands, words));
    return 2;
  }
  const rest = words.slice(command.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    print(commandHelp(command));
    return 0;
  }
  try {
    return await command.run(parse(command, rest, terminal.environment));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(`${error.message}${causeOf(error)}\n`);
    if (error.code === 'USAGE_INVALID') complain(`./dialplane ${command.name} --help explains the command.\n`);
    return error.exitCode;
  }
}

function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name === words.slice(0, 2).join(' ')) ?? commands.find(({ name }) => name === words[0]);
}

function unknownCommand(commands: readonly Command[], words: readonly string[]): string {
  const family = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (family.length > 0) return `Say which: ${family.map(({ name }) => `./dialplane ${name}`).join(' or ')}.\n`;
  const kind = words[0]?.startsWith('-') ? 'option' : 'command';
  return `There is no ${kind} "${words[0]}". The commands are ${commands.map(({ name }) => name).join(', ')}; ./dialplane --help explains them.\n`;
}

function parse(command: Command, rest: readonly string[], environment: NodeJS.ProcessEnv): Parameters<Command['run']>[0] {
  const config: ParseArgsOptionsConfig = Object.fromEntries([
    ...command.options.map((key) => [optionTable[key].name, { type: 'string' }] as const),
    ...Object.entries({ ...command.flags, ...universalFlags }).map(([name, flag]) => [name, { type: flag.type }] as const),
  ]);
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options: config, allowPositionals: true, strict: true });
    checkPositionals(command, positionals);
    const texts = Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    const flags = Object.fromEntries(Object.keys({ ...command.flags, ...universalFlags }).map((name) => [name, values[name] as string | boolean | undefined]));
    if ((environment['DIALPLANE_NO_INSTALL'] ?? '') !== '') flags['no-install'] = true;
    return { options: readServerOptions(texts, environment), flags, positionals };
  } catch (error) {
    if (error instanceof OptionError) throw new Failure('USAGE_INVALID', error.message);
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) throw new Failure('USAGE_INVALID', firstSentence(error.message));
    throw error;
  }
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const names = command.positionals ?? [];
  const missing = names.filter((name) => !name.endsWith('?'))[given.length];
  if (missing !== undefined) throw new OptionError(`${missing} is missing.`);
  if (given.length > names.length) throw new OptionError(`Nothing is known to do with "${given[names.length]}".`);
}

function firstSentence(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '') ?? text}.`;
}

function causeOf(failure: Failure): string {
  return failure.cause instanceof Error ? ` (${failure.cause.message})` : '';
}
