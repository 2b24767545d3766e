import { pino, type Logger as PinoLogger } from 'pino';
import { redactFields, redactPhrases } from './redact.ts';
import { textLine } from './text-line.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A pino logger: `logger.info({ callId }, 'The call ended.')`. Fields are data, the message is a sentence without data. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  /** `info` by default. */
  readonly level?: LogLevel;
  /** Where lines go, each with its newline; standard output by default. */
  readonly destination?: { write(line: string): void };
  /** `json`, a JSON object per line, or `text` for eyes; `text` by default where standard output is a terminal. */
  readonly format?: 'json' | 'text';
}

/**
 * Makes the root logger. Each part takes its own: `logger.child({ part: 'identity' })`.
 *
 * Secrets are taken out twice: by the names of fields (authorization, tokens, keys, `sdp`, …) and, in the finished line, by how
 * they look. The fields that a child logger is made with are only searched by looks. Errors belong under `err`; their cause is
 * logged along.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
  const asText = (options.format ?? (options.destination === undefined && process.stdout.isTTY ? 'text' : 'json')) === 'text';
  const write = (line: string): void => {
    const clean = redactPhrases(line);
    destination.write(asText ? textLine(clean, options.destination === undefined) : clean);
  };
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    { write },
  );
}
