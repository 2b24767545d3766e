import type { Command } from '../command-line/command.ts';
import { benchCommand } from './bench.ts';
import { systemdCommand } from './systemd.ts';
import { testCommand } from './test.ts';

/** Every command of the launcher, in the order of its help. */
export const commands: readonly Command[] = [testCommand, benchCommand, systemdCommand];
