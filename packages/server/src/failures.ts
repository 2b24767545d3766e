import { errorCode } from '@dialplane/telemetry';

interface Row { readonly exitCode: number; readonly sentence: string }

/**
 * Everything that keeps a command from doing its work: code -> exit code of the process and what to do about it.
 * `{}` takes the name of what is at fault (a port, a folder, a file).
 */
export const failures = {
  USAGE_INVALID: { exitCode: 2, sentence: '{}' },
  PORT_IN_USE: { exitCode: 3, sentence: 'Port {} is in use by another program. Stop that program, or choose another port with --https-port or --http-port.' },
  PORT_FORBIDDEN: { exitCode: 3, sentence: 'This user may not open port {}. Choose a port above 1023, or run under the systemd unit (./dialplane systemd), which may.' },
  RELAY_PORT_UNAVAILABLE: { exitCode: 3, sentence: 'The relay cannot listen on one of its ports: {}. Stop what uses it, choose others with --relay-port and --relay-second-port, or turn the relay off with --relay off.' },
  RELAY_UNUSABLE: { exitCode: 3, sentence: '{}' },
  MEDIA_UNUSABLE: { exitCode: 3, sentence: 'The media processor does not start: {} Choose other ports with --media-port, or turn group calls off with --media off.' },
  HOLD_MUSIC_UNUSABLE: { exitCode: 2, sentence: '--hold-music {} Give a WAV file of 8 to 48 kHz with one or two channels.' },
  SIP_CA_UNREADABLE: { exitCode: 2, sentence: '--sip-ca {} is no file with certificates (PEM). Give the authorities that the certificates of trunks are from.' },
  SIP_PORT_UNAVAILABLE: { exitCode: 3, sentence: 'SIP cannot listen on one of its ports: {}. Stop what uses it, choose others with --sip-port and --sip-tls-port, or turn telephone calls off with --sip off.' },
  ADDRESS_UNAVAILABLE: { exitCode: 3, sentence: 'The address {} does not belong to this machine; check --host.' },
  DATA_DIR_UNUSABLE: { exitCode: 4, sentence: 'The data folder {} cannot be written. Give it to this user, or choose another with --data-dir.' },
  DATA_UNUSABLE: { exitCode: 4, sentence: '{}' },
  DATA_DIR_IN_USE: { exitCode: 5, sentence: 'Another Dialplane server works in {}. Stop it, or start this one with another --data-dir.' },
  CERTIFICATE_UNREADABLE: { exitCode: 6, sentence: 'The certificate or key in {} cannot be read; check --cert and --key.' },
  CERTIFICATE_MISMATCH: { exitCode: 6, sentence: 'The certificate and the private key do not belong together: {}.' },
  SERVER_NOT_RUNNING: { exitCode: 7, sentence: 'No server is running with the data folder {}. Start it with ./dialplane up, or name its folder with --data-dir.' },
  SERVER_RUNNING: { exitCode: 5, sentence: 'A server is running with the data folder {}. Stop it first.' },
  SERVER_REFUSED: { exitCode: 1, sentence: 'The running server refused: {}' },
  BACKUP_INVALID: { exitCode: 1, sentence: '{} is not a backup that this version can restore.' },
  FILE_EXISTS: { exitCode: 1, sentence: '{} exists already; name a new file.' },
  STEP_FAILED: { exitCode: 1, sentence: '{}' },
} as const satisfies Record<string, Row>;

export type FailureCode = keyof typeof failures;

/** The world failed a command: a stable code, a sentence for the person at the keyboard, and the cause. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly exitCode: number;

  constructor(code: FailureCode, subject: string, cause?: unknown) {
    super(failures[code].sentence.replace('{}', subject), { cause });
    this.name = 'Failure';
    this.code = code;
    this.exitCode = failures[code].exitCode;
  }
}

/** Puts what the operating system said about opening a port into a `Failure`; other errors pass unchanged. */
export function portFailure(error: unknown, port: number, host: string | undefined): unknown {
  switch (errorCode(error)) {
    case 'EADDRINUSE': return new Failure('PORT_IN_USE', String(port), error);
    case 'EACCES': return new Failure('PORT_FORBIDDEN', String(port), error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': return new Failure('ADDRESS_UNAVAILABLE', host ?? '', error);
    default: return error;
  }
}
