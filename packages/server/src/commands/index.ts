import type { Command } from '../command-line/command.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { benchCommand } from './bench.ts';
import { doctorCommand } from './doctor.ts';
import { rotateKeyCommand } from './keys.ts';
import { connectionStringCommand, linkCommand } from './link.ts';
import { systemdCommand } from './systemd.ts';
import { testCommand } from './test.ts';
import { createTokenCommand, revokeTokensCommand } from './token.ts';
import { upCommand } from './up.ts';

/** Every command of the launcher, in the order of its help. */
export const commands: readonly Command[] = [
  upCommand, doctorCommand, linkCommand, connectionStringCommand, createTokenCommand, revokeTokensCommand, rotateKeyCommand,
  backupCommand, restoreCommand, systemdCommand, testCommand, benchCommand,
];
