const colours: Readonly<Record<string, string>> = { fatal: '\u001B[35m', error: '\u001B[31m', warn: '\u001B[33m', info: '\u001B[32m', debug: '\u001B[36m', trace: '\u001B[90m' };
const dim = '\u001B[2m';
const reset = '\u001B[0m';

/** A JSON log line as a line for eyes: time, level, part, sentence, the other fields. Control characters never get through. */
export function textLine(line: string, coloured: boolean): string {
  const { time, level, part, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const paint = (colour: string, text: string): string => (coloured ? `${colour}${text}${reset}` : text);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`);
  const words = [
    paint(dim, String(time).slice(11, 23)),
    paint(colours[String(level)] ?? '', String(level).padEnd(5)),
    ...(part === undefined ? [] : [paint(dim, printable(String(part)))]),
    ...(msg === undefined ? [] : [printable(String(msg))]),
    ...(rest.length === 0 ? [] : [paint(dim, rest.join(' '))]),
  ];
  return `${words.join('  ')}\n${err === undefined ? '' : indented(err)}`;
}

function indented(err: unknown): string {
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? String(err.stack) : JSON.stringify(err);
  return stack.split('\n').map((line) => `    ${printable(line)}\n`).join('');
}

/** What a stranger sent may be in a log; it must not drive the terminal that shows it. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
