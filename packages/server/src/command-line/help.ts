import { universalFlags, type Command } from './command.ts';
import { environmentVariable, optionTable, type OptionRow } from './options.ts';

const width = 100;

/** The help of the launcher itself. */
export function generalHelp(commands: readonly Command[]): string {
  return [
    'Dialplane: calling on your own machines.',
    '',
    'Usage: ./dialplane COMMAND [options]',
    '',
    'Commands:',
    ...table(commands.map((command) => [command.name, command.summary])),
    '',
    'Options:',
    ...table([
      ['--help', 'Show this, or with a command its own help'],
      ['--version', 'Show the version'],
      ['--no-install', universalFlags['no-install'].description],
    ]),
    '',
    './dialplane COMMAND --help explains a command. Every server option is also an environment variable (docs/reference/options.md).',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const positionals = (command.positionals ?? []).map((name) => (name.endsWith('?') ? ` [${name.slice(0, -1)}]` : ` ${name}`)).join('');
  const flags = Object.entries(command.flags ?? {}).map(([name, flag]) => [`--${name}${flag.type === 'string' ? ` ${flag.value ?? 'TEXT'}` : ''}`, flag.description] as const);
  const options = command.options.map((key) => {
    const row: OptionRow<unknown> = optionTable[key];
    return [`--${row.name} ${row.value}`, `${row.description} (${environmentVariable(row.name)}; preset: ${presetOf(row)})`] as const;
  });
  return [
    `Usage: ./dialplane ${command.name}${positionals} [options]`,
    '',
    `${command.summary}.`,
    ...(command.details === undefined ? [] : ['', ...command.details.split('\n').flatMap((line) => wrap(line, width))]),
    '',
    'Options:',
    ...table([...flags, ...options, ['--no-install', universalFlags['no-install'].description], ['--help', 'Show this']]),
    '',
  ].join('\n');
}

/** `docs/reference/options.md`. */
export function optionsReference(): string {
  const rows = Object.values(optionTable).map((row: OptionRow<unknown>) =>
    `| \`--${row.name} ${row.value.replaceAll('|', '\\|')}\` | \`${environmentVariable(row.name)}\` | ${presetOf(row)} | ${row.description} |`);
  return [
    '# Server options',
    '',
    'Options of `./dialplane up`. The command line goes before the environment, and the environment before the preset.',
    'This page is written by `node tools/write-options-reference.ts` from the table that also parses them.',
    '',
    '| option | environment variable | preset | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function presetOf(row: OptionRow<unknown>): string {
  return row.presetNote ?? row.preset() ?? 'none';
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.min(34, Math.max(...rows.map(([left]) => left.length))) + 4;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, width - column);
    const first = `  ${left}`;
    return first.length + 2 > column
      ? [first, ...lines.map((line) => ' '.repeat(column) + line)]
      : lines.map((line, index) => (index === 0 ? first.padEnd(column) : ' '.repeat(column)) + line);
  });
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
